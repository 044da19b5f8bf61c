"""The empty table."""

import numpy as np

from device.cameras.table.surface import draw_table
from device.recognition.sheet.detect import find_sheets
from device.service.capture.watcher import SHOWN_CONFIDENCE


def test_the_same_seed_gives_the_same_table_of_any_size():
    assert np.array_equal(draw_table(64, 48), draw_table(64, 48))
    assert not np.array_equal(draw_table(64, 48), draw_table(64, 48, seed=2))
    assert draw_table(90, 120).shape == (120, 90, 3)


def test_no_sheet_is_seen_on_an_empty_table():
    sheets = find_sheets(draw_table(640, 480)).sheets

    assert all(sheet.confidence < SHOWN_CONFIDENCE for sheet in sheets)


def test_the_table_is_darker_than_paper():
    assert draw_table(160, 120).max() < 190
