"""The kiosk's own Pi camera over real picamera2 and real libcamera; run within a system that has both.

libcamera's virtual camera has no raw stream and wants one buffer a plane: said to picamera2 here, and nothing else is.

    python virtual_pi.py BUNDLE FRAMES

prints one JSON object a frame: its size, and what the recogniser says.
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
    """Give a module as the kiosk asks for it, picamera2 fitted to the virtual camera."""
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
    """Look at frames until the asked for number have been told."""
    bundle_path, count = Path(sys.argv[1]), int(sys.argv[2])
    config = CameraConfig(kind="pi", width=1280, height=960, fps=10)
    with opened(bundle_path) as bundle, PiCamera(config, vendor=vendor) as camera:
        recogniser = Recogniser(bundle, threads=2)
        for _ in range(count):
            begun = time.monotonic()
            frame = camera.read(timeout_s=10.0)
            waited_s = time.monotonic() - begun
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
