"""Overlays of visitors' prints exist only while their answer is shown."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_time import FakeTime
from kiosk_page import jpeg_of, opener_of, wait_for
from PIL import Image
from posed_print import pose

from device.config import RecognitionConfig
from device.errors import AnswerGoneError
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.local import evidence
from device.recognition.recogniser import Answer
from device.recognition.verdict import Verdict
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService, Overlay
from device.service.query.overlay_cache import KEPT_S, UPLOADS, OverlayCache, overlay_of
from device.service.state import Phase

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def print_(print_pictures: Mapping[str, Pixels]) -> Pixels:
    """The museum's picture of one print."""
    return next(iter(print_pictures.values()))


@pytest.fixture(scope="module")
def service(small_bundle: Path, print_: Pixels) -> Iterator[KioskService]:
    """A kiosk whose camera sees that print, rotated on a table."""
    camera = CameraSetup(opener=opener_of(pose(print_, turn=20).frame))
    recognition = RecognitionConfig(threads=2)
    with KioskService(small_bundle, camera, recognition, notifier=Notifier(None)) as kiosk:
        wait_for(kiosk, Phase.LOOKING)
        yield kiosk


def ask(service: KioskService, frame: Pixels, *, is_shown: bool = True) -> Answer:
    return service.query.identify(jpeg_of(frame), is_shown=is_shown)


def likeness(jpeg: bytes, picture: Pixels) -> float:
    """Return the correlation of a JPEG and a picture, -1..1."""
    seen = Image.open(io.BytesIO(jpeg)).convert("L").resize((48, 48), Image.Resampling.BOX)
    known = Image.fromarray(picture).convert("L").resize((48, 48), Image.Resampling.BOX)
    return float(np.corrcoef(np.asarray(seen).ravel(), np.asarray(known).ravel())[0, 1])


@pytest.mark.parametrize("mirrored", [False, True])
def test_an_overlay_is_aligned_with_the_records_picture(
    service: KioskService, print_: Pixels, mirrored: bool
) -> None:
    answer = ask(service, pose(print_, turn=110, mirrored=mirrored).frame)
    found = service.query.overlays.of(answer)
    assert found is not None and answer.mirrored is mirrored
    width, height = Image.open(io.BytesIO(found.jpeg)).size
    assert width / height == pytest.approx(print_.shape[1] / print_.shape[0], rel=0.02)
    upright = likeness(found.jpeg, print_)
    assert upright > 0.85
    assert upright > likeness(found.jpeg, print_[::-1]) + 0.1
    assert upright > likeness(found.jpeg, print_[:, ::-1]) + 0.1


def test_the_area_contains_every_inlier(service: KioskService, print_: Pixels) -> None:
    answer = ask(service, pose(print_).frame)
    found = service.query.overlays.of(answer)
    assert found is not None and found.answer.matches[0].evidence is not None
    hull = np.array([(c.x, c.y) for c in found.area], dtype=np.float32)
    assert ((hull >= 0) & (hull <= 1)).all()
    for place in found.answer.matches[0].evidence.points:
        inside = cv2.pointPolygonTest(hull, (place.record_x, place.record_y), True)
        assert inside >= -0.001
    assert 0 < found.share <= 1
    assert found.share == pytest.approx(cv2.contourArea(hull), abs=1e-6)


def test_without_inliers_there_is_no_area(service: KioskService, print_: Pixels) -> None:
    best = ask(service, pose(print_).frame).matches[0].evidence
    assert best is not None
    none = evidence.inlier_hull(replace(best, points=()))
    assert (none, evidence.hull_area(none)) == ((), 0.0)
    line = evidence.inlier_hull(replace(best, points=best.points[:2]))
    assert evidence.hull_area(line) == 0.0


def test_an_answer_that_is_not_shown_has_no_overlay(service: KioskService, print_: Pixels) -> None:
    assert service.query.overlays.of(ask(service, print_, is_shown=False)) is None


def test_without_evidence_there_is_no_overlay(service: KioskService, print_: Pixels) -> None:
    answer = ask(service, print_)
    frame = frames.frame(print_, source="test")
    bare = replace(answer.matches[0], evidence=None)
    assert overlay_of(frame, answer) is not None
    assert overlay_of(frame, replace(answer, matches=(bare, *answer.matches[1:]))) is None
    assert overlay_of(frame, replace(answer, matches=())) is None
    for verdict in (Verdict.SIMILAR_ONLY, Verdict.NOT_IN_COLLECTION):
        assert overlay_of(frame, replace(answer, verdict=verdict)) is None


def test_unusable_evidence_costs_the_overlay_but_not_the_answer(
    service: KioskService, print_: Pixels
) -> None:
    answer = ask(service, print_)
    best = answer.matches[0]
    assert best.evidence is not None
    flat = replace(best, evidence=replace(best.evidence, transform=(0.0,) * 9))
    frame = frames.frame(print_, source="test")
    assert overlay_of(frame, replace(answer, matches=(flat,))) is None


def test_the_stands_overlay_is_removed_with_its_answer(service: KioskService) -> None:
    service.query.look()
    wait_for(service, Phase.FOUND)
    answer = service.snapshot().state.answer
    assert answer is not None
    found = service.query.overlays.of(answer)
    assert found is not None
    assert service.query.overlays.get(found.token) is found
    service.query.dismiss()
    assert service.query.overlays.of(answer) is None
    with pytest.raises(AnswerGoneError, match=r"no longer shown; look at the print again$"):
        service.query.overlays.get(found.token)


def test_another_query_at_the_stand_replaces_the_overlay(service: KioskService) -> None:
    tokens = set()
    for _ in range(2):
        service.query.look()
        wait_for(service, Phase.FOUND)
        answer = service.snapshot().state.answer
        found = answer and service.query.overlays.of(answer)
        assert found is not None
        tokens.add(found.token)
    service.query.overlays.get(found.token)
    gone = (tokens - {found.token}).pop()
    with pytest.raises(AnswerGoneError):
        service.query.overlays.get(gone)
    service.query.dismiss()


def test_overlays_of_stand_and_upload_are_independent(
    service: KioskService, print_: Pixels
) -> None:
    uploaded = service.query.overlays.of(ask(service, print_))
    service.query.look()
    wait_for(service, Phase.FOUND)
    service.query.dismiss()
    assert uploaded is not None
    assert service.query.overlays.get(uploaded.token) is uploaded
    service.query.overlays.remove_upload(uploaded.token)
    service.query.overlays.remove_upload(uploaded.token)
    with pytest.raises(AnswerGoneError):
        service.query.overlays.get(uploaded.token)


@pytest.fixture
def one(service: KioskService, print_: Pixels) -> Overlay:
    """An overlay."""
    found = service.query.overlays.of(ask(service, print_))
    assert found is not None
    return found


def test_only_the_latest_uploads_are_kept(one: Overlay) -> None:
    kept = OverlayCache(FakeTime().clock)
    for number in range(UPLOADS + 1):
        kept.add_upload(replace(one, token=str(number)))
    with pytest.raises(AnswerGoneError):
        kept.get("0")
    assert [kept.get(str(n)).token for n in range(1, UPLOADS + 1)] == ["1", "2", "3", "4"]


def test_an_uploads_overlay_expires(one: Overlay) -> None:
    time = FakeTime()
    kept = OverlayCache(time.clock)
    kept.add_upload(one)
    time.sleep(KEPT_S - 1)
    kept.remove_expired()
    assert kept.get(one.token) is one
    time.sleep(1)
    kept.remove_expired()
    with pytest.raises(AnswerGoneError):
        kept.get(one.token)
