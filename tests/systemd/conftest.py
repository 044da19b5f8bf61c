"""The installer isn't a part of the software's package: its tests import it from `systemd/`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "systemd"))
