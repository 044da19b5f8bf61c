"""Started by `bench.starting` in a process of its own: opens the service and says when it looked at its first frame."""

import sys
import time

# Of all processes alike, so the starter's clock and this one's agree (CLOCK_MONOTONIC).
BEGAN_S = time.monotonic()


def main(bundle: str, threads: int) -> None:
    """Print two monotonic times: everything imported, and looking (bundle open, camera giving frames)."""
    from pathlib import Path

    from device.config import CameraConfig, Config, RecognitionConfig
    from device.service import open_kiosk
    from device.service.state import Phase

    imported_s = time.monotonic()
    config = Config(
        bundle=Path(bundle),
        camera=CameraConfig(kind="replay"),
        recognition=RecognitionConfig(threads=threads),
    )
    with open_kiosk(config, {}) as service:
        revision = 0
        while True:
            snapshot = service.snapshot(revision, 10.0)
            revision = snapshot.revision
            if snapshot.state.camera_ready and snapshot.state.phase is not Phase.STARTING:
                break
        print(BEGAN_S, imported_s, time.monotonic(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
