"""The path of the installer, which no package includes: `systemd/`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "systemd"))
