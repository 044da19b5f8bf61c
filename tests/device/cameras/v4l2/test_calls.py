"""The calls have the numbers and layouts of the kernel's header, `linux/videodev2.h`."""

import ctypes

import pytest

from device.cameras.v4l2 import calls

# As the header's macros give them on a 64-bit machine.
REQUESTS = {
    "QUERY_CAPABILITY": 0x8068_5600,
    "LIST_FORMATS": 0xC040_5602,
    "GET_FORMAT": 0xC0D0_5604,
    "REQUEST_BUFFERS": 0xC014_5608,
    "LIST_FRAME_SIZES": 0xC02C_564A,
}


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="numbers of 64-bit machines")
@pytest.mark.parametrize("name", REQUESTS)
def test_each_call_has_the_kernels_request_code(name: str) -> None:
    assert getattr(calls, name).request == REQUESTS[name]


def test_fields_lie_where_the_kernel_has_them() -> None:
    assert calls.Capability.device_caps.offset == 88
    assert calls.FormatDescription.pixelformat.offset == 44
    assert calls.FrameSize.sides.offset == 12
    assert calls.PixelFormat.bytesperline.offset == 16


def test_a_pixel_format_is_shown_by_its_characters() -> None:
    assert calls.code_of(int.from_bytes(b"MJPG", "little")) == "MJPG"
    assert calls.code_of(int.from_bytes(b"Y8  ", "little")) == "Y8"
    assert calls.code_of(int.from_bytes(b"XR15", "little") | 1 << 31) == "XR15-BE"
