"""The same seed makes the same queries."""

import numpy as np

from device.bundle.reader import OpenedBundle
from evaluation import queries
from evaluation.dataset import prints_of
from evaluation.simulate.conditions import Level, Suite


def test_the_same_seed_makes_the_same_queries(open_small: OpenedBundle) -> None:
    prints = prints_of(open_small)
    first = [
        queries.level(prints, Level.HARD, number=3, seed=seed, suite=Suite.OPEN)
        for seed in (1, 1, 2)
    ]
    frames = [section.queries[0].make_picture().pixels for section in first]

    assert np.array_equal(frames[0], frames[1])
    assert frames[0].shape != frames[2].shape or not np.array_equal(frames[0], frames[2])
