"""A screen for the browser's unit where there is none: cage draws into memory, and asks for no terminal and no seat."""

from root_file_system import System

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


def show_in_memory(system: System) -> None:
    """Let the shipped unit draw into memory, by a drop-in as staff would write one."""
    place = system.root / f"etc/systemd/system/{BROWSER}.d/headless.conf"
    place.parent.mkdir(parents=True)
    place.write_text(_DROP_IN)
