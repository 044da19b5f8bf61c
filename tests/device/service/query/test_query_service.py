"""Queries at the stand and of uploads, in a running kiosk with the real bundle."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from blocking_notifier import LONG_S, BlockingNotifier
from pluggable_camera import PluggableCamera
from running_kiosk import CONFIG, until, upload

from device.bundle.filters import Filters
from device.errors import (
    BusyError,
    PictureError,
)
from device.imaging.frames import Pixels
from device.recognition.verdict import Verdict
from device.service import KioskService
from device.service.state import Phase

pytestmark = pytest.mark.slow


def test_the_print_at_the_stand_is_found_and_its_answer_is_in_the_state(
    service: KioskService, print_pictures: dict[str, Pixels]
) -> None:
    service.query.look()
    state = until(service, lambda state: state.answer is not None)

    assert state.phase is Phase.FOUND
    assert state.answer is not None
    assert state.answer.matches[0].record.record_id == next(iter(print_pictures))
    assert len(state.answer.matches) == CONFIG.matches
    assert service.health().answers == 1


def test_an_empty_stand_is_not_found(service: KioskService, camera: PluggableCamera) -> None:
    seen = service.preview(timeout_s=LONG_S)
    camera.pixels = np.full((240, 320, 3), 120, np.uint8)
    assert seen is not None
    assert service.preview(after=seen.number + 5, timeout_s=LONG_S) is not None

    service.query.look()

    assert until(service, lambda state: state.answer is not None).phase is Phase.NOT_FOUND


def test_a_filter_holds_for_the_stand_too(service: KioskService) -> None:
    service.query.look(filters=Filters(words="no such words anywhere"))

    state = until(service, lambda state: state.answer is not None)

    assert state.phase is Phase.NOT_FOUND
    assert state.answer is not None
    assert state.answer.matches == ()


def test_the_answer_to_a_dismissed_query_is_dropped(
    service: KioskService, notifier: BlockingNotifier, print_pictures: dict[str, Pixels]
) -> None:
    notifier.block()
    service.query.look()
    assert service.snapshot().state.phase is Phase.SEARCHING
    service.query.dismiss()
    before = service.snapshot()
    notifier.gate.set()
    service.query.identify(upload(next(iter(print_pictures.values()))))  # answered after it

    assert before.state.phase is Phase.LOOKING
    assert service.snapshot() == before
    assert service.health().answers == 1  # the visitor's who has gone took no turn


def test_a_second_query_while_one_is_pending_is_ignored(
    service: KioskService, notifier: BlockingNotifier
) -> None:
    notifier.block()
    service.query.look()
    service.query.look()
    notifier.gate.set()

    until(service, lambda state: state.phase is Phase.FOUND)
    assert service.health().answers == 1


def test_a_query_is_accepted_while_an_answer_is_shown(service: KioskService) -> None:
    service.query.look()
    until(service, lambda state: state.phase is Phase.FOUND)

    service.query.look()
    until(service, lambda state: state.phase is Phase.SEARCHING or state.answer is not None)
    until(service, lambda state: state.phase is Phase.FOUND)
    service.query.dismiss()

    assert service.snapshot().state.phase is Phase.LOOKING


def test_uploads_are_answered_from_many_threads(
    service: KioskService, print_pictures: dict[str, Pixels]
) -> None:
    def ask(pixels: Pixels) -> str:
        return service.query.identify(upload(pixels), count=1).matches[0].record.record_id

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, print_pictures.values())) == list(print_pictures)
    assert service.snapshot().state.phase is Phase.LOOKING


def test_too_many_uploads_are_refused_and_the_stand_is_not(
    service: KioskService, notifier: BlockingNotifier, print_pictures: dict[str, Pixels]
) -> None:
    picture = upload(next(iter(print_pictures.values())))
    busy = threading.Event()

    def ask() -> bool:
        try:
            service.query.identify(picture)
        except BusyError:
            busy.set()
            return False
        return True

    notifier.block()
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(ask) for _ in range(3)]
        assert busy.wait(LONG_S)
        service.query.look()
        assert service.snapshot().state.phase is Phase.SEARCHING
        notifier.gate.set()
        assert sorted(future.result() for future in asked) == [False, True, True]
    until(service, lambda state: state.phase is Phase.FOUND)


def test_an_upload_that_is_no_picture_is_refused_and_the_next_is_answered(
    service: KioskService, print_pictures: dict[str, Pixels]
) -> None:
    for data in (b"", b"no picture", upload(next(iter(print_pictures.values())))[:500]):
        with pytest.raises(PictureError, match="upload"):
            service.query.identify(data)

    answer = service.query.identify(upload(next(iter(print_pictures.values()))))
    assert answer.verdict is Verdict.SAME_PRINT


def test_an_upload_leaves_no_file_behind(
    service: KioskService,
    small_bundle: Path,
    print_pictures: dict[str, Pixels],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = sorted(path.name for path in small_bundle.rglob("*"))

    service.query.identify(upload(next(iter(print_pictures.values()))))
    service.query.look()
    until(service, lambda state: state.phase is Phase.FOUND)

    assert list(tmp_path.iterdir()) == []
    assert sorted(path.name for path in small_bundle.rglob("*")) == before
