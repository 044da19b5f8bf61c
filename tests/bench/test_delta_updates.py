"""Delta updates: generated bundles change as described, and only part is fetched."""

import random
from pathlib import Path

import pytest

from bench import delta_updates
from bench.delta_updates import GeneratedPrint

ROOT = Path(__file__).parents[2]


def test_of_ten_changed_prints_eight_are_altered_one_new_and_one_gone() -> None:
    before = [GeneratedPrint(number) for number in range(1000)]

    after = delta_updates.changed(before, 0.01, seed=1)

    assert len(after) == 1000
    assert len({each.number for each in after} - {each.number for each in before}) == 1
    assert len({each.number for each in before} - {each.number for each in after}) == 1
    assert sum(each.edition for each in after) == 8


@pytest.mark.slow
def test_a_small_change_is_fetched_in_chunks(tmp_path: Path) -> None:
    table = delta_updates.measure(
        ROOT / "demo/bundle", ROOT / "demo/collection", prints=400, share=0.01, work=tmp_path
    )

    shares = [
        float(word.strip("(),:%")) for word in table[0].split() if word.strip("(),:").endswith("%")
    ]
    fetched, whole = shares
    assert fetched < 25 < whole
    assert sum("pictures" in line for line in table) == 1


def test_editions_of_a_print_differ_and_are_reproducible() -> None:
    numbers = [GeneratedPrint(random.Random(1).randrange(100), edition) for edition in (0, 1, 0)]
    drawn = [each.rng(1).bytes(8) for each in numbers]

    assert drawn[0] == drawn[2] != drawn[1]
