"""The movements of each kind of visit."""

import itertools

import pytest

from device.cameras.table.visits import VisitKind, make_visit
from device.service.capture.watcher import LEFT_S, PATIENCE_S

SEEDS = (0, 1, 2, 17, 400)
kinds = pytest.mark.parametrize("kind", list(VisitKind))


def times(visit, step_s=0.05):
    return [step_s * n for n in range(int(visit.duration_s / step_s))]


@kinds
def test_a_seed_gives_the_same_visit_and_another_seed_another_place(kind):
    assert make_visit(kind, 4) == make_visit(kind, 4)
    assert make_visit(kind, 4).sheet != make_visit(kind, 5).sheet


@kinds
@pytest.mark.parametrize("seed", SEEDS)
def test_a_sheet_lies_still_for_longer_than_the_ordinary_search_needs(kind, seed):
    visit = make_visit(kind, seed)
    stretches, held_s = [0.0], 0.0
    poses = [visit.sheet.at(time_s) for time_s in times(visit)]

    for before, after in itertools.pairwise(poses):
        held_s = held_s + 0.05 if before == after else 0.0
        stretches.append(held_s if abs(after.x) < 300 else 0.0)

    assert max(stretches) > 5 * PATIENCE_S


@kinds
@pytest.mark.parametrize("seed", SEEDS)
def test_the_table_is_empty_before_and_after_for_longer_than_a_print_takes_to_be_gone(kind, seed):
    visit = make_visit(kind, seed)
    moving = [t for t in times(visit) if visit.sheet.at(t) != visit.sheet.at(0.0)]
    first, last = visit.sheet.at(0.0), visit.sheet.at(visit.duration_s)

    assert all(abs(pose.x) > 850 or abs(pose.y) > 850 for pose in (first, last))
    assert moving[0] + (visit.duration_s - visit.sheet.points[-1][0]) > 2 * LEFT_S


def test_all_kinds_are_seen_within_two_minutes_and_the_first_print_lies_within_three_seconds():
    visits = [make_visit(kind, n) for n, kind in enumerate(VisitKind)]

    assert len(visits) == 6
    assert sum(visit.duration_s for visit in visits) < 100
    assert visits[0].sheet.at(3.0) == visits[0].sheet.at(8.0)


def test_one_print_is_turned_and_one_is_in_reverse():
    visits = {kind: make_visit(kind, 0) for kind in VisitKind}

    assert [k for k, v in visits.items() if v.is_mirrored] == [VisitKind.REVERSED]
    assert [k for k, v in visits.items() if v.quarters] == [VisitKind.TURNED]
    assert [k for k, v in visits.items() if len(v.hands) == 2] == [VisitKind.HELD]


def test_a_print_that_is_held_keeps_the_hands_until_it_has_gone():
    visit = make_visit(VisitKind.HELD, 0)

    assert all(hand.away.at(t) == 0.0 for hand in visit.hands for t in times(visit))
