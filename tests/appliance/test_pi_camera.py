"""The Pi camera with real picamera2 and real libcamera, and the demo's prints.

Stand-ins: libcamera's own virtual camera for the sensor, memory files for shared buffers, and kms++ (see
`tests/standins/virtual_camera/`).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nspawn import REPOSITORY, System, layer
from print_on_table import photograph_on_table

STANDINS = REPOSITORY / "tests/standins/virtual_camera"
IMAGES = REPOSITORY / "demo/collection/images"
PRINTS = ("pg17198-img001", "pg42811-cat046", "pg46800-i_b_123")
PLACE = "/opt/virtual-camera"
FROM_DEBIAN = (
    "python3-libcamera libcamera-ipa libcamera-tools python3-prctl python3-av python3-pil"
    " python3-jsonschema python3-piexif python3-tqdm python3-pip gcc libc6-dev linux-libc-dev"
)
FROM_PYPI = "picamera2>=0.3.30,<0.4 pidng simplejpeg videodev2"
# Fills a field of a frame that libcamera 0.4 leaves unset; without a value picamera2 may take the frame for a failed one.
ENVIRONMENT = (
    f"LD_PRELOAD={PLACE}/dma_heap.so",
    "GLIBC_TUNABLES=glibc.malloc.perturb=255:glibc.malloc.tcache_count=0",
    "PYTHONPATH=/src",
)
CAMERA = f"""%YAML 1.1
---
"Virtual0":
  supported_formats:
  - width: 1280
    height: 960
    frame_rates: [10, 30]
  frames:
    path: "{PLACE}/frames/"
  location: "CameraLocationFront"
  model: "imx708"
"""


@pytest.fixture(scope="module")
def with_camera(trixie: System, layers: Path) -> Iterator[System]:
    """The installed kiosk with libcamera, picamera2 and a camera that shows prints."""
    with layer(trixie, layers / "camera") as system:
        system.run("sh", "-c", f"apt-get install -y -q --no-install-recommends {FROM_DEBIAN}")
        packages = " ".join(f"'{name}'" for name in FROM_PYPI.split())
        system.run("sh", "-c", f"pip install --break-system-packages --no-deps {packages}")
        place = system.root / PLACE.lstrip("/")
        (place / "frames").mkdir(parents=True)
        for number, name in enumerate(PRINTS):
            photograph_on_table(IMAGES / f"{name}.jpg").save(
                place / f"frames/{number}.jpg", quality=92
            )
        kms = system.root / "usr/local/lib/python3.13/dist-packages/pykms.py"
        kms.write_bytes((STANDINS / "pykms.py").read_bytes())
        pipeline = system.root / "usr/share/libcamera/pipeline/virtual"
        pipeline.mkdir(parents=True, exist_ok=True)
        (pipeline / "virtual.yaml").write_text(CAMERA)
        compiler = f"gcc -O2 -fPIC -shared -o {PLACE}/dma_heap.so /src/tests/standins/virtual_camera/dma_heap.c"
        system.run("sh", "-c", compiler)
        yield system


def recognise(system: System, frames: int) -> list[dict[str, Any]]:
    """Return the kiosk's answers for a number of the camera's frames."""
    script = "/src/tests/standins/virtual_camera/virtual_pi.py"
    command = ("/opt/printkiosk/venv/bin/python", script, "/src/demo/bundle", str(frames))
    output = system.run("env", *ENVIRONMENT, *command)
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_libcamera_lists_the_camera(with_camera: System) -> None:
    assert "(Virtual0)" in with_camera.run("env", *ENVIRONMENT, "cam", "-l")


def test_the_kiosk_identifies_each_print_through_the_real_camera_stack(with_camera: System) -> None:
    answers = recognise(with_camera, 24)

    assert {answer["verdict"] for answer in answers} <= {"same_print", "same_image"}
    assert {answer["record"] for answer in answers} == set(PRINTS)
    assert all(answer["size"] == [1280, 960] for answer in answers)


def test_red_and_blue_are_not_swapped(with_camera: System) -> None:
    assert all(answer["red_to_blue"] > 40 for answer in recognise(with_camera, 2))
