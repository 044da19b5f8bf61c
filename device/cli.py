"""Identify prints, check the kiosk, and manage its bundles, settings and PIN.

Results go to stdout, everything else to stderr.
"""

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeAlias

from device import __version__, backup
from device.bundle.reader import opened
from device.cameras import cameras_command
from device.command_line import CommandLine
from device.config import Config, load
from device.config_migration import migrate
from device.doctor import examine
from device.errors import BundleError, KioskError, PictureError
from device.imaging import encoding, frames
from device.imaging.isolation import open_decoder
from device.imaging.picture_formats import SUFFIXES
from device.recognition.answer_json import answer_to_json
from device.recognition.embedding.fingerprint import choose_threads
from device.recognition.recogniser import Answer, Recogniser
from device.service import open_camera_for
from device.staff.pin_prompt import prompt_for_pin, store_pin
from device.store import bundle_command, sync_command

_log = logging.getLogger(__name__)

# Where the installer puts the settings.
_SETTINGS = Path("/etc/printkiosk/kiosk.toml")
_Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed with one line, 2 wrong use."""
    _let_everything_be_printed()
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING + 10 * (options.quiet - options.verbose),
        format="%(levelname)s %(name)s: %(message)s",
    )
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KioskError, OSError) as error:
        print(f"printkiosk-device: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _let_everything_be_printed() -> None:
    """Escape file names that aren't UTF-8 and characters that the terminal can't show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = CommandLine(prog="printkiosk-device", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="log more; can be repeated (default: warnings and errors)",
    )
    parser.add_argument(
        "-q", "--quiet", action="count", default=0, help="log less; can be repeated"
    )
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_identify(verbs)
    _add_doctor(verbs)
    _add_picture(verbs)
    _add_cameras(verbs)
    _add_evaluate(verbs)
    bundles = verbs.add_parser("bundle", help="list, install, verify and switch bundles")
    bundle_command.add_options(bundles)
    _add_sync(verbs)
    _add_backup_and_restore(verbs)
    _add_migrate(verbs)
    _add_pin(verbs)
    return parser


def _add_identify(verbs: _Verbs) -> None:
    identify = verbs.add_parser(
        "identify",
        help="identify the prints in picture files",
        description="Identify the prints in picture files. The exit code is 1 if a file can't be read.",
    )
    identify.add_argument(
        "images",
        nargs="+",
        type=Path,
        metavar="FILE_OR_FOLDER",
        help="picture files, or folders that are searched for them",
    )
    bundle_command.add_bundle_options(identify)
    identify.add_argument(
        "--top",
        type=_number(1, 100_000),
        default=10,
        metavar="N",
        help="largest number of matches in an answer (default: %(default)s)",
    )
    identify.add_argument(
        "--threads",
        type=_number(0, 64),
        default=0,
        metavar="N",
        help="threads of the model; 0 uses the configured number (default: %(default)s)",
    )
    identify.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object per picture (default: one line of text)",
    )
    identify.set_defaults(run=_identify)


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"expected {least} to {most}, found {text!r}")
        return int(text)

    return number


def _add_sync(verbs: _Verbs) -> None:
    sync = verbs.add_parser(
        "sync", help="fetch the newest bundle and notices; a running kiosk switches to it by itself"
    )
    sync_command.add_options(sync)
    sync.set_defaults(run=lambda options: sync_command.run(options, _config(options)))


def _add_doctor(verbs: _Verbs) -> None:
    doctor = verbs.add_parser(
        "doctor",
        help="check this machine, the bundle and the camera",
        description=(
            "Check this machine, the bundle and the camera. "
            "A failed check comes with advice, and the exit code is 1."
        ),
    )
    bundle_command.add_bundle_options(doctor)
    doctor.add_argument("--without-camera", action="store_true", help="skip the camera check")
    doctor.set_defaults(run=_doctor)


def _add_picture(verbs: _Verbs) -> None:
    picture = verbs.add_parser(
        "picture",
        help="take a test picture with the camera",
        description="Take one picture with the configured camera and write it to a JPEG file.",
    )
    bundle_command.add_bundle_options(picture)
    picture.add_argument("file", type=Path, metavar="FILE", help="JPEG file to write")
    picture.set_defaults(run=_picture)


def _add_cameras(verbs: _Verbs) -> None:
    cameras = verbs.add_parser(
        "cameras",
        help="list the cameras of this machine, with their formats",
        description=(
            "List the cameras of this machine with their formats, whether another program uses them, "
            "the settings that name them, and which one the kiosk takes. "
            "If a camera gives no picture that was asked for, the exit code is 1."
        ),
    )
    cameras_command.add_options(cameras)
    cameras.set_defaults(run=lambda options: cameras_command.run(options, _config(options)))


def _add_evaluate(verbs: _Verbs) -> None:
    # Kept for one release: the command is now a separate program.
    evaluate = verbs.add_parser(
        "evaluate",
        help="moved to the program printkiosk-evaluate",
        description="Moved to the program printkiosk-evaluate, which takes the same options.",
    )
    evaluate.add_argument("options", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    evaluate.set_defaults(run=_name_evaluate)


def _add_backup_and_restore(verbs: _Verbs) -> None:
    for name, run, help_text in (
        ("backup", _backup, "write this kiosk's settings to one file"),
        ("restore", _restore, "restore settings from a backup file"),
    ):
        job = verbs.add_parser(name, help=help_text, description=f"{help_text.capitalize()}.")
        job.add_argument("file", type=Path, metavar="FILE", help="backup file")
        job.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            default=_SETTINGS,
            help="settings file (default: %(default)s)",
        )
        job.set_defaults(run=run)


def _add_migrate(verbs: _Verbs) -> None:
    migration = verbs.add_parser(
        "migrate",
        help="rename the settings of an older version",
        description="Rename the settings of an older version. Values and comments stay.",
    )
    migration.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        required=True,
        help="settings file to read (required)",
    )
    migration.add_argument(
        "--out", type=Path, metavar="FILE", required=True, help="settings file to write (required)"
    )
    migration.set_defaults(run=_migrate)


def _add_pin(verbs: _Verbs) -> None:
    pin = verbs.add_parser(
        "pin",
        help="set the PIN of the staff page; asks for it",
        description=(
            "Set the PIN of the staff page. "
            "A terminal asks for it twice; from a pipe, the first line is read."
        ),
    )
    pin.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="settings file, such as kiosk.toml (default: built-in settings)",
    )
    pin.set_defaults(run=_pin)


def _config(options: argparse.Namespace) -> Config:
    return load(options.config, os.environ)


def _identify(options: argparse.Namespace) -> int:
    failed = False
    config = _config(options)
    path = bundle_command.chosen_bundle(options, config)
    with (
        closing(open_decoder()) as decoder,
        opened(path, bundle_command.notices_for(options, config)) as bundle,
    ):
        threads = choose_threads(options.threads or config.recognition.threads)
        recogniser = Recogniser(bundle, threads=threads)
        for path in _pictures(options.images, options.json):
            try:
                pixels = decoder.load(_file(path))
            except PictureError as error:
                failed = True
                _print_fault(path, error, options.json)
                continue
            answer = recogniser.recognise(frames.frame(pixels, source=str(path)), count=options.top)
            print(_answer_line(path, answer, options.json), flush=True)
    return 1 if failed else 0


def _pictures(paths: Sequence[Path], as_json: bool) -> Iterator[Path]:
    """Yield the files, and each folder's pictures by name; a path without pictures as it is.

    Names each folder's other files on stderr, but for hidden ones. With JSON, only the log does.
    """
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file())
        inside = [p for p in files if p.suffix.lower() in SUFFIXES]
        others = [p for p in files if p.suffix.lower() not in SUFFIXES]
        shown = [str(p.relative_to(path)) for p in others if not p.name.startswith(".")]
        if shown:
            line = f"{path}: skipped, as their suffix is no picture's: {', '.join(shown)}"
            if as_json:
                _log.info("%s", line)
            else:
                print(line, file=sys.stderr)
        yield from inside or [path]


def _file(path: Path) -> Path:
    if path.is_dir():
        raise PictureError(f"{path}: expected pictures in this folder, found none")
    return path


def _print_fault(path: Path, error: PictureError, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"image": str(path), "error": str(error)}, ensure_ascii=False), flush=True)
    else:
        print(f"{path}: {error}", file=sys.stderr)


def _answer_line(path: Path, answer: Answer, as_json: bool) -> str:
    if as_json:
        return json.dumps(answer_to_json(answer, image=str(path)), ensure_ascii=False)
    best = (
        f"{answer.matches[0].record.record_id} {answer.matches[0].record.title}"
        if answer.matches
        else ""
    )
    return f"{path}: {answer.verdict} {best}".rstrip()


def _doctor(options: argparse.Namespace) -> int:
    config = _config(options)
    with closing(open_decoder()) as decoder:
        camera = None if options.without_camera else open_camera_for(config, decoder)
        checks = examine(bundle_command.chosen_bundle(options, config), config, camera)
    for check in checks:
        print(f"{'ok  ' if check.is_good else 'FAIL'} {check.name}: {check.found}")
        if check.advice:
            print(f"     -> {check.advice}")
    return 0 if all(check.is_good for check in checks) else 1


def _picture(options: argparse.Namespace) -> int:
    config = _config(options)
    with ExitStack() as at_end:
        try:
            bundle = at_end.enter_context(opened(bundle_command.chosen_bundle(options, config)))
        except BundleError as error:  # only the replay camera needs its pictures
            _log.info("no bundle: %s", error)
            bundle = None
        decoder = at_end.enter_context(closing(open_decoder()))
        camera = at_end.enter_context(open_camera_for(config, decoder)(bundle))
        frame = camera.read(timeout_s=10.0)
    height, width = frame.pixels.shape[:2]
    options.file.write_bytes(encoding.to_jpeg(frame.pixels, side=max(height, width), quality=92))
    print(f"{options.file}: {width}x{height} from {camera.name}")
    return 0


def _name_evaluate(options: argparse.Namespace) -> int:
    print(
        "printkiosk-device: evaluate is now a separate program; "
        "run printkiosk-evaluate with the same options",
        file=sys.stderr,
    )
    return 2


def _backup(options: argparse.Namespace) -> int:
    count = backup.write(options.file, _kept_places(options))
    print(
        f"{options.file}: {count} files; keep the file private, because it holds the key of the PIN"
    )
    return 0


def _restore(options: argparse.Namespace) -> int:
    count = backup.restore(options.file, _kept_places(options))
    print(f"{count} files restored; apply them with `sudo systemctl restart printkiosk`")
    return 0


def _migrate(options: argparse.Namespace) -> int:
    migrated = migrate(options.config.read_text("utf-8"))
    options.out.write_text(migrated.text, "utf-8")
    for line in migrated.renamed:
        print(line)
    return 0


def _kept_places(options: argparse.Namespace) -> backup.BackupFolders:
    config = load(options.config if options.config.is_file() else None, os.environ)
    return backup.BackupFolders(settings=options.config.parent, staff=config.staff.folder)


def _pin(options: argparse.Namespace) -> int:
    folder = _config(options).staff.folder
    store_pin(folder, prompt_for_pin())
    print(f"{folder}: the PIN is set; it is valid at once")
    return 0


if __name__ == "__main__":
    sys.exit(main())
