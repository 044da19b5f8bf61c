"""A picture on a sheet of paper."""

import numpy as np
import pytest

from device.cameras.table.paper import EDGE, SIDE, on_paper, shadow_of


@pytest.mark.parametrize(
    "size", [(40, 30), (1600, 1200), (300, 900), (9, 9), (1, 400)], ids=lambda size: f"{size}"
)
def test_a_sheet_has_the_pictures_shape_with_a_margin_of_paper(size):
    sheet = on_paper(np.zeros((*size, 3), np.uint8))

    assert sheet.dtype == np.uint8 and sheet.shape[2] == 4
    assert SIDE < max(sheet.shape[:2]) < 1.2 * SIDE
    assert (sheet.shape[0] > sheet.shape[1]) == (size[0] > size[1])


def test_the_margin_of_a_dark_print_is_light_paper_and_the_edge_is_transparent():
    sheet = on_paper(np.full((64, 48, 3), 30, np.uint8))

    assert sheet[EDGE + 8, EDGE + 8, :3].min() > 190
    assert sheet[sheet.shape[0] // 2, sheet.shape[1] // 2, :3].max() < 40
    assert not sheet[0].any() and not sheet[:, -1].any()


def test_white_becomes_paper_and_tinted_paper_goes_on_in_the_margin():
    white = on_paper(np.full((64, 48, 3), 255, np.uint8))
    tan = on_paper(np.full((64, 48, 3), (205, 190, 150), np.uint8))

    assert int(white[400, 300, 0]) - int(white[400, 300, 2]) > 8
    assert np.abs(tan[EDGE + 8, 300, :3].astype(int) - tan[400, 300, :3]).max() < 12


def test_a_shadow_is_dark_in_the_middle_and_gone_at_its_rim():
    shadow = shadow_of(400, 300, 20)

    assert not shadow[..., :3].any()
    assert shadow[shadow.shape[0] // 2, shadow.shape[1] // 2, 3] > 100
    assert shadow[0].max() < 8 and shadow[:, -1].max() < 8
