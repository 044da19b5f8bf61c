"""The kiosk's own Pi camera on real picamera2 and real libcamera.

libcamera's virtual camera has no raw stream and needs one buffer for each plane: picamera2 is adapted to that and no
more.

    python virtual_pi.py BUNDLE FRAMES

prints one JSON object for each frame: its size, and the recogniser's answer.
"""

import importlib
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from device.bundle.reader import opened
from device.cameras.pi import PiCamera
from device.config import CameraConfig
from device.recognition.recogniser import Recogniser


def vendor(name: str) -> Any:
    """Return a module by name; picamera2 is adapted to the virtual camera."""
    module = importlib.import_module(name)
    if name != "picamera2":
        return module
    allocators = importlib.import_module("picamera2.allocators")

    class VirtualPicamera2(module.Picamera2):  # type: ignore[misc,name-defined]
        def __init__(self, number: int) -> None:
            super().__init__(number, allocator=allocators.LibcameraAllocator(None))
            self.allocator.camera = self.camera

        def _get_raw_modes(self) -> list[dict[str, Any]]:
            return [{"format": "NV12", "size": (1280, 960)}]

    return SimpleNamespace(Picamera2=VirtualPicamera2)


def main() -> None:
    """Recognise and print the requested number of frames."""
    bundle_path, count = Path(sys.argv[1]), int(sys.argv[2])
    config = CameraConfig(kind="pi", width=1280, height=960, fps=10)
    with opened(bundle_path) as bundle, PiCamera(config, vendor=vendor) as camera:
        recogniser = Recogniser(bundle, threads=2)
        for _ in range(count):
            started_s = time.monotonic()
            frame = camera.read(timeout_s=10.0)
            waited_s = time.monotonic() - started_s
            answer = recogniser.recognise(frame)
            best = answer.matches[0].record.record_id if answer.matches else None
            height, width, _ = frame.pixels.shape
            print(
                json.dumps(
                    {
                        "size": [width, height],
                        "verdict": str(answer.verdict),
                        "record": best,
                        "red_to_blue": float(
                            frame.pixels[..., 0].mean() - frame.pixels[..., 2].mean()
                        ),
                        "waited_s": waited_s,
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
