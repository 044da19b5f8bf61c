"""A screen in memory for the browser's unit: no display, terminal or seat."""

from nspawn import System

BROWSER = "printkiosk-browser.service"
_DROP_IN = """[Unit]
ConditionPathExists=
[Service]
Environment=WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 LIBSEAT_BACKEND=noop WLR_RENDERER=pixman
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
StandardInput=null
"""


def use_headless_screen(system: System) -> None:
    """Make the shipped browser unit draw into memory, by a drop-in."""
    drop_in = system.root / f"etc/systemd/system/{BROWSER}.d/headless.conf"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text(_DROP_IN)
