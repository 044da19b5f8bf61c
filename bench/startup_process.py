"""Opens the service and prints when it watched its first frame, for `bench.startup_time`."""

import sys
import time

# CLOCK_MONOTONIC is the same in all processes, so this time can be compared with the parent's.
STARTED_S = time.monotonic()


def main(bundle: str, threads: int) -> None:
    """Print the monotonic times of process start, end of imports, and first watched frame."""
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
        print(STARTED_S, imported_s, time.monotonic(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
