"""Clips of the stand, made of real prints and a seed: a table, a sheet that comes and goes, a hand, a lamp."""

import itertools

import cv2
import numpy as np

from device.imaging.frames import Frame, Pixels

FPS = 10
WIDTH, HEIGHT = 640, 480

# Where the middle of the sheet is, in pixels, and by how many degrees it is turned.
Place = tuple[float, float, float]

MIDDLE: Place = (320.0, 240.0, 4.0)
_OPEN = (0.5, 0.66, 0.83, 1.0)
OUTSIDE: Place = (1000.0, 300.0, 20.0)


class Clip:
    """Frames of one stand, one after the other, by a clock of their own."""

    def __init__(self, seed: int = 0, *, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._rng = np.random.default_rng(seed)
        self._size = (width, height)
        self._table = self._make_table()
        self.frames: list[Frame] = []
        self._papers: dict[int, Pixels] = {}
        self._grains = self._rng.normal(0, 2.0, (height, width, 3)).round().astype(np.int16)

    @property
    def now_s(self) -> float:
        """The clock, as the next frame will bear it."""
        return 100.0 + len(self.frames) / FPS

    def empty(self, seconds: float, *, flicker: float = 0.0) -> "Clip":
        """Nobody there, under a lamp that may flicker by such a share."""
        for _ in range(round(seconds * FPS)):
            light = 1.0 + flicker * float(self._rng.uniform(-1, 1))
            self._add(self._table, light)
        return self

    def enter(self, print_: Pixels, to: Place = MIDDLE, seconds: float = 0.5) -> "Clip":
        """A print is brought in from the side."""
        return self._move(print_, OUTSIDE, to, seconds)

    def leave(self, print_: Pixels, at: Place = MIDDLE, seconds: float = 0.5) -> "Clip":
        """It is taken away again."""
        return self._move(print_, at, OUTSIDE, seconds)

    def shake(self, print_: Pixels, at: Place = MIDDLE, seconds: float = 1.0) -> "Clip":
        """It is held, but not still."""
        before = at
        for number in range(round(seconds * FPS)):
            side = 1 if number % 2 else -1
            x, y = self._rng.uniform(14, 30, 2) * side
            after = (at[0] + x, at[1] + y, at[2] + side * 3.0)
            self._add(self._blurred(print_, before, after))
            before = after
        return self

    def hold(
        self, print_: Pixels, at: Place = MIDDLE, seconds: float = 1.2, tremor: float = 0.6
    ) -> "Clip":
        """It is held as still as a hand can."""
        for _ in range(round(seconds * FPS)):
            x, y = self._rng.normal(0, tremor, 2)
            self._add(self._laid(print_, (at[0] + x, at[1] + y, at[2])))
        return self

    def hand(self, seconds: float) -> "Clip":
        """A hand alone: it comes, stays a while with its fingers spread, and goes."""
        count = round(seconds * FPS)
        for number in range(count):
            come = min(1.0, 3 * number / count, 3 * (count - number) / count)
            self._add(self._with_hand(come))
        return self

    def _move(self, print_: Pixels, start: Place, end: Place, seconds: float) -> "Clip":
        count = round(seconds * FPS)
        places = [
            tuple(a + (b - a) * n / count for a, b in zip(start, end, strict=True))
            for n in range(count + 1)
        ]
        for before, after in itertools.pairwise(places):
            self._add(self._blurred(print_, before, after))  # type: ignore[arg-type]  # three each
        return self

    def _blurred(self, print_: Pixels, start: Place, end: Place) -> Pixels:
        # The shutter is open half the time.
        steps = [[a + (b - a) * share for a, b in zip(start, end, strict=True)] for share in _OPEN]
        seen = [self._laid(print_, (x, y, degrees)) // len(_OPEN) for x, y, degrees in steps]
        return np.asarray(sum(seen[1:], seen[0]), dtype=np.uint8)

    def _laid(self, print_: Pixels, place: Place) -> Pixels:
        """Give the table with the print on it, in a margin of paper, seen a little askew."""
        width, height = self._size
        sheet = self._papers.get(id(print_))
        if sheet is None:
            sheet = self._papers[id(print_)] = _on_paper(print_)
        rows, columns = sheet.shape[:2]
        scale = 0.72 * height / max(rows, columns)
        x, y, degrees = place
        turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, scale)
        turn[:, 2] += (
            x * width / WIDTH - columns / 2,
            y * height / HEIGHT - rows / 2,
        )
        corners = np.float32([(0, 0), (columns, 0), (columns, rows), (0, rows)])
        seen = corners @ turn[:, :2].T.astype(np.float32) + turn[:, 2].astype(np.float32)
        seen[0] += (0.02 * height, 0.015 * height)  # not from straight above
        matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
        flat = cv2.warpPerspective(sheet, matrix, self._size, flags=cv2.INTER_LINEAR)
        mask = cv2.warpPerspective(np.full((rows, columns), 255, np.uint8), matrix, self._size)
        shadow = cv2.GaussianBlur(
            cv2.resize(np.roll(mask, (4, 5), axis=(0, 1)), None, fx=0.25, fy=0.25), (0, 0), 1.3
        )
        dark = cv2.cvtColor(cv2.resize(255 - shadow // 3, self._size), cv2.COLOR_GRAY2RGB)
        table = cv2.multiply(self._table, dark, scale=1 / 255)
        cv2.copyTo(flat, mask, table)
        return table

    def _with_hand(self, come: float) -> Pixels:
        width, height = self._size
        picture = self._table.copy()
        skin = (204, 156, 132)
        middle = (int(width * (1.15 - 0.6 * come)), int(height * 0.6))
        cv2.ellipse(picture, middle, (width // 8, height // 7), 10, 0, 360, skin, -1)
        for number, degrees in enumerate((150, 172, 192, 212, 250)):
            length = height * (0.26 if number < 4 else 0.2)
            tip = (
                int(middle[0] + (length + width / 10) * np.cos(np.radians(degrees))),
                int(middle[1] + (length + width / 10) * np.sin(np.radians(degrees))),
            )
            cv2.line(picture, middle, tip, skin, height // 18)
        cv2.line(picture, middle, (width, int(height * 0.8)), skin, height // 5)
        return cv2.GaussianBlur(picture, (0, 0), 1.2)

    def _make_table(self) -> Pixels:
        width, height = self._size
        coarse = self._rng.normal(0, 1, (height // 8, width // 40)).astype(np.float32)
        grain = cv2.resize(coarse, self._size, interpolation=cv2.INTER_CUBIC)
        light = np.linspace(1.08, 0.9, width)[None, :, None]
        wood = np.array([98, 78, 62], np.float32) + 5 * grain[..., None]
        return np.asarray(np.clip(wood * light, 0, 255), dtype=np.uint8)

    def _add(self, pixels: Pixels, light: float = 1.0) -> None:
        grains = np.roll(self._grains, int(self._rng.integers(0, self._grains.size)))
        lit = pixels if light == 1.0 else cv2.convertScaleAbs(pixels, alpha=light)
        seen = cv2.add(lit, grains, dtype=cv2.CV_8U)
        number = len(self.frames) + 1
        self.frames.append(
            Frame(pixels=seen, captured_at_s=self.now_s, number=number, source="clip")
        )


def _on_paper(print_: Pixels) -> Pixels:
    """Give the print with a margin of paper around it, no larger than the camera can see."""
    scale = 500 / max(print_.shape[:2])
    small = cv2.resize(print_, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    margin = 26
    return cv2.copyMakeBorder(
        small, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(236, 230, 218)
    )
