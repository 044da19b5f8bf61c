"""Drawn clips of the stand, from real prints and a seed: table, moving sheet, hand, lamp."""

import itertools

import cv2
import numpy as np

from device.imaging.frames import Frame, Pixels

FPS = 10
WIDTH, HEIGHT = 640, 480

# The centre of the sheet, x and y in pixels, and its rotation in degrees.
Place = tuple[float, float, float]

MIDDLE: Place = (320.0, 240.0, 4.0)
# The shutter is open for the second half of a frame's time; shares of it at which the sheet is drawn.
_SHUTTER_OPEN = (0.5, 0.66, 0.83, 1.0)
OUTSIDE: Place = (1000.0, 300.0, 20.0)


class StandClip:
    """Frames of one stand in order, with their own clock; each method appends some."""

    def __init__(self, seed: int = 0, *, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._rng = np.random.default_rng(seed)
        self._size = (width, height)
        self._table = self._make_table()
        self.frames: list[Frame] = []
        self._sheets: dict[int, Pixels] = {}
        self._noise = self._rng.normal(0, 2.0, (height, width, 3)).round().astype(np.int16)

    @property
    def now_s(self) -> float:
        """The capture time of the next frame."""
        return 100.0 + len(self.frames) / FPS

    def empty(self, seconds: float, *, flicker: float = 0.0) -> "StandClip":
        """Append an empty stand, under a lamp that may flicker by a share of its light."""
        for _ in range(round(seconds * FPS)):
            light = 1.0 + flicker * float(self._rng.uniform(-1, 1))
            self._add(self._table, light)
        return self

    def enter(self, print_: Pixels, to: Place = MIDDLE, seconds: float = 0.5) -> "StandClip":
        """Append a print that is brought in from the side."""
        return self._move(print_, OUTSIDE, to, seconds)

    def leave(self, print_: Pixels, at: Place = MIDDLE, seconds: float = 0.5) -> "StandClip":
        """Append a print that is taken away."""
        return self._move(print_, at, OUTSIDE, seconds)

    def shake(self, print_: Pixels, at: Place = MIDDLE, seconds: float = 1.0) -> "StandClip":
        """Append a print that is held, but not still."""
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
    ) -> "StandClip":
        """Append a print that is held as still as a hand can; `tremor` is in pixels."""
        for _ in range(round(seconds * FPS)):
            x, y = self._rng.normal(0, tremor, 2)
            self._add(self._with_print(print_, (at[0] + x, at[1] + y, at[2])))
        return self

    def hand(self, seconds: float) -> "StandClip":
        """Append a hand alone, with spread fingers: it comes in, stays, and leaves."""
        count = round(seconds * FPS)
        for number in range(count):
            reach = min(1.0, 3 * number / count, 3 * (count - number) / count)
            self._add(self._with_hand(reach))
        return self

    def _move(self, print_: Pixels, start: Place, end: Place, seconds: float) -> "StandClip":
        count = round(seconds * FPS)
        places = [
            tuple(a + (b - a) * n / count for a, b in zip(start, end, strict=True))
            for n in range(count + 1)
        ]
        for before, after in itertools.pairwise(places):
            self._add(self._blurred(print_, before, after))  # type: ignore[arg-type]  # three each
        return self

    def _blurred(self, print_: Pixels, start: Place, end: Place) -> Pixels:
        steps = [
            [a + (b - a) * share for a, b in zip(start, end, strict=True)]
            for share in _SHUTTER_OPEN
        ]
        exposures = [
            self._with_print(print_, (x, y, degrees)) // len(_SHUTTER_OPEN)
            for x, y, degrees in steps
        ]
        return np.asarray(sum(exposures[1:], exposures[0]), dtype=np.uint8)

    def _with_print(self, print_: Pixels, place: Place) -> Pixels:
        """Return the table with the print and its paper margin, in slight perspective."""
        width, height = self._size
        sheet = self._sheets.get(id(print_))
        if sheet is None:
            sheet = self._sheets[id(print_)] = _on_paper(print_)
        rows, columns = sheet.shape[:2]
        scale = 0.72 * height / max(rows, columns)
        x, y, degrees = place
        rotation = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, scale)
        rotation[:, 2] += (
            x * width / WIDTH - columns / 2,
            y * height / HEIGHT - rows / 2,
        )
        corners = np.float32([(0, 0), (columns, 0), (columns, rows), (0, rows)])
        placed = corners @ rotation[:, :2].T.astype(np.float32) + rotation[:, 2].astype(np.float32)
        placed[0] += (0.02 * height, 0.015 * height)  # not from straight above
        matrix = cv2.getPerspectiveTransform(corners, placed.astype(np.float32))
        flat = cv2.warpPerspective(sheet, matrix, self._size, flags=cv2.INTER_LINEAR)
        mask = cv2.warpPerspective(np.full((rows, columns), 255, np.uint8), matrix, self._size)
        shadow = cv2.GaussianBlur(
            cv2.resize(np.roll(mask, (4, 5), axis=(0, 1)), None, fx=0.25, fy=0.25), (0, 0), 1.3
        )
        dark = cv2.cvtColor(cv2.resize(255 - shadow // 3, self._size), cv2.COLOR_GRAY2RGB)
        table = cv2.multiply(self._table, dark, scale=1 / 255)
        cv2.copyTo(flat, mask, table)
        return table

    def _with_hand(self, reach: float) -> Pixels:
        """Return the table with a hand on it, 0 outside the picture to 1 fully inside."""
        width, height = self._size
        picture = self._table.copy()
        skin = (204, 156, 132)
        middle = (int(width * (1.15 - 0.6 * reach)), int(height * 0.6))
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
        noise = np.roll(self._noise, int(self._rng.integers(0, self._noise.size)))
        lit = pixels if light == 1.0 else cv2.convertScaleAbs(pixels, alpha=light)
        noisy = cv2.add(lit, noise, dtype=cv2.CV_8U)
        number = len(self.frames) + 1
        self.frames.append(
            Frame(pixels=noisy, captured_at_s=self.now_s, number=number, source="clip")
        )


def _on_paper(print_: Pixels) -> Pixels:
    """Return the print with a margin of paper, at most as large as the camera resolves."""
    scale = 500 / max(print_.shape[:2])
    small = cv2.resize(print_, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    margin = 26
    return cv2.copyMakeBorder(
        small, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(236, 230, 218)
    )
