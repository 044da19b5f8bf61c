"""Items that pairs connect are one group."""

from hypothesis import given
from hypothesis import strategies as st

from converter.build.duplicates.record_groups import RecordGroups


def test_items_are_grouped_through_others() -> None:
    groups = RecordGroups([(1, 2), (3, 4), (2, 3), (8, 9)])

    assert {groups.of(item) for item in (1, 2, 3, 4)} == {groups.of(1)}
    assert groups.of(8) == groups.of(9) != groups.of(1)
    assert groups.of(5) == 5


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12))))
def test_groups_are_the_connected_parts(pairs: list[tuple[int, int]]) -> None:
    groups = RecordGroups(pairs)

    for item in range(13):
        reached = {item}
        for _ in range(13):
            reached |= {b for pair in pairs for a, b in (pair, pair[::-1]) if a in reached}
        assert {other for other in range(13) if groups.of(other) == groups.of(item)} == reached
