"""Autocapture: a print held still at the stand is queried once, without the button."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blocking_notifier import LONG_S, BlockingNotifier
from pluggable_camera import PluggableCamera
from stand_clip import StandClip

from device.bundle.filters import Filters
from device.config import RecognitionConfig, WatchConfig
from device.imaging.frames import Pixels
from device.service import Attention, CameraSetup, KioskService
from device.service.capture.autocapture import Autocapture
from device.service.capture.hold_tracker import HeldPrint
from device.service.capture.watcher import Observation, Watcher
from device.service.state import KioskState, Phase

pytestmark = pytest.mark.slow

CONFIG = RecognitionConfig(threads=1, matches=3)
SHOWS_ANSWER = {Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND}

Opener = Callable[[Pixels, WatchConfig | None], tuple[KioskService, PluggableCamera]]


@pytest.fixture
def open_stand(small_bundle: Path, notifier: BlockingNotifier) -> Iterator[Opener]:
    """A function that opens a kiosk whose camera sees some pixels."""
    services = []

    def open_one(pixels: Pixels, watch: WatchConfig | None) -> tuple[KioskService, PluggableCamera]:
        camera = PluggableCamera(pixels)
        camera.open()
        services.append(
            KioskService(
                small_bundle,
                CameraSetup(opener=lambda bundle: camera, watch=watch),
                CONFIG,
                notifier=notifier,
            )
        )
        return services[-1], camera

    yield open_one
    for service in services:
        service.close()


@pytest.fixture(scope="module")
def laid(print_pictures: dict[str, Pixels]) -> list[Pixels]:
    """Frames of the stand: an empty table, then each print on it."""
    empty = StandClip().empty(0.1).frames[0].pixels
    shown = [
        StandClip().hold(each, seconds=0.1).frames[0].pixels for each in print_pictures.values()
    ]
    return [empty, *shown]


def until(service: KioskService, holds: Callable[[KioskState], bool]) -> KioskState:
    """Return the next state that meets a condition."""
    snapshot = service.snapshot()
    while not holds(snapshot.state):
        newer = service.snapshot(after=snapshot.revision, timeout_s=LONG_S)
        assert newer.revision > snapshot.revision, snapshot.state
        snapshot = newer
    return snapshot.state


def see(service: KioskService, frames: int) -> None:
    """Wait for a number of frames; the camera gives a hundred a second."""
    first = service.preview(timeout_s=LONG_S)
    assert first is not None
    assert service.preview(after=first.number + frames, timeout_s=LONG_S) is not None


def test_two_prints_in_turn_are_each_answered_once(open_stand: Opener, laid: list[Pixels]) -> None:
    service, camera = open_stand(laid[0], WatchConfig())
    until(service, lambda state: state.phase is Phase.LOOKING)

    camera.pixels = laid[1]
    first = until(service, lambda state: state.answer is not None).answer
    see(service, 120)
    assert service.snapshot().state.answer is first
    camera.pixels = laid[0]
    see(service, 70)
    assert service.snapshot().state.answer is first
    camera.pixels = laid[2]
    second = until(service, lambda state: state.answer not in (None, first)).answer
    see(service, 120)

    assert service.snapshot().state.answer is second
    assert service.health().answers == 2


def test_a_dismissed_print_is_not_queried_again_while_it_stays(
    open_stand: Opener, laid: list[Pixels]
) -> None:
    service, _ = open_stand(laid[1], WatchConfig())
    until(service, lambda state: state.answer is not None)

    service.query.dismiss()
    see(service, 120)

    assert service.snapshot().state.phase is Phase.LOOKING
    preview = service.preview(timeout_s=LONG_S)
    assert preview is not None and preview.is_known and preview.stillness == 0
    service.query.look()  # the button is always answered
    assert until(service, lambda state: state.answer is not None)


def test_a_print_queried_by_the_button_is_not_captured_again(
    open_stand: Opener, laid: list[Pixels]
) -> None:
    service, camera = open_stand(laid[0], WatchConfig())
    until(service, lambda state: state.phase is Phase.LOOKING)
    service.query.attend(Attention(is_elsewhere=True))
    camera.pixels = laid[3]
    see(service, 10)

    service.query.look()
    service.query.attend(Attention())
    until(service, lambda state: state.answer is not None)
    see(service, 120)

    assert service.health().answers == 1


@pytest.mark.parametrize("watch", [None, WatchConfig(enabled=False)], ids=["none", "disabled"])
def test_without_autocapture_only_the_button_queries(
    open_stand: Opener, laid: list[Pixels], watch: WatchConfig | None
) -> None:
    service, _ = open_stand(laid[1], watch)
    until(service, lambda state: state.phase is Phase.LOOKING)
    see(service, 120)

    preview = service.preview(timeout_s=LONG_S)
    assert not service.query.is_hands_free
    assert preview is not None and preview.corners is None
    assert service.health().answers == 0


def test_corners_in_the_preview_are_between_0_and_1(open_stand: Opener, laid: list[Pixels]) -> None:
    service, _ = open_stand(laid[1], WatchConfig())
    until(service, lambda state: state.answer is not None)
    preview = service.preview(timeout_s=LONG_S)

    assert preview is not None and preview.corners is not None
    assert all(0 < value < 1 for corner in preview.corners for value in (corner.x, corner.y))


class Stage:
    """An autocapture with a screen's phase, and the queries it made."""

    def __init__(self) -> None:
        self.phase = Phase.LOOKING
        self.asked: list[tuple[HeldPrint, Filters | None]] = []
        self.searched = 0
        self.autocapture = Autocapture(
            Watcher(), phase=lambda: self.phase, sink=lambda *what: self.asked.append(what)
        )

    def show(self, clip: StandClip) -> list[Observation]:
        """Let autocapture observe a clip."""
        return [self.autocapture.observe(frame) for frame in clip.frames]


@pytest.mark.parametrize("phase", Phase)
def test_the_live_picture_is_watched_in_the_phases_that_allow_a_query(
    phase: Phase, print_pictures: dict[str, Pixels]
) -> None:
    stage = Stage()
    stage.phase = phase
    stage.show(StandClip().hold(next(iter(print_pictures.values()))))

    assert len(stage.asked) == (phase is Phase.LOOKING or phase in SHOWS_ANSWER)


def test_the_visitors_filters_apply_to_autocapture(
    print_pictures: dict[str, Pixels],
) -> None:
    stage = Stage()
    filters = Filters(words="iris")
    stage.autocapture.attend(Attention(filters=filters))
    stage.show(StandClip().hold(next(iter(print_pictures.values()))))

    assert [asked for _, asked in stage.asked] == [filters]


def test_no_frame_of_a_visitor_is_kept(print_pictures: dict[str, Pixels]) -> None:
    stage = Stage()
    seen = stage.show(StandClip().hold(next(iter(print_pictures.values()))))

    assert len(stage.asked) == 1
    assert not [each for each in seen if each.capture is not None]
    assert seen[-1].is_known
