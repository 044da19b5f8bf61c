"""Benchmark: what one hostile picture costs a kiosk, its next guest and its stand.

`python -m bench.decode_abuse --cases FOLDER` starts the whole kiosk, and sends it each picture of the folder and of a generated
family of formats, modes, depths and kinds of JPEG. For each, it prints the answer's status and time, the most memory of the service
and its children above rest, sampled every 10 ms, and how long another guest and the stand had to wait longer than otherwise.

The exit code is 1 if a mark is missed. With `--bounds-times N`, marks of time have N-fold slack, for a busy machine.
"""

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from bench import abusive_pictures
from bench.abusive_pictures import AbusivePicture
from bench.kiosk_process import KioskProcess
from bench.process_tree import PeakMemory, memory_mb
from device.bundle.reader import opened
from device.imaging import decoding, encoding
from device.imaging.isolation import open_decoder
from device.imaging.picture_decoder import InProcessDecoder

HONEST_MARK_MS = 25.0
MEMORY_MARK_MB, GUEST_MARK_S, STAND_MARK_S = 160.0, 2.0, 0.3
_CALM_S, _CALM_TRIES = 0.3, 20
_UNDISTURBED = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What one picture did.

    Attributes:
        name: Describes the picture.
        size: Length of its file in bytes.
        status: HTTP status of its answer.
        answer_s: Time until its answer, in seconds.
        memory_mb: Most memory above rest, in MB.
        guest_s, stand_s: Longest delay of another guest and of the stand, in seconds.
    """

    name: str
    size: int
    status: int
    answer_s: float
    memory_mb: float
    guest_s: float
    stand_s: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code."""
    options = _parser().parse_args(arguments)
    if options.honest:
        return _print_honest(options.bounds_times)
    pictures = chain(
        abusive_pictures.of_folder(options.cases) if options.cases else (),
        abusive_pictures.family(is_short=options.short),
    )
    found = []
    print(f"{'ms':>7} {'MB':>6} {'guest s':>8} {'stand s':>8}  status  picture", flush=True)
    chosen = (picture for picture in pictures if options.only in picture.name)
    for harm in measure(options.bundle, chosen, has_delays=not options.without_delays):
        found.append(harm)
        print(
            f"{harm.answer_s * 1000:7.0f} {harm.memory_mb:6.0f} {harm.guest_s:8.2f} {harm.stand_s:8.2f}"
            f"  {harm.status}     {harm.name} ({harm.size / 1e3:.0f} kB)",
            flush=True,
        )
    if not found:
        print("no picture has such a name", file=sys.stderr)
        return 2
    return _print_marks(found, options.bounds_times)


def honest_cost_s(pairs: int = 15) -> tuple[float, float]:
    """Return the times of an honest 12-megapixel JPEG, isolated and in this process.

    Both are medians in seconds, measured in turn.
    """
    picture = abusive_pictures.honest_jpeg()
    times: tuple[list[float], list[float]] = ([], [])
    with closing(open_decoder()) as isolated:
        isolated.decode(picture, name="warm-up")
        for _ in range(pairs):
            for decoder, found in zip((isolated, InProcessDecoder()), times, strict=True):
                found.append(_seconds(partial(decoder.decode, picture, name="honest")))
    return statistics.median(times[0]), statistics.median(times[1])


def _print_honest(slack: float) -> int:
    isolated_s, here_s = honest_cost_s()
    added_ms = (isolated_s - here_s) * 1000
    mark_ms = HONEST_MARK_MS * slack
    print(
        f"an honest 12-megapixel JPEG: {isolated_s * 1000:.0f} ms, in one process {here_s * 1000:.0f} ms"
    )
    print(
        f"{'ok  ' if added_ms <= mark_ms else 'MISS'} added, ms: {added_ms:.0f} (wanted <= {mark_ms:g})"
    )
    return 0 if added_ms <= mark_ms else 1


def measure(
    bundle: Path, pictures: Iterator[AbusivePicture], *, has_delays: bool
) -> Iterator[Harm]:
    """Yield what each picture does to one running kiosk; without delays, these are 0.

    Raises:
        KioskProcessError: If the kiosk doesn't start.
    """
    with opened(bundle) as collection:
        record = next(r for r in map(collection.records.at, range(99)) if r.show_picture)
        screen = decoding.decode(collection.pictures.get(record.record_id, "screen"), name="print")
    honest = encoding.to_jpeg(screen, side=640, quality=85)
    with KioskProcess(bundle, threads=2) as kiosk:
        kiosk.wait_until_healthy()
        for _ in range(_UNDISTURBED):
            kiosk.send(honest)
            _look(kiosk)
        for picture in pictures:
            yield _harm(kiosk, picture, honest if has_delays else None)


def _harm(kiosk: KioskProcess, picture: AbusivePicture, honest: bytes | None) -> Harm:
    rest_mb = _rest_mb(kiosk)
    with PeakMemory(kiosk.process_id) as memory:
        started_s = time.perf_counter()
        status = kiosk.send(picture.data)
        answer_s = time.perf_counter() - started_s
    return Harm(
        name=picture.name,
        size=len(picture.data),
        status=status,
        answer_s=answer_s,
        memory_mb=memory.peak_mb - rest_mb,
        guest_s=_delay_s(kiosk, picture, lambda: kiosk.send(honest)) if honest else 0.0,
        stand_s=_delay_s(kiosk, picture, lambda: _look(kiosk)) if honest else 0.0,
    )


def _delay_s(kiosk: KioskProcess, picture: AbusivePicture, wait: Callable[[], object]) -> float:
    """Return by how much a wait is longer, at most, while a picture is sent, in seconds."""
    usual_s = statistics.median(_seconds(wait) for _ in range(_UNDISTURBED))
    with _sending(kiosk, picture.data) as attack:
        longest_s = _seconds(wait)
        while attack.is_alive():
            longest_s = max(longest_s, _seconds(wait))
    return max(0.0, longest_s - usual_s)


def _rest_mb(kiosk: KioskProcess) -> float:
    """Return the memory of the kiosk once it no longer falls, in MB."""
    last = memory_mb(kiosk.process_id)
    for _ in range(_CALM_TRIES):
        time.sleep(_CALM_S)
        now = memory_mb(kiosk.process_id)
        if now >= last - 0.5:
            return now
        last = now
    return last


@contextmanager
def _sending(kiosk: KioskProcess, data: bytes) -> Iterator[threading.Thread]:
    attack = threading.Thread(target=kiosk.send, args=(data,))
    attack.start()
    time.sleep(0.02)  # until it is under way
    yield attack
    attack.join()


def _look(kiosk: KioskProcess) -> None:
    """Let the stand look at its print, wait for the answer, and take it off the screen."""
    kiosk.post("/api/v1/stand/look")
    revision = 0
    while True:
        state = kiosk.state(revision)
        revision = state["revision"]
        if state["phase"] in ("found", "unsure", "not_found"):
            break
    kiosk.post("/api/v1/stand/dismiss")


def _seconds(act: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    act()
    return time.perf_counter() - started_s


def _print_marks(found: Sequence[Harm], slack: float) -> int:
    marks = (
        ("memory above rest, MB", max(h.memory_mb for h in found), MEMORY_MARK_MB),
        ("delay of another guest, s", max(h.guest_s for h in found), GUEST_MARK_S * slack),
        ("delay of the stand, s", max(h.stand_s for h in found), STAND_MARK_S * slack),
        ("answers that are no answer", float(sum(h.status not in (200, 400) for h in found)), 0.0),
    )
    for name, value, mark in marks:
        print(f"{'ok  ' if value <= mark else 'MISS'} {name}: {value:.2f} (wanted <= {mark:g})")
    return 0 if all(value <= mark for _, value, mark in marks) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.decode_abuse", description=__doc__)
    parser.add_argument("--bundle", type=Path, default=Path("demo/bundle"), metavar="FOLDER")
    parser.add_argument(
        "--cases", type=Path, metavar="FOLDER", help="further pictures (default: none)"
    )
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="pictures with TEXT in their name"
    )
    parser.add_argument("--without-delays", action="store_true", help="measure memory alone")
    parser.add_argument(
        "--honest", action="store_true", help="measure an honest picture instead of hostile ones"
    )
    parser.add_argument("--short", action="store_true", help="leave out most sizes and depths")
    parser.add_argument(
        "--bounds-times", type=float, default=1.0, metavar="N", help="slack of times (default: 1)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
