"""The installer's command line: one verb a job, a line a step."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from installer import installation, removal, sizes, slots, stick
from installer.errors import InstallError
from installer.places import Places

_HERE = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and give its exit code: 0 done, 1 failed (the last line says why), 2 wrong use."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except (InstallError, OSError) as error:
        print(f"install: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("install: stopped; run it again to go on", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="install.py", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for name, help_text in (
        ("install", "make this machine a kiosk, or repair one; may be run again"),
        ("upgrade", "bring the kiosk here to this software, or leave it as it is"),
    ):
        verb = verbs.add_parser(name, help=help_text)
        verb.add_argument("--bundle", type=Path, metavar="FOLDER", help="the first bundle")
        verb.set_defaults(run=_install, verb=name)
    carried = verbs.add_parser(
        "wheelhouse", help="fill a folder for a stick, for a kiosk without network"
    )
    carried.add_argument("--bundle", type=Path, metavar="FOLDER", help="the first bundle")
    carried.add_argument("--out", type=Path, metavar="FOLDER", default=Path("out/wheelhouse"))
    carried.add_argument(
        "--without-packages", action="store_true", help="for a kiosk that has the system's packages"
    )
    carried.set_defaults(run=_wheelhouse)
    verbs.add_parser("rollback", help="go back to the software before").set_defaults(run=_go_back)
    uninstall = verbs.add_parser("uninstall", help="take the kiosk away; settings and bundles stay")
    uninstall.add_argument(
        "--everything", action="store_true", help="also settings, bundles, users and packages"
    )
    uninstall.set_defaults(run=_uninstall)
    verbs.add_parser("sizes", help="say how much room it takes").set_defaults(run=_sizes)
    return parser


def _install(options: argparse.Namespace) -> int:
    places = Places()
    if options.verb == "upgrade" and slots.current(places) is None:
        raise InstallError(
            f"{places.home}: nothing is installed here that could be upgraded; use install"
        )
    installation.install(_source(options.bundle), places, _tell)
    return _doctor(places)


def _wheelhouse(options: argparse.Namespace) -> int:
    source = _source(options.bundle)
    if source.checkout is None or source.bundle is None:
        raise InstallError(
            f"{_HERE}: expected a checkout with a bundle, found none; name one with --bundle"
        )
    out = options.out.absolute()
    stick.fill(source.units, source.checkout, source.bundle, out, _tell)
    if not options.without_packages:
        stick.add_packages(out, _tell)
    stick.finish(out, _tell)
    return 0


def _go_back(_: argparse.Namespace) -> int:
    places = Places()
    installation.go_back(places, _tell)
    return _doctor(places)


def _uninstall(options: argparse.Namespace) -> int:
    removal.uninstall(Places(), _tell, everything=options.everything)
    return 0


def _sizes(_: argparse.Namespace) -> int:
    for line in sizes.lines(Places()):
        print(line)
    return 0


def _source(bundle: Path | None) -> installation.Source:
    """Give what lies around this installer: a checkout, or a stick's folder with wheels in it."""
    is_checkout = (_HERE.parent / "setup.cfg").is_file()
    checkout = _HERE.parent if is_checkout else None
    places = [_HERE / "bundle"] + ([_HERE.parent / "demo/bundle"] if is_checkout else [])
    carried = next((place for place in places if place.is_dir()), None)
    return installation.Source(units=_HERE, checkout=checkout, bundle=bundle or carried)


def _doctor(places: Places) -> int:
    """Let the doctor look at the kiosk and have the last word."""
    words = slots.as_service_user(
        places.home / "venv/bin/printkiosk-device",
        "doctor",
        "--config",
        places.settings / "kiosk.toml",
    )
    print("what is right here, and what isn't:", flush=True)
    return subprocess.run([str(word) for word in words], cwd=places.root, check=False).returncode


def _tell(line: str) -> None:
    print(f"- {line}", flush=True)
