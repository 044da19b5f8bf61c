"""A soak test: many frames, answers and changes of bundle in an hour and a half.

One kiosk, as it runs at the stand, is shown simulated captures one after the other. It watches, captures and answers hands-free,
with the real model. Each answer is compared with the print that was shown, so the test proves that work was done. The test can be
stopped and resumed: results are kept in its folder, and growth is counted within one process.

The stand's clock is that of the frames, a tenth of a second each, however fast they are watched.
"""

import argparse
import json
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from bench.errors import BenchError
from device.bundle import layout
from device.bundle import manifest as manifests
from device.bundle.notices import Notices
from device.bundle.reader import OpenedBundle, opened
from device.cameras import CameraSource
from device.config import CameraConfig, RecognitionConfig, WatchConfig
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.recognition.recogniser import Answer
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService
from device.service.state import Phase
from evaluation.model_timing import ModelTiming
from evaluation.simulate.conditions import Level
from evaluation.simulate.handheld import capture

SEGMENTS, PRINTS, SIZE = 100, 24, (640, 480)
GROWTH_MIB, SLOWER = 2.0, 0.10
# Warm-up of a process: afterwards it has run every code path, and its heaps have their full size.
WARM_SEGMENTS = 10
# Growth is counted within one process, so one of them has to run long.
LONG_SEGMENTS = 50
# The least number of watched frames per answer: a visitor arrives, holds still and leaves.
FRAMES = 10
_STEP_S, _TIMEOUT_S, _BLANKS, _SEED = 0.1, 60.0, 12, 7
_SAMPLES, _PAUSE_S = 5, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A hundredth of the test: its work, and the state of the process at its end.

    Attributes:
        life: The number of the process, because growth is counted within one.
        answers, right, frames: Answers, right answers and watched frames in this segment.
        anon_kib: Anonymous resident memory; the bundle's mapped files are not in it.
        handles, threads: Open file handles and threads.
        ratio: The median time of an answer, in idle model calls.
    """

    life: int
    answers: int
    right: int
    frames: int
    anon_kib: int
    handles: int
    threads: int
    ratio: float


class Feed(CameraSource):
    """A camera that shows a given picture as fast as it is read; paused during an answer.

    Attributes:
        may_continue: While it is not set, the camera is paused.
    """

    def __init__(self) -> None:
        self._now_s = 0.0
        super().__init__(CameraConfig(), name="soak:0", clock=lambda: self._now_s)
        self._blank = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
        self._shown = self._blank
        self._blanks = 0
        self.may_continue = threading.Event()
        self.may_continue.set()

    def show(self, pixels: Pixels, *, blanks: int = 0) -> None:
        """Show a picture from now on, after `blanks` frames of an empty stand."""
        self._shown, self._blanks = pixels, blanks

    def _start(self) -> None:
        self.may_continue.set()

    def _take(self, timeout_s: float) -> Pixels:
        self.may_continue.wait(timeout_s)
        self._now_s += _STEP_S
        if self._blanks > 0:
            self._blanks -= 1
            return self._blank.copy()
        return self._shown.copy()

    def _stop(self) -> None:
        self.may_continue.set()


class Soak:
    """The part of the test that one process runs."""

    def __init__(self, service: KioskService, feed: Feed, shown: dict[str, Pixels]) -> None:
        """Store the kiosk, its camera, and the captures to show, by record id."""
        self._service, self._feed = service, feed
        self._shown = list(shown.items())
        self._turn = 0

    def answer(self) -> tuple[bool, Answer]:
        """Show the next print until the kiosk has answered; return whether it is the right one.

        Raises:
            BenchError: When the kiosk does not answer.
        """
        record_id, pixels = self._shown[self._turn % len(self._shown)]
        self._turn += 1
        before = self._service.snapshot().state.answer
        self._feed.show(pixels, blanks=_BLANKS if self._turn % 5 == 0 else 0)
        # Waits of one second are counted, because a machine that sleeps is not the kiosk's fault.
        waits, revision = 0, 0
        while waits < _TIMEOUT_S:
            snapshot = self._service.snapshot(revision, 1.0)
            waits += snapshot.revision == revision
            revision, state = snapshot.revision, snapshot.state
            if state.phase is Phase.SEARCHING:
                self._feed.may_continue.clear()
                continue
            self._feed.may_continue.set()
            if state.answer is not None and state.answer is not before:
                matches = state.answer.matches
                return bool(matches) and matches[0].record.record_id == record_id, state.answer
        raise BenchError(f"soak: {record_id} was shown for {_TIMEOUT_S:g} s without an answer")


def captures_of(bundle: OpenedBundle) -> dict[str, Pixels]:
    """Return simulated captures by record id: uint8 (480, 640, 3), RGB."""
    records = [bundle.records.at(row) for row in range(bundle.manifest.items)]
    shown = [record for record in records if record.show_picture]
    chosen = [shown[row * len(shown) // PRINTS] for row in range(min(PRINTS, len(shown)))]
    found = {}
    for record in chosen:
        picture = decoding.decode(
            bundle.pictures.get(record.record_id, "screen"), name=record.record_id
        )
        taken = capture(picture, record.record_id, level=Level.NORMAL, seed=_SEED)
        found[record.record_id] = cv2.resize(taken.pixels, SIZE, interpolation=cv2.INTER_AREA)
    return found


def run(bundle: Path, out: Path, answers: int) -> list[Segment]:
    """Run the remaining segments; return all, with those of earlier processes."""
    done = _read(out)
    life = done[-1].life + 1 if done else 0
    copies = [_copy(bundle, out / f"bundle-{which}", name=f"soak {which}") for which in "ab"]
    feed = Feed()

    def opener(opened_bundle: OpenedBundle | None) -> CameraSource:
        feed.open()
        return feed

    with opened(bundle) as one:
        shown, model = captures_of(one), ModelTiming(one, threads=2)
    with KioskService(
        copies[0],
        CameraSetup(opener=opener, watch=WatchConfig()),
        RecognitionConfig(threads=2),
        notifier=Notifier(None),
    ) as service:
        soak = Soak(service, feed, shown)
        while len(done) < SEGMENTS:
            done.append(_segment(soak, service, model, max(answers // SEGMENTS, 1), life))
            _write(out, done)
            service.collection.change(copies[len(done) % 2], Notices())
            _print_progress(done[-1], len(done))
    return done


def _segment(
    soak: Soak, service: KioskService, model: ModelTiming, answers: int, life: int
) -> Segment:
    before, right, ms, calls_ms = service.health().camera.frames, 0, [], []
    for number in range(answers):
        is_right, answer = soak.answer()
        right += is_right
        ms.append(sum(answer.timings_ms.values()))
        service.preview(after=0)
        if number % 5 == 0:
            calls_ms.append(model.time_once_ms())
    return Segment(
        life=life,
        answers=answers,
        right=right,
        frames=service.health().camera.frames - before,
        anon_kib=_least_anon_kib(),
        handles=len(list(Path("/proc/self/fd").iterdir())),
        threads=threading.active_count(),
        ratio=round(float(np.median(ms) / np.median(calls_ms)), 3),
    )


def judge(done: Sequence[Segment]) -> list[tuple[str, str, bool]]:
    """Return for each target its name, the measured value, and whether it is met."""
    answers, right = sum(s.answers for s in done), sum(s.right for s in done)
    frames_watched = sum(s.frames for s in done)
    longest = max(Counter(s.life for s in done).values())
    growth_kib, handles, threads = 0, 0, 0
    for life in {s.life for s in done}:
        warm = [s for s in done if s.life == life][min(WARM_SEGMENTS, len(done) // 2) :]
        if warm:
            growth_kib = max(growth_kib, _median_kib(warm[-5:]) - _median_kib(warm[:5]))
            handles = max(handles, len({s.handles for s in warm}) - 1)
            threads = max(threads, len({s.threads for s in warm}) - 1)
    tenth = max(len(done) // 10, 1)
    first, last = (
        float(np.median([s.ratio for s in part])) for part in (done[:tenth], done[-tenth:])
    )
    slower = last / first - 1
    return [
        ("answers, each right", f"{right} of {answers}", right == answers),
        (f"frames watched, {FRAMES} per answer", f"{frames_watched}", frames_watched >= FRAMES * answers),
        (f"changes of bundle, {SEGMENTS}", f"{len(done)}", len(done) >= SEGMENTS),
        (f"hundredths in one process, {LONG_SEGMENTS}", f"{longest}", longest >= LONG_SEGMENTS),
        (f"growth after warm-up, at most {GROWTH_MIB:g} MiB", f"{growth_kib / 1024:.2f} MiB", growth_kib <= GROWTH_MIB * 1024),
        ("file handles constant", f"{handles} other counts", handles == 0),
        ("threads constant", f"{threads} other counts", threads == 0),
        ("last tenth against first, within 10 %", f"{slower:+.1%}", abs(slower) <= SLOWER),
    ]  # fmt: skip


def _median_kib(segments: Sequence[Segment]) -> int:
    return int(np.median([s.anon_kib for s in segments]))


def _least_anon_kib() -> int:
    """Return the least of several samples, which leaves out memory in use for a moment."""
    samples = []
    for _ in range(_SAMPLES):
        time.sleep(_PAUSE_S)
        samples.append(_anon_kib())
    return min(samples)


def _anon_kib() -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("RssAnon")))


def _copy(bundle: Path, folder: Path, *, name: str) -> Path:
    """Copy a bundle under another name, and so another id, to switch to; return the folder."""
    if not layout.manifest_of(folder).exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(bundle, folder, ignore=shutil.ignore_patterns(layout.MANIFEST))
        manifest = manifests.parse(layout.manifest_of(bundle).read_bytes(), str(bundle))
        named = manifests.identify(replace(manifest, name=name))
        layout.manifest_of(folder).write_text(manifests.dump(named), "utf-8")
    return folder


def _read(out: Path) -> list[Segment]:
    file = out / "soak.json"
    return [Segment(**each) for each in json.loads(file.read_text())] if file.exists() else []


def _write(out: Path, done: Sequence[Segment]) -> None:
    scratch = out / "soak.new"
    scratch.write_text(json.dumps([asdict(each) for each in done]))
    scratch.replace(out / "soak.json")


def _print_progress(segment: Segment, count: int) -> None:
    print(
        f"{count:3}/{SEGMENTS}  {segment.right}/{segment.answers} right  {segment.frames} frames  "
        f"{segment.anon_kib / 1024:.1f} MiB  {segment.handles} handles  {segment.threads} threads  "
        f"{segment.ratio:.2f} model calls",
        file=sys.stderr,
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the test to its end; return 0 when every target is met, else 1."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--bundle",
        type=Path,
        default=Path("demo/bundle"),
        help="folder of the bundle (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out/soak"),
        help="folder for the results, to resume from (default: %(default)s)",
    )
    parser.add_argument(
        "--answers",
        type=int,
        default=10_000,
        help="number of answers in the whole test (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    found = judge(run(options.bundle, options.out, options.answers))
    for target, measured, is_met in found:
        print(f"{'met   ' if is_met else 'MISSED'}  {target:42} {measured}")
    return 0 if all(is_met for _, _, is_met in found) else 1


if __name__ == "__main__":
    sys.exit(main())
