"""Measure how well a part of a print finds the whole, as when a visitor draws a box on it.

Run as `python -m evaluation.region_search BUNDLE`. Each capture is simulated as held by hand, and its sheet is
rectified by the corners that the kiosk found. The boxes cover the shares of the sheet in `SHARES`. Of `_TRIES` random
places the one with the most contrast is taken, because visitors point at something. The table counts how often the
print comes first or among the first six, how often it is accepted, and how often another print is.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.bundle.reader import OpenedBundle, opened
from device.imaging import decoding, encoding, frames
from device.imaging.corners import Corner
from device.imaging.frames import Pixels
from device.imaging.rectify import rectify
from device.recognition.recogniser import Recogniser
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
    """Counts for boxes of one size.

    Attributes:
        captures: Number of captures searched.
        first, in_first: Captures whose print comes first, and among the first six.
        accepted, wrongly_accepted: Captures answered as in the collection, with the right print and with another.
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
            f"{self.share:7.1%} of the sheet  first {self.first / of:6.1%}  first {FIRST} {self.in_first / of:6.1%}  "
            f"accepted {self.accepted / of:6.1%}  wrongly accepted {self.wrongly_accepted / of:6.1%}  of {self.captures}"
        )


def measure(
    bundle: OpenedBundle, number: int, *, seed: int = 2026, threads: int = 0
) -> Iterator[RegionTally]:
    """Search for boxes of each size in captured sheets; yield the tally of each size.

    Args:
        bundle: The bundle to search; its own pictures are captured.
        number: Number of captures. Captures whose sheet isn't found are left out.
        seed: Seeds all randomness.
        threads: Threads for the model; 0 for two.
    """
    recogniser = Recogniser(bundle, threads=threads or 2)
    sheets = list(_sheets(recogniser, prints_of(bundle), number, seed))
    for share in SHARES:
        yield _tally(recogniser, sheets, share, seed)


def box_of(pixels: Pixels, share: float, rng: np.random.Generator) -> tuple[Corner, ...]:
    """Return the corners of a box that covers a share of a picture.

    Of a few random places the one with the most contrast is taken.
    """
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
    """Yield captured sheets as the kiosk's page gets them: rectified, and decoded from JPEG."""
    for one, its_seed in choose_prints(prints, number, seed):
        name = one.record.record_id
        held = capture(one.load(), name, level=Level.NORMAL, seed=its_seed)
        found = recogniser.recognise(frames.frame(held.pixels, source="parts"), count=1)
        if found.sheet is None:
            continue
        flat = rectify(held.pixels, found.sheet, side=SIDE)
        yield one, decoding.decode(encoding.to_jpeg(flat, side=SIDE, quality=85), name=name)


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
    """Print the table of tallies; return the exit code."""
    parser = argparse.ArgumentParser(
        description="Measure how well a part of a print finds the whole."
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
