"""Where everything goes, below one root, so that a test can install into a folder."""

from dataclasses import dataclass
from pathlib import Path

SERVICE_USER = "printkiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The system's folders; `root` is `/` but in tests."""

    root: Path = Path("/")

    @property
    def home(self) -> Path:
        """The software's own folder."""
        return self.root / "opt/printkiosk"

    @property
    def record(self) -> Path:
        """What was done here, so that it can be undone."""
        return self.home / "installed.json"

    @property
    def settings(self) -> Path:
        """Where staff's settings lie."""
        return self.root / "etc/printkiosk"

    @property
    def store(self) -> Path:
        """Where bundles lie."""
        return self.root / "var/lib/printkiosk"

    @property
    def wheels(self) -> Path:
        """Where wheels made on this machine are kept."""
        return self.root / "var/cache/printkiosk/wheels"

    @property
    def units(self) -> Path:
        """Where units go: staff's own in /etc stand above them."""
        return self.root / "usr/local/lib/systemd/system"
