"""What a kiosk says of the pictures in a folder, with the fingerprint of each: run on two kinds of processor and compared.

    python ten_prints.py BUNDLE FOLDER

prints one JSON object a picture.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from device.bundle import layout
from device.bundle.opened import opened, sha256_of
from device.recognition import frames, preprocess
from device.recognition.fingerprint import Fingerprinter
from device.recognition.recogniser import Recogniser


def looked_at(bundle_path: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """Give the answer to each picture, by name, everything on."""
    model = bundle_path / layout.MODEL
    fingerprinter = Fingerprinter(model, sha256_of(model), threads=2)
    with opened(bundle_path) as bundle:
        recogniser = Recogniser(bundle, threads=2)
        for path in sorted(folder.iterdir()):
            pixels = frames.load(path, side=frames.UPLOAD_SIDE)
            answer = recogniser.recognise(frames.frame(pixels, source=path.name))
            yield {
                "picture": path.name,
                "verdict": str(answer.verdict),
                "record": answer.matches[0].record.record_id if answer.matches else None,
                "fingerprint": fingerprinter(preprocess.to_input(pixels)).vector.tolist(),
            }


if __name__ == "__main__":
    for line in looked_at(Path(sys.argv[1]), Path(sys.argv[2])):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
