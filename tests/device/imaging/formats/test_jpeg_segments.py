"""A JPEG's header says how many bytes libjpeg holds, and how many scans there are."""

import io

import pytest

from bench.crafted_pictures import jpeg, scan_bomb
from device.imaging.formats.jpeg_segments import JpegFrame, read_frame, segments


def frame_of(data: bytes) -> JpegFrame:
    frame = read_frame(io.BytesIO(data))
    assert frame is not None
    return frame


def test_a_baseline_jpeg_is_decoded_row_by_row() -> None:
    assert frame_of(jpeg(640, 480)) == JpegFrame(kept_bytes=0, scans=1, is_scalable=True)


@pytest.mark.parametrize(
    ("mode", "subsampling", "kept_bytes"),
    [
        ("L", 0, 640 * 480 * 2),
        ("RGB", 0, 640 * 480 * 2 * 3),
        ("RGB", 1, 640 * 480 * 2 * 2),
        ("RGB", 2, 640 * 480 * 2 * 3 // 2),
        ("CMYK", 0, 640 * 480 * 2 * 4),
    ],
)
def test_a_progressive_jpeg_keeps_all_coefficients(
    mode: str, subsampling: int, kept_bytes: int
) -> None:
    frame = frame_of(jpeg(640, 480, mode, progressive=True, subsampling=subsampling))

    assert frame.kept_bytes == kept_bytes
    assert 1 < frame.scans < 20


def test_sides_are_rounded_up_to_whole_blocks() -> None:
    frame = frame_of(jpeg(17, 1, progressive=True, subsampling=2))

    assert frame.kept_bytes == (4 * 2 + 2 * 1 + 2 * 1) * 64 * 2


def test_scans_are_counted_however_many_there_are() -> None:
    assert frame_of(scan_bomb(400, side=64)).scans == 401


def test_a_header_behind_a_large_preview_is_found() -> None:
    data = jpeg(640, 480)
    preview = b"\xff\xe2\xff\xff" + b"\xff" * 65_533

    assert frame_of(data[:2] + preview * 8 + data[2:]).kept_bytes == 0


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", jpeg(8, 8)[:40]])
def test_a_file_without_a_frame_has_none(data: bytes) -> None:
    assert read_frame(io.BytesIO(data)) is None


def test_segments_are_listed_without_the_data_of_scans() -> None:
    markers = [marker for marker, _ in segments(jpeg(64, 64, quality=95))]

    assert markers[0] == 0xE0
    assert markers[-1] == 0xDA
