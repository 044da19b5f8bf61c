"""The screen's state machine: each event in each phase, and its invariants."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recognition.recogniser import Answer
from device.recognition.verdict import Verdict
from device.service.state import (
    Answered,
    Asked,
    BundleOpened,
    BundleRefused,
    CameraFailed,
    CameraReady,
    Dismissed,
    Event,
    Failed,
    KioskState,
    Phase,
    starting,
    step,
)


def answer(verdict: Verdict = Verdict.SAME_PRINT) -> Answer:
    """Return an answer with a verdict."""
    return Answer(
        bundle_id="b",
        verdict=verdict,
        matches=(),
        sheet=None,
        turn_deg=0,
        mirrored=False,
        hint=None,
        timings_ms={},
    )


OPENED = BundleOpened(bundle_id="b")
REFUSED = BundleRefused(note="cut short")
READY = CameraReady()
LOST = CameraFailed(note="unplugged")
ASKED = Asked()
FAILED = Failed(note="no answer")
DISMISSED = Dismissed()
FOUND = Answered(answer=answer())
UNSURE = Answered(answer=answer(Verdict.SIMILAR_ONLY))
NOT_FOUND = Answered(answer=answer(Verdict.NOT_IN_COLLECTION))
SHOWS_ANSWER = {Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND}


def after(*events: Event) -> KioskState:
    """Return the state after some events, one a second."""
    state = starting(0.0)
    for second, event in enumerate(events, 1):
        state = step(state, event, float(second))
    return state


LOOKING = (OPENED, READY)
WAITING = (*LOOKING, ASKED)
SHOWING = (*WAITING, FOUND)

TABLE: list[tuple[tuple[Event, ...], Phase]] = [
    ((), Phase.STARTING),
    ((OPENED,), Phase.STARTING),
    ((READY,), Phase.STARTING),
    ((LOST,), Phase.STARTING),
    ((READY, OPENED), Phase.LOOKING),
    ((LOST, OPENED), Phase.CAMERA_LOST),
    (LOOKING, Phase.LOOKING),
    ((OPENED, LOST), Phase.CAMERA_LOST),
    ((OPENED, CameraFailed(note="")), Phase.CAMERA_LOST),
    ((OPENED, LOST, READY), Phase.LOOKING),
    ((*LOOKING, LOST), Phase.CAMERA_LOST),
    ((REFUSED,), Phase.NO_BUNDLE),
    ((REFUSED, READY), Phase.NO_BUNDLE),
    ((REFUSED, READY, ASKED), Phase.NO_BUNDLE),
    ((REFUSED, READY, OPENED), Phase.LOOKING),
    ((REFUSED, LOST, OPENED), Phase.CAMERA_LOST),
    ((*LOOKING, REFUSED), Phase.NO_BUNDLE),
    ((*LOOKING, DISMISSED), Phase.LOOKING),
    ((*LOOKING, FOUND), Phase.LOOKING),
    ((*LOOKING, FAILED), Phase.LOOKING),
    ((OPENED, LOST, ASKED), Phase.CAMERA_LOST),
    (WAITING, Phase.SEARCHING),
    ((*WAITING, ASKED), Phase.SEARCHING),
    ((*WAITING, READY), Phase.SEARCHING),
    ((*WAITING, DISMISSED), Phase.LOOKING),
    ((*WAITING, DISMISSED, FOUND), Phase.LOOKING),
    ((*WAITING, LOST), Phase.CAMERA_LOST),
    ((*WAITING, LOST, FOUND), Phase.CAMERA_LOST),
    ((*WAITING, OPENED), Phase.SEARCHING),
    ((*WAITING, FAILED), Phase.LOOKING),
    ((*WAITING, FOUND), Phase.FOUND),
    ((*WAITING, UNSURE), Phase.UNSURE),
    ((*WAITING, NOT_FOUND), Phase.NOT_FOUND),
    ((*WAITING, Answered(answer=answer(Verdict.SAME_IMAGE))), Phase.FOUND),
    ((*SHOWING, ASKED), Phase.SEARCHING),
    ((*SHOWING, DISMISSED), Phase.LOOKING),
    ((*SHOWING, LOST), Phase.FOUND),
    ((*SHOWING, LOST, ASKED), Phase.FOUND),
    ((*SHOWING, LOST, DISMISSED), Phase.CAMERA_LOST),
    ((*SHOWING, LOST, READY), Phase.FOUND),
    ((*SHOWING, LOST, READY, DISMISSED), Phase.LOOKING),
    ((*SHOWING, UNSURE), Phase.FOUND),
    ((*SHOWING, FAILED), Phase.FOUND),
    ((*SHOWING, OPENED), Phase.FOUND),
    ((*SHOWING, REFUSED), Phase.NO_BUNDLE),
]


@pytest.mark.parametrize(
    ("events", "phase"), TABLE, ids=lambda v: "-".join(type(e).__name__ for e in v) or "none"
)
def test_events_lead_to_the_expected_phase(events: tuple[Event, ...], phase: Phase) -> None:
    assert after(*events).phase is phase


def test_an_answer_is_shown_until_it_is_replaced() -> None:
    assert after(*SHOWING).answer is FOUND.answer
    assert after(*SHOWING, LOST).answer is FOUND.answer
    assert after(*SHOWING, ASKED).answer is None
    assert after(*SHOWING, DISMISSED).answer is None


def test_a_bundle_fault_stays_on_the_screen_when_the_camera_changes() -> None:
    for events in ((READY,), (LOST,), (LOST, READY)):
        assert after(REFUSED, *events).note == "cut short"


def test_a_note_disappears_with_its_fault() -> None:
    assert after(OPENED, LOST).note == "unplugged"
    assert after(OPENED, LOST, READY).note == ""
    assert after(REFUSED, READY, OPENED).note == ""
    assert after(OPENED, LOST, OPENED).note == "unplugged"
    assert after(*WAITING, FAILED).note == "no answer"
    assert after(*WAITING, FAILED, ASKED, FOUND).note == ""


def test_a_camera_in_use_is_said_until_that_ends() -> None:
    busy = CameraFailed(note="used by another program", is_busy=True)

    assert after(OPENED, LOST, busy).is_camera_busy
    assert after(OPENED, busy).note == "used by another program"
    assert not after(OPENED, busy, LOST).is_camera_busy
    assert not after(OPENED, busy, READY).is_camera_busy


def test_a_phase_starts_when_it_is_entered_and_not_with_every_event() -> None:
    assert after(*LOOKING).since_s == 2
    assert after(*LOOKING, DISMISSED, READY).since_s == 2
    assert after(OPENED, LOST, LOST).since_s == 2
    assert after(OPENED, LOST, CameraFailed(note="still")).since_s == 2
    assert after(*SHOWING, LOST).since_s == 4


def test_the_same_object_is_returned_when_nothing_changes() -> None:
    busy = CameraFailed(note="in use", is_busy=True)
    for events in ((), LOOKING, (OPENED, LOST), (OPENED, busy), SHOWING):
        state = after(*events)
        for event in (FOUND, FAILED, *events[1:2]):
            assert step(state, event, 99.0) is state


EVENTS = st.sampled_from(
    [
        OPENED,
        BundleOpened(bundle_id="c"),
        REFUSED,
        READY,
        LOST,
        CameraFailed(note="still"),
        CameraFailed(note="in use", is_busy=True),
        ASKED,
        FOUND,
        UNSURE,
        NOT_FOUND,
        FAILED,
        DISMISSED,
    ]
)


@given(st.lists(EVENTS, max_size=30))
def test_the_invariants_hold_after_any_events(events: list[Event]) -> None:
    state = starting(0.0)
    for second, event in enumerate(events, 1):
        before, state = state, step(state, event, float(second))

        assert (state.answer is not None) == (state.phase in SHOWS_ANSWER)
        assert (state.phase is Phase.NO_BUNDLE) <= (state.bundle_id == "")
        if state.phase in {Phase.LOOKING, Phase.SEARCHING}:
            assert state.camera_ready
        if state.phase is Phase.CAMERA_LOST:
            assert not state.camera_ready
        assert not (state.is_camera_busy and state.camera_ready)
        if state.phase not in {Phase.STARTING, Phase.NO_BUNDLE}:
            assert state.bundle_id
        if state.phase is Phase.NO_BUNDLE:
            assert state.note
        if isinstance(event, CameraReady):
            assert state.camera_ready
        assert state.since_s in {before.since_s, float(second)}
        if state.phase is not before.phase:
            assert state.since_s == second


def test_every_pair_of_events_gives_a_state() -> None:
    """Every event in every phase gives a state."""
    kinds = [OPENED, REFUSED, READY, LOST, ASKED, FOUND, FAILED, DISMISSED]
    for events in itertools.product([(), *(e for e, _ in TABLE)], kinds):
        assert isinstance(after(*events[0], events[1]), KioskState)
