"""`python3 systemd/install.py`: the installer, from a checkout or from the stick that `make wheelhouse` filled.

Puts the kiosk onto a Debian or Raspberry Pi OS, changes its software, and takes it away again. Runs on the system's own
Python with the standard library alone, as root, before anything of ours is installed.
"""

import sys

sys.dont_write_bytecode = True  # a stick may be mounted read-only

from installer.cli import main  # noqa: E402  # after the line above, so that it holds

sys.exit(main())
