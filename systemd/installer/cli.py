"""The installer's command line: a verb for each job, a line for each step."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from installer import disk_usage, installation, removal, slots, wheelhouse
from installer.errors import InstallError
from installer.paths import Paths

_HERE = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code.

    Returns:
        0 done, 1 failed (the last line says why), 2 wrong use, 130 interrupted.
    """
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except (InstallError, OSError) as error:
        print(f"install: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("install: interrupted; run the same command again to resume", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="install.py",
        description="Install, upgrade or remove the print kiosk on this machine. Run it as root.",
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for name, help_text in (
        ("install", "turn this machine into a kiosk, or repair one; safe to run again"),
        (
            "upgrade",
            "upgrade an installed kiosk to this software; if that fails, the old stays active",
        ),
    ):
        verb = verbs.add_parser(name, help=help_text)
        verb.add_argument(
            "--bundle",
            type=Path,
            metavar="FOLDER",
            help="first bundle to install (default: the one that came with this software)",
        )
        verb.set_defaults(run=_install, verb=name)
    offline_help = "fill a folder for a USB stick, to install a kiosk without a network"
    _add_wheelhouse_options(verbs.add_parser("wheelhouse", help=offline_help))
    rollback = verbs.add_parser("rollback", help="return to the previous software")
    rollback.set_defaults(run=_rollback)
    uninstall = verbs.add_parser("uninstall", help="remove the kiosk; keep settings and bundles")
    uninstall.add_argument(
        "--everything",
        action="store_true",
        help="also remove settings, bundles, users, and packages installed with the kiosk",
    )
    uninstall.set_defaults(run=_uninstall)
    sizes = verbs.add_parser("sizes", help="print the disk space that the kiosk uses")
    sizes.set_defaults(run=_sizes)
    return parser


def _add_wheelhouse_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--bundle",
        type=Path,
        metavar="FOLDER",
        help="first bundle to put on the stick (default: the demo bundle)",
    )
    verb.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        default=Path("out/wheelhouse"),
        help="folder to fill; an earlier wheelhouse there is replaced (default: %(default)s)",
    )
    verb.add_argument(
        "--without-packages",
        action="store_true",
        help="leave out Debian packages, for a kiosk that has them already",
    )
    verb.set_defaults(run=_wheelhouse)


def _install(options: argparse.Namespace) -> int:
    paths = Paths()
    if options.verb == "upgrade" and slots.current(paths) is None:
        raise InstallError(f"{paths.home}: no installed kiosk to upgrade; use install")
    installation.install(_source(options.bundle), paths, _report)
    return _doctor(paths)


def _wheelhouse(options: argparse.Namespace) -> int:
    source = _source(options.bundle)
    if source.checkout is None or source.bundle is None:
        raise InstallError(
            f"{_HERE}: expected a checkout with a bundle, found none; name a bundle with --bundle"
        )
    out = options.out.absolute()
    wheelhouse.fill(source.units, source.checkout, source.bundle, out, _report)
    if not options.without_packages:
        wheelhouse.add_packages(out, _report)
    wheelhouse.report_size(out, _report)
    return 0


def _rollback(_: argparse.Namespace) -> int:
    paths = Paths()
    installation.rollback(paths, _report)
    return _doctor(paths)


def _uninstall(options: argparse.Namespace) -> int:
    removal.uninstall(Paths(), _report, everything=options.everything)
    return 0


def _sizes(_: argparse.Namespace) -> int:
    for line in disk_usage.report_lines(Paths()):
        print(line)
    return 0


def _source(bundle: Path | None) -> installation.InstallSource:
    """Return the installer's own source: a checkout, or a stick's folder of wheels."""
    is_checkout = (_HERE.parent / "setup.cfg").is_file()
    checkout = _HERE.parent if is_checkout else None
    candidates = [_HERE / "bundle"] + ([_HERE.parent / "demo/bundle"] if is_checkout else [])
    included = next((folder for folder in candidates if folder.is_dir()), None)
    return installation.InstallSource(units=_HERE, checkout=checkout, bundle=bundle or included)


def _doctor(paths: Paths) -> int:
    """Run the kiosk's self-checks and return their exit code as the result."""
    words = slots.as_service_user(
        paths.home / "venv/bin/printkiosk-device",
        "doctor",
        "--config",
        paths.settings / "kiosk.toml",
    )
    print("checks of the installed kiosk:", flush=True)
    return subprocess.run([str(word) for word in words], cwd=paths.root, check=False).returncode


def _report(line: str) -> None:
    print(f"- {line}", flush=True)
