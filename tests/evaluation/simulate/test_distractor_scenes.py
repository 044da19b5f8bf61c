"""Frames without a print are reproducible."""

import numpy as np
import pytest

from evaluation.simulate.conditions import (
    Level,
)
from evaluation.simulate.distractor_scenes import DistractorKind, scene_without_print
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", DistractorKind)
def test_a_frame_without_a_print_depends_on_its_seed_alone(kind: DistractorKind) -> None:
    frame = scene_without_print("1", kind, level=Level.NORMAL)

    assert frame.shape == (FRAME_HEIGHT, FRAME_WIDTH, 3)
    assert np.array_equal(frame, scene_without_print("1", kind, level=Level.NORMAL))
