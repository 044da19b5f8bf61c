"""`printkiosk-device`: the kiosk from a terminal. One verb a job; results to stdout, all else to stderr."""

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from device import __version__, backup
from device.bundle.reader import opened
from device.command_line import CommandLine
from device.config import Config, load
from device.config_migration import migrate
from device.doctor import examine
from device.errors import BundleError, KioskError, PictureError
from device.imaging import frames
from device.recognition.answer_json import answer_to_json
from device.recognition.embedding.fingerprint import choose_threads
from device.recognition.recogniser import Answer, Recogniser
from device.service import open_camera_for
from device.staff.pin_prompt import prompt_for_pin, store_pin
from device.store import bundle_command, sync_command

_log = logging.getLogger(__name__)

# Where the installer puts them.
_SETTINGS = Path("/etc/printkiosk/kiosk.toml")
_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 failed (one line said why), 2 wrong use."""
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
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KioskError, OSError) as error:
        print(f"printkiosk-device: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _let_everything_be_printed() -> None:
    """Make file names that are no UTF-8, and titles the terminal can't write, come out escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = CommandLine(prog="printkiosk-device", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say more")
    parser.add_argument("-q", "--quiet", action="count", default=0, help="say less")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_identify(verbs)
    doctor = verbs.add_parser("doctor", help="say in plain words what is right here and what isn't")
    bundle_command.add_choice(doctor)
    doctor.add_argument("--without-camera", action="store_true", help="leave the camera alone")
    doctor.set_defaults(run=_doctor)
    picture = verbs.add_parser("picture", help="take a test picture with the stand's camera")
    bundle_command.add_choice(picture)
    picture.add_argument("file", type=Path, help="where the JPEG goes")
    picture.set_defaults(run=_picture)
    # For one release: it became a program of its own.
    evaluate = verbs.add_parser("evaluate", help="now the program printkiosk-evaluate")
    evaluate.add_argument("options", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    evaluate.set_defaults(run=_name_evaluate)
    bundles = verbs.add_parser("bundle", help="look after the bundles installed here")
    bundle_command.add_options(bundles)
    _add_sync(verbs)
    for name, run, help_text in (
        ("backup", _backup, "keep this kiosk's settings in one file"),
        ("restore", _restore, "put kept settings back over what is here"),
    ):
        job = verbs.add_parser(name, help=help_text)
        job.add_argument("file", type=Path, help="the backup")
        job.add_argument("--config", type=Path, metavar="FILE", default=_SETTINGS)
        job.set_defaults(run=run)
    renaming = verbs.add_parser("migrate", help="bring older settings to this software's names")
    renaming.add_argument("--config", type=Path, metavar="FILE", required=True, help="kiosk.toml")
    renaming.add_argument("--out", type=Path, metavar="FILE", required=True)
    renaming.set_defaults(run=_migrate)
    pin = verbs.add_parser("pin", help="set the PIN of the staff's page; asks for it")
    pin.add_argument("--config", type=Path, metavar="FILE", help="kiosk.toml")
    pin.set_defaults(run=_pin)
    return parser


def _add_identify(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    identify = verbs.add_parser("identify", help="say which prints some pictures show")
    identify.add_argument("images", nargs="+", type=Path, metavar="FILE_OR_FOLDER")
    bundle_command.add_choice(identify)
    identify.add_argument(
        "--top",
        type=_number(1, 100_000),
        default=10,
        metavar="N",
        help="matches to name (default 10)",
    )
    identify.add_argument(
        "--threads",
        type=_number(0, 64),
        default=0,
        metavar="N",
        help="for the model (default: cores, <= 4)",
    )
    identify.add_argument("--json", action="store_true", help="one JSON object a line")
    identify.set_defaults(run=_identify)


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"expected {least} to {most}, found {text!r}")
        return int(text)

    return number


def _add_sync(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sync = verbs.add_parser(
        "sync", help="fetch the newest bundle and notices; the kiosk changes over"
    )
    sync_command.add_options(sync)
    sync.set_defaults(run=lambda options: sync_command.run(options, _config(options)))


def _config(options: argparse.Namespace) -> Config:
    return load(options.config, os.environ)


def _identify(options: argparse.Namespace) -> int:
    failed = False
    config = _config(options)
    path = bundle_command.asked_for(options, config)
    with opened(path, bundle_command.notices_over(options, config)) as bundle:
        threads = choose_threads(options.threads or config.recognition.threads)
        recogniser = Recogniser(bundle, threads=threads)
        for path in _pictures(options.images):
            try:
                pixels = frames.load(_file(path), side=frames.UPLOAD_SIDE)
            except PictureError as error:
                failed = True
                _print_fault(path, error, options.json)
                continue
            answer = recogniser.recognise(frames.frame(pixels, source=str(path)), count=options.top)
            print(_answer_line(path, answer, options.json), flush=True)
    return 1 if failed else 0


def _pictures(paths: Sequence[Path]) -> Iterator[Path]:
    """Give the files named, and a folder's pictures by name; what is missing or empty is left to be an error."""
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in _PICTURES)
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
    camera = None if options.without_camera else open_camera_for(config)
    findings = examine(bundle_command.asked_for(options, config), config, camera)
    for finding in findings:
        print(f"{'ok  ' if finding.is_good else 'FAIL'} {finding.what}: {finding.found}")
        if finding.advice:
            print(f"     -> {finding.advice}")
    return 0 if all(finding.is_good for finding in findings) else 1


def _picture(options: argparse.Namespace) -> int:
    config = _config(options)
    with ExitStack() as at_end:
        try:
            bundle = at_end.enter_context(opened(bundle_command.asked_for(options, config)))
        except BundleError as error:  # only a replay shows its pictures
            _log.info("no bundle: %s", error)
            bundle = None
        camera = at_end.enter_context(open_camera_for(config)(bundle))
        frame = camera.read(timeout_s=10.0)
    height, width = frame.pixels.shape[:2]
    options.file.write_bytes(frames.to_jpeg(frame.pixels, side=max(height, width), quality=92))
    print(f"{options.file}: {width}x{height} from {camera.name}")
    return 0


def _name_evaluate(options: argparse.Namespace) -> int:
    print(
        "printkiosk-device: evaluate is now a program of its own; "
        "run printkiosk-evaluate with the same options",
        file=sys.stderr,
    )
    return 2


def _backup(options: argparse.Namespace) -> int:
    count = backup.write(options.file, _kept_places(options))
    print(f"{options.file}: {count} files; keep it where nobody else reads, the PIN's key is in it")
    return 0


def _restore(options: argparse.Namespace) -> int:
    count = backup.restore(options.file, _kept_places(options))
    print(f"{count} files put back; `sudo systemctl restart printkiosk` lets them hold")
    return 0


def _migrate(options: argparse.Namespace) -> int:
    migrated = migrate(options.config.read_text("utf-8"))
    options.out.write_text(migrated.text, "utf-8")
    for line in migrated.renamed:
        print(line)
    return 0


def _kept_places(options: argparse.Namespace) -> backup.Places:
    config = load(options.config if options.config.is_file() else None, os.environ)
    return backup.Places(settings=options.config.parent, staff=config.staff.folder)


def _pin(options: argparse.Namespace) -> int:
    folder = _config(options).staff.folder
    store_pin(folder, prompt_for_pin())
    print(f"{folder}: the PIN is set; it holds from the next try on")
    return 0


if __name__ == "__main__":
    sys.exit(main())
