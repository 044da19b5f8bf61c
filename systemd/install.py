"""Install, upgrade or remove the kiosk, from a checkout or a USB stick.

`make wheelhouse` fills the stick. Run the installer as root with `python3 systemd/install.py` on Debian or Raspberry
Pi OS. It uses the system's own Python and the standard library alone, because it runs before any of the kiosk's
software is installed.
"""

import sys

sys.dont_write_bytecode = True  # a stick may be mounted read-only

from installer.cli import main  # noqa: E402  # after the line above, which must come first

sys.exit(main())
