"""Visits as frames."""

import numpy as np
import pytest

from device.cameras.table.stage import TableStage
from device.cameras.table.visits import VisitKind, make_visit
from device.recognition.sheet.detect import find_sheets

LYING_S = 7.0
kinds = pytest.mark.parametrize("kind", list(VisitKind))


@pytest.fixture(scope="module")
def stage():
    return TableStage(640, 480)


@pytest.fixture(scope="module")
def picture():
    """A picture whose quarters differ, like a card."""
    pixels = np.full((320, 240, 3), 90, np.uint8)
    pixels[:160, :120], pixels[160:, 120:] = (170, 60, 50), (50, 70, 150)
    return pixels


@kinds
def test_a_visit_begins_and_ends_with_the_empty_table(stage, picture, kind):
    visit = make_visit(kind, 3)
    scene = stage.scene(picture, visit)

    assert np.array_equal(scene.at(0.0), stage.table)
    assert np.array_equal(scene.at(visit.duration_s - 0.01), stage.table)
    assert scene.at(visit.duration_s) is None


@kinds
def test_the_ordinary_detector_finds_the_sheet_where_it_lies(stage, picture, kind):
    scene = stage.scene(picture, make_visit(kind, 3))

    best = find_sheets(scene.at(LYING_S)).sheets[0]

    found = np.array([(corner.x, corner.y) for corner in best.corners])
    gaps = np.linalg.norm(found[:, None] - scene.corners(LYING_S)[None], axis=-1).min(axis=1)
    assert gaps.max() < 8


def test_a_sheet_that_lies_still_is_rendered_once(stage, picture):
    scene = stage.scene(picture, make_visit(VisitKind.LAID, 0))

    assert scene.at(6.0) is scene.at(7.5)
    assert scene.at(1.2) is not scene.at(1.3)


@pytest.mark.slow
def test_the_same_visit_gives_the_same_bytes(picture):
    frames = [
        TableStage(320, 240).scene(picture, make_visit(VisitKind.HELD, 9)).at(2.6) for _ in range(2)
    ]

    assert np.array_equal(*frames)


def middles(scene, time_s):
    """Return the colours at the middle of the picture's quarters, clockwise from the top left."""
    corners, frame = scene.corners(time_s), scene.at(time_s)
    middle = corners.mean(axis=0)
    points = middle + 0.45 * (corners - middle)
    return [frame[round(y), round(x)].astype(int).tolist() for x, y in points]


def test_a_print_in_reverse_is_mirrored_and_a_turned_one_is_not(stage, picture):
    red, blue = 0, 2

    def places(kind):
        colours = middles(stage.scene(picture, make_visit(kind, 1)), LYING_S)
        reddest = max(range(4), key=lambda n: colours[n][0] - colours[n][2])
        bluest = max(range(4), key=lambda n: colours[n][2] - colours[n][0])
        return reddest, bluest

    assert places(VisitKind.LAID) == (red, blue)
    assert places(VisitKind.REVERSED) == (1, 3)
    assert places(VisitKind.TURNED) == (1, 3)  # a quarter turn clockwise of the whole sheet


def test_hands_are_there_while_a_sheet_is_brought_and_gone_while_it_lies(stage, picture):
    scene = stage.scene(picture, make_visit(VisitKind.LAID, 0))

    def covered(time_s):
        """Return the share of the table's right rim that isn't table."""
        differs = np.abs(scene.at(time_s).astype(int) - stage.table) > 12
        return differs[:, -40:].any(axis=-1).mean()

    assert covered(2.3) > 0.05
    assert covered(6.0) == 0.0
    assert covered(11.0) > 0.05


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1280, 720), (480, 640), (100, 100)])
def test_frames_have_any_size(picture, size):
    stage = TableStage(*size)
    scene = stage.scene(picture, make_visit(VisitKind.LAID, 0))

    assert scene.at(5.0).shape == (size[1], size[0], 3)
    assert (scene.corners(5.0) > 0).all() and (scene.corners(5.0) < size).all()


@pytest.mark.slow
def test_less_than_half_of_the_frames_are_rendered(picture):
    """The demo must leave the processor to the answers: a still table costs nothing."""
    stage, shown, rendered = TableStage(80, 60), 0, 0
    for number, kind in enumerate(VisitKind):
        visit = make_visit(kind, number)
        scene, before = stage.scene(picture, visit), None
        for step in range(int(visit.duration_s * 10)):
            frame = scene.at(step / 10)
            shown, rendered, before = shown + 1, rendered + (frame is not before), frame

    assert shown > 800
    assert rendered < 0.5 * shown
