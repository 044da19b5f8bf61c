"""What a newcomer without a camera sees: visits to the table, and their answers."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from fake_time import FakeTime
from PIL import Image
from running_kiosk import CONFIG, until

from device.bundle.reader import opened
from device.cameras.replay import ReplayCamera
from device.config import CameraConfig, Config
from device.imaging.picture_decoder import InProcessDecoder
from device.recognition.recogniser import Recogniser
from device.recognition.verdict import ACCEPTED, Verdict
from device.service import open_kiosk
from device.service.assembly import replayed_pictures
from device.service.capture.photographs import is_photograph
from device.service.capture.watcher import Watcher

BUNDLE = Path(__file__).parents[2] / "demo/bundle"
# Within which the six kinds of visits are seen, and the first answer is on the screen.
TWO_MINUTES_S = 120.0
FIRST_S = 15.0
FPS = 8.0


@dataclass(frozen=True)
class Shown:
    """An answer, and the time of the frame that it is about."""

    time_s: float
    verdict: Verdict
    mirrored: bool
    record_id: str


def answers(config: CameraConfig, seconds: float) -> list[Shown]:
    """Return the ordinary watcher's and recogniser's answers to a replay, on a test's clock."""
    fake_time, watcher = FakeTime(), Watcher()
    began_s, found = fake_time.now_s, []
    with opened(BUNDLE) as bundle:
        recogniser = Recogniser(bundle, threads=1)
        camera = ReplayCamera(
            config,
            pictures=replayed_pictures(bundle, InProcessDecoder()),
            is_photograph=is_photograph,
            clock=fake_time.clock,
            sleep=fake_time.sleep,
        )
        with camera:
            while fake_time.now_s < began_s + seconds:
                capture = watcher.observe(camera.read(10.0)).capture
                if capture is None:
                    continue
                answer = recogniser.recognise(capture.frame, corners=capture.corners)
                shown = Shown(
                    time_s=fake_time.now_s - began_s,
                    verdict=answer.verdict,
                    mirrored=answer.mirrored,
                    record_id=answer.matches[0].record.record_id,
                )
                found.append(shown)
    return found


@pytest.mark.slow
def test_six_kinds_of_visits_have_the_right_answers_within_two_minutes():
    shown = answers(CameraConfig(fps=FPS), 6 * 13.6)

    claims = [(each.verdict, each.mirrored) for each in shown]
    same, reverse = (Verdict.SAME_PRINT, False), (Verdict.SAME_IMAGE, True)
    nowhere = (Verdict.NOT_IN_COLLECTION, False)
    assert claims == [same, same, same, reverse, nowhere, same]
    assert shown[0].time_s < FIRST_S and shown[-1].time_s < TWO_MINUTES_S
    names = [each.record_id for each in shown if each.verdict in ACCEPTED]
    assert len(set(names)) == len(names)


@pytest.mark.slow
def test_a_folder_of_strange_prints_is_answered_as_strange(tmp_path):
    """Drawn pictures that no collection has: nothing is staged for the demo's own prints."""
    rng = np.random.default_rng(5)
    for number in range(3):
        drawn = rng.integers(0, 255, (24, 18, 1), dtype=np.uint8).repeat(3, axis=2)
        Image.fromarray(drawn).resize((450, 600), Image.Resampling.BICUBIC).save(
            tmp_path / f"{number}.png"
        )

    shown = answers(CameraConfig(replay=tmp_path, fps=FPS), 3 * 13.6)

    assert len(shown) == 3
    assert {each.verdict for each in shown} <= {Verdict.NOT_IN_COLLECTION, Verdict.SIMILAR_ONLY}


@pytest.mark.slow
def test_the_running_service_answers_the_first_print_without_a_touch():
    config = Config(bundle=BUNDLE, camera=CameraConfig(kind="replay"), recognition=CONFIG)
    began_s = time.monotonic()

    with open_kiosk(config, {}) as service:
        state = until(service, lambda state: state.answer is not None)

    assert state.answer is not None and state.answer.verdict is Verdict.SAME_PRINT
    assert time.monotonic() - began_s < 5 * FIRST_S
