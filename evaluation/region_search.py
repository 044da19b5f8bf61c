"""How well a part of a print finds it: a box drawn on the captured sheet, as a visitor draws it with a finger.

Run as `python -m evaluation.region_search BUNDLE`. Each capture is a simulated hand-held one, its sheet straightened by the
corners that the kiosk itself found; boxes cover the shares of the sheet below, at random places, each where most is drawn
of `_TRIES` (visitors point at something). Counted: the print first, among the first six, and claimed; and another claimed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.bundle.reader import OpenedBundle, opened
from device.imaging import frames
from device.imaging.corners import Corner
from device.imaging.frames import Pixels
from device.recognition.recogniser import Recogniser
from device.recognition.sheet.detect import straighten
from device.recognition.verdict import ACCEPTED
from evaluation.dataset import EvaluationPrint, choose_prints, prints_of
from evaluation.simulate.conditions import Level
from evaluation.simulate.handheld import capture

SHARES = (0.5, 0.25, 0.125, 0.0625)
SIDE = 960
FIRST = 6
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionTally:
    """What was counted for boxes of one share of the sheet, in captures.

    Attributes:
        first, among: The print named first, and among the first six.
        claimed, wrong: Said to be in the collection: the print, and another one.
    """

    share: float
    captures: int = 0
    first: int = 0
    in_first: int = 0
    accepted: int = 0
    wrongly_accepted: int = 0

    @property
    def line(self) -> str:
        """The tally as a line of the table."""
        of = max(self.captures, 1)
        return (
            f"{self.share:7.1%} of the sheet  first {self.first / of:6.1%}  among {FIRST} {self.in_first / of:6.1%}  "
            f"claimed {self.accepted / of:6.1%}  another claimed {self.wrongly_accepted / of:6.1%}  of {self.captures}"
        )


def measure(
    bundle: OpenedBundle, number: int, *, seed: int = 2026, threads: int = 0
) -> Iterator[RegionTally]:
    """Give a tally for each share of the sheet, of so many captures.

    Args:
        bundle: What is asked, and whose own pictures are captured.
        number: Of captures; those whose sheet isn't found have no part to be drawn on, and are left out.
        seed: Where all chance comes from.
        threads: Of the model.
    """
    recogniser = Recogniser(bundle, threads=threads or 2)
    sheets = list(_sheets(recogniser, prints_of(bundle), number, seed))
    for share in SHARES:
        yield _tally(recogniser, sheets, share, seed)


def box_of(pixels: Pixels, share: float, rng: np.random.Generator) -> tuple[Corner, ...]:
    """Give the corners of a box that covers a share of a picture, where most is drawn of a few random places."""
    height, width = pixels.shape[:2]
    tall, wide = round(height * share**0.5), round(width * share**0.5)
    grey = pixels.mean(axis=2)

    def contrast(place: tuple[int, int]) -> float:
        top, left = place
        return float(grey[top : top + tall, left : left + wide].std())

    places = [
        (int(rng.integers(0, height - tall + 1)), int(rng.integers(0, width - wide + 1)))
        for _ in range(_TRIES)
    ]
    top, left = max(places, key=contrast)
    right, bottom = left + wide, top + tall
    return tuple(
        Corner(x=float(x), y=float(y))
        for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
    )


def _sheets(
    recogniser: Recogniser, prints: Sequence[EvaluationPrint], number: int, seed: int
) -> Iterator[tuple[EvaluationPrint, Pixels]]:
    """Give captured sheets as the page gets them: straightened, and once through JPEG."""
    for one, its_seed in choose_prints(prints, number, seed):
        name = one.record.record_id
        held = capture(one.load(), name, level=Level.NORMAL, seed=its_seed)
        found = recogniser.recognise(frames.frame(held.pixels, source="parts"), count=1)
        if found.sheet is None:
            continue
        flat = straighten(held.pixels, found.sheet, side=SIDE)
        yield one, frames.decode(frames.to_jpeg(flat, side=SIDE, quality=85), name=name)


def _tally(
    recogniser: Recogniser,
    sheets: Sequence[tuple[EvaluationPrint, Pixels]],
    share: float,
    seed: int,
) -> RegionTally:
    rng = np.random.default_rng([seed, round(share * 1e6)])
    first = in_first = accepted = wrong = 0
    for one, pixels in sheets:
        box = box_of(pixels, share, rng)
        answer = recogniser.recognise(
            frames.frame(pixels, source="parts"), corners=box, count=FIRST
        )
        items = [match.record.item for match in answer.matches]
        is_first = bool(items) and items[0] in one.right
        first += is_first
        in_first += any(item in one.right for item in items)
        accepted += is_first and answer.verdict in ACCEPTED
        wrong += not is_first and answer.verdict in ACCEPTED
    return RegionTally(
        share=share,
        captures=len(sheets),
        first=first,
        in_first=in_first,
        accepted=accepted,
        wrongly_accepted=wrong,
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description="How well a part drawn with a finger finds its print."
    )
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--captures", type=int, default=100)
    options = parser.parse_args()
    with opened(options.bundle) as bundle:
        for tally in measure(bundle, options.captures):
            sys.stdout.write(f"{tally.line}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
