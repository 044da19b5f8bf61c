"""Pictures of prints on a table, seen by a camera from straight above: wood, paper, print."""

from pathlib import Path

from PIL import Image

_WOOD, _PAPER = (150, 90, 60), (240, 236, 225)
_LARGEST_SHARE, _MARGIN_PX = 5 / 8, 20  # the share is of the view's width


def photograph_on_table(picture: Path, size: tuple[int, int] = (1280, 960)) -> Image.Image:
    """Return a camera's view of a print, `size` pixels wide and high."""
    with Image.open(picture) as opened:
        plate = opened.convert("RGB")
    plate.thumbnail((round(_LARGEST_SHARE * size[0]),) * 2)
    paper = Image.new("RGB", (plate.width + 2 * _MARGIN_PX, plate.height + 2 * _MARGIN_PX), _PAPER)
    paper.paste(plate, (_MARGIN_PX, _MARGIN_PX))
    view = Image.new("RGB", size, _WOOD)
    view.paste(paper, ((size[0] - paper.width) // 2, (size[1] - paper.height) // 2))
    return view
