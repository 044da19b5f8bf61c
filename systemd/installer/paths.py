"""The system's folders below one root, so that a test can install into a folder."""

from dataclasses import dataclass
from pathlib import Path

SERVICE_USER = "printkiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The folders and files that the installer uses.

    Attributes:
        root: The system's root folder, `/` except in tests.
    """

    root: Path = Path("/")

    @property
    def home(self) -> Path:
        """The folder of the kiosk's software, with its slots."""
        return self.root / "opt/printkiosk"

    @property
    def record(self) -> Path:
        """The file that records the installation, for a later uninstall."""
        return self.home / "installed.json"

    @property
    def settings(self) -> Path:
        """The folder of `kiosk.toml`."""
        return self.root / "etc/printkiosk"

    @property
    def store(self) -> Path:
        """The folder of the bundle store."""
        return self.root / "var/lib/printkiosk"

    @property
    def wheels(self) -> Path:
        """The folder that keeps wheels built on this machine."""
        return self.root / "var/cache/printkiosk/wheels"
