"""One hint is shown at a time, and it changes slowly."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from device.recognition.sheet.detect import Hint
from device.service.capture.hint_throttle import SHOWN_S, STABLE_S, HintThrottle


def shown(found: list[Hint | None], every_s: float = 0.1) -> list[Hint | None]:
    """Return the hints shown for the hints found, frame by frame."""
    throttle = HintThrottle()
    return [throttle.update(hint, number * every_s) for number, hint in enumerate(found)]


def test_a_hint_is_shown_once_it_is_stable() -> None:
    assert shown([Hint.GLARE] * 10) == [None] * 6 + [Hint.GLARE] * 4


def test_a_flickering_hint_is_never_shown() -> None:
    assert set(shown([Hint.GLARE, None] * 30)) == {None}
    assert set(shown([Hint.GLARE, Hint.TOO_FAR] * 30)) == {None}


def test_a_hint_stays_long_enough_to_be_read() -> None:
    visible = shown([Hint.GLARE] * 7 + [Hint.TOO_FAR] * 40)

    assert visible.count(Hint.GLARE) >= SHOWN_S / 0.1
    assert visible[-1] is Hint.TOO_FAR


@given(st.lists(st.sampled_from([None, Hint.GLARE, Hint.TOO_FAR, Hint.MOVING]), max_size=80))
def test_any_hints_are_throttled(found: list[Hint | None]) -> None:
    visible = shown(found)
    changes = [n for n in range(1, len(visible)) if visible[n] is not visible[n - 1]]
    for change, after in itertools.pairwise(changes):
        if visible[change] is not None:
            assert (after - change) * 0.1 >= SHOWN_S - 1e-9
    for change in changes:
        assert set(found[change - round(STABLE_S / 0.1) : change + 1]) == {visible[change]}
