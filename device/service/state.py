"""The state of the stand's screen, as a pure state machine without clock, threads or I/O."""

from dataclasses import dataclass, replace
from enum import StrEnum

from device.recognition.recogniser import Answer
from device.recognition.verdict import Verdict


class Phase(StrEnum):
    """The screens that a visit goes through; the values are the API's."""

    STARTING = "starting"
    ATTRACT = "attract"
    LOOKING = "looking"
    SEARCHING = "hold_still"  # a query is being answered; the page and its API keep the older word
    FOUND = "found"
    UNSURE = "unsure"
    NOT_FOUND = "not_found"
    CAMERA_LOST = "camera_lost"
    NO_BUNDLE = "no_bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskState:
    """The state of the stand's screen: its phase, its answer and its fault.

    Attributes:
        phase: The screen that is shown.
        answer: The answer on the screen, in `FOUND`, `UNSURE` and `NOT_FOUND`; `None` otherwise.
        since_s: Start of this phase, monotonic clock.
        bundle_id: The current bundle; empty without one.
        note: One line for staff on a fault; empty without a fault.
        camera_ready: Whether the stand's camera gives frames.
        is_camera_busy: Whether it gives none because another program uses it.
    """

    phase: Phase
    answer: Answer | None
    since_s: float
    bundle_id: str
    note: str
    camera_ready: bool
    is_camera_busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleOpened:
    """Event: a bundle is ready to answer."""

    bundle_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRefused:
    """Event: no bundle could be opened."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraReady:
    """Event: the camera gives frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFailed:
    """Event: the camera gives no frames, perhaps because another program uses it."""

    note: str
    is_busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Event: a query was made at the stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Event: the recogniser has answered."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Event: the query failed for a reason other than the print."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """Event: the visitor has finished or left."""


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
    """Return the state at the start of the service."""
    return KioskState(
        phase=Phase.STARTING, answer=None, since_s=now_s, bundle_id="", note="", camera_ready=False
    )


def step(state: KioskState, event: Event, now_s: float) -> KioskState:
    """Return the state after an event; the same object when nothing changes.

    An answer stays on the screen when the camera is lost or returns. An answer to a query that was dismissed
    is ignored.
    """
    match event:
        case BundleOpened(bundle_id=bundle_id):
            if state.bundle_id:  # another bundle took over; the visitor keeps the answer
                return replace(state, bundle_id=bundle_id)
            note = "" if state.phase is Phase.NO_BUNDLE else state.note
            opened = replace(state, bundle_id=bundle_id, note=note)
            is_camera_known = state.camera_ready or bool(state.note)
            if state.phase is Phase.STARTING and not is_camera_known:
                return opened
            return _waiting(opened, now_s)
        case BundleRefused(note=note):
            return replace(
                state, phase=Phase.NO_BUNDLE, answer=None, since_s=now_s, bundle_id="", note=note
            )
        case CameraReady():
            return _with_camera(_with_busy(state, False), True, "", now_s)
        case CameraFailed(note=note, is_busy=is_busy):
            return _with_camera(_with_busy(state, is_busy), False, note, now_s)
        case Asked() if state.phase is Phase.LOOKING or state.phase in _SHOWS_ANSWER:
            return _enter(state, Phase.SEARCHING, now_s) if state.camera_ready else state
        case Answered(answer=answer) if state.phase is Phase.SEARCHING:
            return replace(_enter(state, _PHASE_OF[answer.verdict], now_s), answer=answer, note="")
        case Failed(note=note) if state.phase is Phase.SEARCHING:
            return _waiting(replace(state, note=note), now_s)
        case Dismissed() if state.phase in _SHOWS_ANSWER or state.phase is Phase.SEARCHING:
            return _waiting(state, now_s)
    return state


def _with_busy(state: KioskState, is_busy: bool) -> KioskState:
    return state if state.is_camera_busy == is_busy else replace(state, is_camera_busy=is_busy)


def _with_camera(state: KioskState, ready: bool, note: str, now_s: float) -> KioskState:
    if state.phase is Phase.NO_BUNDLE:  # the bundle's fault matters more
        return state if state.camera_ready == ready else replace(state, camera_ready=ready)
    is_known = state.phase is not Phase.STARTING and state.camera_ready == ready
    if is_known and state.note == note:
        return state
    changed = replace(state, camera_ready=ready, note=note)
    if is_known or state.phase in _SHOWS_ANSWER or not state.bundle_id:
        return changed
    return _waiting(changed, now_s)


def _waiting(state: KioskState, now_s: float) -> KioskState:
    """Return the state that waits for the next visitor."""
    phase = Phase.LOOKING if state.camera_ready else Phase.CAMERA_LOST
    return replace(_enter(state, phase, now_s), answer=None)


def _enter(state: KioskState, phase: Phase, now_s: float) -> KioskState:
    answer = state.answer if phase in _SHOWS_ANSWER else None
    return replace(state, phase=phase, answer=answer, since_s=now_s)
