"""Photographs of prints, told from scans that the print fills."""

import numpy as np
import pytest
from stand_clip import StandClip

from device.cameras.table.stage import TableStage
from device.cameras.table.visits import VisitKind, make_visit
from device.imaging.frames import Pixels
from device.service.capture.photographs import is_photograph

CREAM = (236, 230, 218)


def page(margin: int, ink: int = 70) -> Pixels:
    """Return a scan of a page: a dark picture within a margin of paper."""
    rng = np.random.default_rng(3)
    pixels = np.full((640, 480, 3), CREAM, np.uint8)
    inner = pixels[margin : 640 - margin, margin : 480 - margin]
    inner[:] = np.clip(rng.normal(ink, 20, (*inner.shape[:2], 1)), 0, 255)
    return pixels


@pytest.mark.parametrize("margin", [0, 20, 60, 120])
def test_a_scan_is_no_photograph_however_wide_its_margin(margin):
    assert not is_photograph(page(margin))


def test_an_even_picture_is_no_photograph():
    assert not is_photograph(np.full((300, 300, 3), 128, np.uint8))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [VisitKind.LAID, VisitKind.TURNED, VisitKind.HELD])
def test_a_print_on_a_table_is_a_photograph(kind):
    scene = TableStage(640, 480).scene(page(0), make_visit(kind, 2))

    assert is_photograph(scene.at(7.0))


@pytest.mark.slow
def test_a_print_at_the_stand_is_a_photograph():
    clip = StandClip(seed=4, width=1280, height=960).hold(page(0), seconds=0.1)

    assert is_photograph(clip.frames[0].pixels)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (30, 20)])
def test_a_tiny_picture_is_no_photograph(size):
    assert not is_photograph(np.zeros((*size, 3), np.uint8))
