"""Answers for prints on a table, to compare two kinds of processor.

    python recognise_prints.py BUNDLE FOLDER

prints one JSON object for each print: the answer, and the fingerprint of its picture. `NN.png` is a camera's view of
the print, and `NN.jpg` the picture that the index was built from.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from device.bundle import layout
from device.bundle.reader import opened, sha256_of
from device.imaging import decoding, frames
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.recogniser import Recogniser


def recognise_all(bundle_path: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the answer to each view, by name, with the fingerprint of its picture."""
    model = bundle_path / layout.MODEL
    fingerprinter = Fingerprinter(model, sha256_of(model), threads=2)
    with opened(bundle_path) as bundle:
        recogniser = Recogniser(bundle, threads=2)
        for path in sorted(folder.glob("*.png")):
            view = decoding.load(path, side=decoding.UPLOAD_SIDE)
            answer = recogniser.recognise(frames.frame(view, source=path.name))
            picture = decoding.load(path.with_suffix(".jpg"), side=decoding.UPLOAD_SIDE)
            yield {
                "picture": path.name,
                "verdict": str(answer.verdict),
                "record": answer.matches[0].record.record_id if answer.matches else None,
                "fingerprint": fingerprinter(preprocess.to_input(picture)).vector.tolist(),
            }


if __name__ == "__main__":
    for line in recognise_all(Path(sys.argv[1]), Path(sys.argv[2])):
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
