"""The replay camera, beyond the contract of all cameras."""

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from device.cameras.replay import ReplayCamera, ReplayPicture
from device.config import CameraConfig
from device.errors import CameraLostError, CameraMissingError

WAIT_S = 10.0


def plain(value: int) -> np.ndarray:
    return np.full((8, 8, 3), value, np.uint8)


def pictures(*values: int) -> list[ReplayPicture]:
    return [ReplayPicture(name=str(v), load=lambda v=v: plain(v)) for v in values]


@pytest.fixture
def replay(fake_time):
    def make(shown=(), *, fps=10.0, hold_s=1.0, **config) -> ReplayCamera:
        return ReplayCamera(
            CameraConfig(fps=fps, **config),
            pictures=shown,
            hold_s=hold_s,
            clock=fake_time.clock,
            sleep=fake_time.sleep,
        )

    return make


def test_frames_come_at_the_configured_rate(replay, fake_time):
    with replay(pictures(1), fps=4.0) as camera:
        times = [camera.read(WAIT_S).captured_at_s for _ in range(5)]

    assert np.diff(times) == pytest.approx([0.25] * 4)


def test_a_late_reader_gets_one_frame_at_once_and_no_burst(replay, fake_time):
    with replay(pictures(1), fps=4.0) as camera:
        camera.read(WAIT_S)
        fake_time.sleep(60)
        away_until = fake_time.now_s

        times = [camera.read(WAIT_S).captured_at_s for _ in range(3)]

    assert times == pytest.approx([away_until, away_until + 0.25, away_until + 0.5])


def test_each_picture_is_held_before_the_next_and_the_loop_starts_again(replay):
    with replay(pictures(1, 2, 3), fps=4.0, hold_s=1.0) as camera:
        shown = [int(camera.read(WAIT_S).pixels[0, 0, 0]) for _ in range(16)]

    assert shown == [1] * 4 + [2] * 4 + [3] * 4 + [1] * 4


def test_a_picture_is_decoded_once_while_it_is_shown(replay):
    loads: list[int] = []

    def load() -> np.ndarray:
        loads.append(1)
        return plain(5)

    with replay([ReplayPicture(name="one", load=load)], hold_s=100) as camera:
        for _ in range(10):
            camera.read(WAIT_S)

    assert len(loads) == 1


def test_a_frame_not_due_within_the_timeout_is_a_lost_camera(replay, fake_time):
    with replay(pictures(1), fps=0.1) as camera:
        camera.read(WAIT_S)
        before = fake_time.now_s

        with pytest.raises(CameraLostError):
            camera.read(1.0)

    assert fake_time.now_s == pytest.approx(before + 1.0)


def test_a_folder_is_shown_sorted_by_name_with_its_subfolders(replay, tmp_path):
    (tmp_path / "b").mkdir()
    Image.fromarray(plain(30)).save(tmp_path / "c.png")
    Image.fromarray(plain(20)).save(tmp_path / "b" / "x.PNG")
    Image.fromarray(plain(10)).save(tmp_path / "a.png")
    (tmp_path / "metadata.csv").write_text("no picture, and nothing to warn of")

    with replay(replay=tmp_path, fps=1.0) as camera:
        shown = [int(camera.read(WAIT_S).pixels[0, 0, 0]) for _ in range(4)]

    assert shown == [10, 20, 30, 10]


def test_a_corrupt_picture_is_skipped_with_one_warning(replay, tmp_path, caplog):
    Image.fromarray(plain(10)).save(tmp_path / "a.png")
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff half a picture")

    with replay(replay=tmp_path, fps=1.0) as camera:
        shown = [int(camera.read(WAIT_S).pixels[0, 0, 0]) for _ in range(6)]

    assert shown == [10] * 6
    assert [r.levelname for r in caplog.records if "b.jpg" in r.message] == ["WARNING"]


def test_a_large_picture_is_scaled_to_the_frame_at_its_own_aspect_ratio(replay, tmp_path):
    Image.new("RGB", (3000, 1500)).save(tmp_path / "a.png")

    with replay(replay=tmp_path, width=640, height=480) as camera:
        assert camera.read(WAIT_S).pixels.shape == (320, 640, 3)


@pytest.mark.parametrize("content", [[], ["b.jpg"]], ids=["empty", "nothing readable"])
def test_a_folder_without_pictures_is_a_missing_camera(replay, tmp_path, content):
    for name in content:
        (tmp_path / name).write_bytes(b"no picture")

    with pytest.raises(CameraMissingError, match="add some") as error:
        replay(replay=tmp_path).open()
    assert "\n" not in str(error.value)


def test_a_path_that_does_not_exist_is_a_missing_camera(replay, tmp_path):
    with pytest.raises(CameraMissingError, match=r"nowhere: .* correct \[camera\] replay"):
        replay(replay=tmp_path / "nowhere").open()


def test_no_pictures_to_show_is_a_missing_camera(replay):
    with pytest.raises(CameraMissingError, match="replay:bundle"):
        replay([]).open()


def test_a_video_shows_every_frame_at_the_configured_rate_in_a_loop(replay, film, fake_time):
    with replay(replay=film, fps=10.0) as camera:
        times = [camera.read(WAIT_S).captured_at_s for _ in range(25)]

    assert np.diff(times) == pytest.approx([0.1] * 24)


def test_a_truncated_video_is_shown_in_a_loop(replay, film, quarters):
    """The last frame may be incomplete; the first is complete in each loop."""
    film.write_bytes(film.read_bytes()[: film.stat().st_size // 2])

    with replay(replay=film) as camera:
        shown = [quarters(camera.read(WAIT_S).pixels) for _ in range(30)]

    assert shown.count(["red", "green", "blue", "white"]) >= 3


@pytest.mark.parametrize("size", [0, 100])
def test_a_file_that_is_not_a_video_is_a_missing_camera(replay, film, size):
    film.write_bytes(film.read_bytes()[:size])

    with pytest.raises(CameraMissingError, match=r"film\.avi: .* name another file") as error:
        replay(replay=film).open()
    assert "\n" not in str(error.value)


def test_a_restored_folder_is_shown_again(replay, tmp_path):
    folder = tmp_path / "prints"
    folder.mkdir()
    Image.fromarray(plain(10)).save(folder / "a.png")
    camera = replay(replay=folder, fps=1.0)
    camera.open()
    camera.read(WAIT_S)
    folder.rename(tmp_path / "away")
    with pytest.raises(CameraLostError):
        camera.read(WAIT_S)

    (tmp_path / "away").rename(folder)
    camera.close()
    camera.open()

    assert camera.read(WAIT_S).pixels[0, 0, 0] == 10
    camera.close()


def test_the_configured_video_takes_precedence_over_the_pictures_passed_in(film, config):
    camera = ReplayCamera(replace(config, replay=film), pictures=pictures(1))

    with camera:
        assert camera.read(WAIT_S).pixels.shape == (120, 160, 3)
    assert camera.name == "replay:film.avi"


COLOURS = {
    "red": (150, 20, 20),
    "green": (20, 120, 20),
    "blue": (20, 20, 150),
    "violet": (140, 20, 140),
    "teal": (10, 120, 120),
    "black": (10, 10, 10),
}


def scan(colour: tuple[int, int, int] | int) -> np.ndarray:
    return np.full((80, 60, 3), colour, np.uint8)


def laid(name: str, **kind: bool) -> ReplayPicture:
    return ReplayPicture(name=name, load=lambda: scan(COLOURS[name]), **kind)


def visitors(camera: ReplayCamera, fake_time, seconds: float) -> list[str]:
    """Return the names of the prints that lie in the middle of the frame, one after another."""
    until_s, seen = fake_time.now_s + seconds, [""]
    while fake_time.now_s < until_s:
        pixels = camera.read(WAIT_S).pixels
        shown = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].astype(int)
        near = [name for name, colour in COLOURS.items() if np.abs(shown - colour).max() < 30]
        name = near[0] if near else ""
        if name != seen[-1]:
            seen.append(name)
    return [name for name in seen if name]


@pytest.mark.slow
def test_scans_come_to_the_table_one_after_another_with_a_stranger_in_between(replay, fake_time):
    """The fifth of six kinds of visits is the stranger's, and no picture is left out for it."""
    own = [laid(name, is_scan=True) for name in ("red", "green", "blue", "violet", "teal")]

    with replay([*own, laid("black", is_stranger=True)], fps=4.0, width=160, height=120) as camera:
        shown = visitors(camera, fake_time, 6.5 * 13.6)

    assert shown == ["red", "green", "blue", "violet", "black", "teal", "red"]


@pytest.mark.slow
def test_without_a_stranger_its_kind_of_visit_is_passed_over(replay, fake_time):
    own = [laid(name, is_scan=True) for name in ("red", "green")]

    with replay(own, fps=4.0, width=160, height=120) as camera:
        shown = visitors(camera, fake_time, 5.5 * 13.6)

    assert shown == ["red", "green"] * 3


@pytest.mark.slow
def test_photographs_in_a_folder_are_shown_as_they_are_and_scans_on_a_table(fake_time, tmp_path):
    Image.fromarray(scan(90)).save(tmp_path / "a-photograph.png")
    Image.fromarray(scan(200)).save(tmp_path / "b-scan.png")
    camera = ReplayCamera(
        CameraConfig(fps=2.0, replay=tmp_path, width=160, height=120),
        is_photograph=lambda pixels: int(pixels.mean()) == 90,
        hold_s=3.0,
        clock=fake_time.clock,
        sleep=fake_time.sleep,
    )

    with camera:
        shapes = [camera.read(WAIT_S).pixels.shape for _ in range(10)]

    assert shapes[:6] == [(80, 60, 3)] * 6
    assert shapes[7:] == [(120, 160, 3)] * 3


@pytest.mark.slow
def test_a_folder_of_one_scan_shows_it_again_and_again_in_other_ways(fake_time, tmp_path):
    Image.fromarray(scan(200)).save(tmp_path / "only.png")
    camera = ReplayCamera(
        CameraConfig(fps=1.0, replay=tmp_path, width=160, height=120),
        is_photograph=lambda pixels: False,
        clock=fake_time.clock,
        sleep=fake_time.sleep,
    )

    with camera:
        frames = [camera.read(WAIT_S).pixels for _ in range(60)]

    lies = [bool(frame[60, 80].mean() > 150) for frame in frames]
    comes = sum(after and not before for before, after in itertools.pairwise(lies))
    assert comes >= 4


def test_a_video_is_shown_at_its_own_speed(replay, tmp_path, fake_time):
    """Of 30 frames a second every third is shown at 10, and of 5 each one twice."""
    for stated, expected in ((30.0, [0, 3, 6, 9, 12]), (5.0, [0, 0, 1, 1, 2])):
        film = tmp_path / f"{stated:g}.avi"
        writer = cv2.VideoWriter(
            str(film), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), stated, (160, 120)
        )
        for number in range(16):
            writer.write(np.full((120, 160, 3), 16 * number, np.uint8))
        writer.release()

        with replay(replay=film, fps=10.0) as camera:
            shown = [round(camera.read(WAIT_S).pixels.mean() / 16) for _ in range(5)]

        assert shown == expected


def test_a_large_video_is_scaled_to_the_frame_and_one_line_says_so(replay, film, caplog):
    with replay(replay=film, width=80, height=60) as camera:
        shapes = {camera.read(WAIT_S).pixels.shape for _ in range(45)}

    assert shapes == {(60, 80, 3)}
    lines = [r.getMessage() for r in caplog.records if "scaled down" in r.getMessage()]
    assert lines == ["replay:film.avi: film.avi frames of 160x120 are scaled down"]
