"""Prints lying on a table, as a camera right above would see them: paper with a margin, all around it wood."""

from pathlib import Path

from PIL import Image

_WOOD, _PAPER = (150, 90, 60), (240, 236, 225)
_LARGEST, _MARGIN = 5 / 8, 20  # of the width; pixels


def lay(picture: Path, size: tuple[int, int] = (1280, 960)) -> Image.Image:
    """Give a camera's view of a print."""
    with Image.open(picture) as opened:
        plate = opened.convert("RGB")
    plate.thumbnail((round(_LARGEST * size[0]),) * 2)
    paper = Image.new("RGB", (plate.width + 2 * _MARGIN, plate.height + 2 * _MARGIN), _PAPER)
    paper.paste(plate, (_MARGIN, _MARGIN))
    view = Image.new("RGB", size, _WOOD)
    view.paste(paper, ((size[0] - paper.width) // 2, (size[1] - paper.height) // 2))
    return view
