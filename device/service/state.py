"""What the stand's screen shows, as a pure state machine: no clock, no thread, no I/O in here."""

from dataclasses import dataclass, replace
from enum import StrEnum

from device.recognition.recogniser import Answer
from device.recognition.verdict import Verdict


class Phase(StrEnum):
    """Where a visit stands."""

    STARTING = "starting"
    ATTRACT = "attract"
    LOOKING = "looking"
    HOLD_STILL = "hold_still"
    FOUND = "found"
    UNSURE = "unsure"
    NOT_FOUND = "not_found"
    CAMERA_LOST = "camera_lost"
    NO_BUNDLE = "no_bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskState:
    """All that the screen needs to know.

    Attributes:
        phase: What is shown.
        answer: What was found; with `FOUND`, `UNSURE` and `NOT_FOUND` alone.
        since_s: Monotonic clock, when this phase began.
        bundle_id: The bundle that answers; empty while there is none.
        note: One line for staff on what is wrong; empty when nothing is.
        camera_ready: Whether the stand's camera gives frames.
    """

    phase: Phase
    answer: Answer | None
    since_s: float
    bundle_id: str
    note: str
    camera_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleOpened:
    """A bundle is ready to answer."""

    bundle_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRefused:
    """There is no bundle that could answer."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraReady:
    """The camera gives frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFailed:
    """The camera gives no frames."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A visitor wants to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The recogniser has spoken."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No answer could be found for a reason that isn't the print."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """The visitor goes on, or has gone."""


Event = (
    BundleOpened
    | BundleRefused
    | CameraReady
    | CameraFailed
    | Asked
    | Answered
    | Failed
    | Dismissed
)

_SHOWS_ANSWER = frozenset({Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND})
_PHASE_OF = {
    Verdict.SAME_PRINT: Phase.FOUND,
    Verdict.SAME_IMAGE: Phase.FOUND,
    Verdict.SIMILAR_ONLY: Phase.UNSURE,
    Verdict.NOT_IN_COLLECTION: Phase.NOT_FOUND,
}


def starting(now_s: float) -> KioskState:
    """Give the state before anything is known."""
    return KioskState(
        phase=Phase.STARTING, answer=None, since_s=now_s, bundle_id="", note="", camera_ready=False
    )


def step(state: KioskState, event: Event, now_s: float) -> KioskState:
    """Give the state after an event; the same object when nothing changes.

    An answer stays on the screen when the camera goes or comes back; an answer that nobody waits for any
    more is dropped.
    """
    match event:
        case BundleOpened(bundle_id=bundle_id):
            if state.bundle_id:  # another one took over: what the visitor reads stays
                return replace(state, bundle_id=bundle_id)
            note = "" if state.phase is Phase.NO_BUNDLE else state.note
            opened = replace(state, bundle_id=bundle_id, note=note)
            is_camera_known = state.camera_ready or bool(state.note)
            if state.phase is Phase.STARTING and not is_camera_known:
                return opened
            return _rest(opened, now_s)
        case BundleRefused(note=note):
            return replace(
                state, phase=Phase.NO_BUNDLE, answer=None, since_s=now_s, bundle_id="", note=note
            )
        case CameraReady():
            return _with_camera(state, True, "", now_s)
        case CameraFailed(note=note):
            return _with_camera(state, False, note, now_s)
        case Asked() if state.phase is Phase.LOOKING or state.phase in _SHOWS_ANSWER:
            return _enter(state, Phase.HOLD_STILL, now_s) if state.camera_ready else state
        case Answered(answer=answer) if state.phase is Phase.HOLD_STILL:
            return replace(_enter(state, _PHASE_OF[answer.verdict], now_s), answer=answer, note="")
        case Failed(note=note) if state.phase is Phase.HOLD_STILL:
            return _rest(replace(state, note=note), now_s)
        case Dismissed() if state.phase in _SHOWS_ANSWER or state.phase is Phase.HOLD_STILL:
            return _rest(state, now_s)
    return state


def _with_camera(state: KioskState, ready: bool, note: str, now_s: float) -> KioskState:
    if state.phase is Phase.NO_BUNDLE:  # what is wrong with the bundle matters more
        return state if state.camera_ready == ready else replace(state, camera_ready=ready)
    is_known = state.phase is not Phase.STARTING and state.camera_ready == ready
    if is_known and state.note == note:
        return state
    changed = replace(state, camera_ready=ready, note=note)
    if is_known or state.phase in _SHOWS_ANSWER or not state.bundle_id:
        return changed
    return _rest(changed, now_s)


def _rest(state: KioskState, now_s: float) -> KioskState:
    """Give the state that waits for the next visitor."""
    phase = Phase.LOOKING if state.camera_ready else Phase.CAMERA_LOST
    return replace(_enter(state, phase, now_s), answer=None)


def _enter(state: KioskState, phase: Phase, now_s: float) -> KioskState:
    answer = state.answer if phase in _SHOWS_ANSWER else None
    return replace(state, phase=phase, answer=answer, since_s=now_s)
