"""A card with four coloured quarters, which every tested camera shows."""

from pathlib import Path

import cv2
import numpy as np

from device.imaging.frames import Pixels

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 40), (30, 40, 210), (240, 240, 240)


def make_card(width: int = 160, height: int = 120) -> Pixels:
    """Return a card with quarters in red, green / blue, white, which shows every rotation."""
    card = np.empty((height, width, 3), np.uint8)
    top, left = slice(0, height // 2), slice(0, width // 2)
    bottom, right = slice(height // 2, None), slice(width // 2, None)
    card[top, left], card[top, right] = RED, GREEN
    card[bottom, left], card[bottom, right] = BLUE, WHITE
    return card


def quarter_names(pixels: Pixels) -> list[str]:
    """Return the names of the colours of a card's quarters, row by row."""
    colours = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    height, width = pixels.shape[:2]

    def name(y: int, x: int) -> str:
        measured = pixels[y - 2 : y + 3, x - 2 : x + 3].mean(axis=(0, 1))
        found = [n for n, colour in colours.items() if np.abs(measured - colour).max() < 40]
        return found[0] if found else str(measured)

    rows, columns = (height // 4, 3 * height // 4), (width // 4, 3 * width // 4)
    return [name(y, x) for y in rows for x in columns]


def write_video(file: Path, frames: int = 4) -> None:
    """Write the card as a Motion-JPEG video, which OpenCV reads without codec or index."""
    writer = cv2.VideoWriter(
        str(file), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), 10, (160, 120)
    )
    for _ in range(frames):
        writer.write(make_card()[..., ::-1])
    writer.release()
