"""One hint at a time, and calmly."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from device.recognition.sheet.detect import Hint
from device.service.capture.hint_throttle import SHOWN_S, STABLE_S, HintThrottle


def said(heard: list[Hint | None], every_s: float = 0.1) -> list[Hint | None]:
    """Give what is said to what is heard, frame by frame."""
    advice = HintThrottle()
    return [advice.update(hint, number * every_s) for number, hint in enumerate(heard)]


def test_a_hint_is_said_once_it_has_held() -> None:
    assert said([Hint.GLARE] * 10) == [None] * 6 + [Hint.GLARE] * 4


def test_what_flickers_is_never_said() -> None:
    assert set(said([Hint.GLARE, None] * 30)) == {None}
    assert set(said([Hint.GLARE, Hint.TOO_FAR] * 30)) == {None}


def test_what_is_said_stays_long_enough_to_be_read() -> None:
    spoken = said([Hint.GLARE] * 7 + [Hint.TOO_FAR] * 40)

    assert spoken.count(Hint.GLARE) >= SHOWN_S / 0.1
    assert spoken[-1] is Hint.TOO_FAR


@given(st.lists(st.sampled_from([None, Hint.GLARE, Hint.TOO_FAR, Hint.MOVING]), max_size=80))
def test_whatever_is_heard(heard: list[Hint | None]) -> None:
    spoken = said(heard)
    changes = [n for n in range(1, len(spoken)) if spoken[n] is not spoken[n - 1]]
    for change, after in itertools.pairwise(changes):
        if spoken[change] is not None:
            assert (after - change) * 0.1 >= SHOWN_S - 1e-9
    for change in changes:
        assert set(heard[change - round(STABLE_S / 0.1) : change + 1]) == {spoken[change]}
