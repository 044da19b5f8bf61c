"""LiteRT and tflite-runtime, which a 32-bit Pi needs, compute the same fingerprints.

tflite-runtime needs a numpy below 2, so it gets an environment of its own.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import normalise

ROOT = Path(__file__).parents[4]

_FINGERPRINTS = """
import sys
from pathlib import Path
import numpy as np
from device.recognition.embedding.fingerprint import Fingerprinter
model, inputs, out = sys.argv[1:]
fingerprint = Fingerprinter(Path(model), "m", threads=2, runtime="tflite_runtime.interpreter")
np.save(out, np.stack([fingerprint(pixels).vector for pixels in np.load(inputs)]))
"""


@pytest.fixture(scope="session")
def old_runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with tflite-runtime 2.14 and numpy 1."""
    if sys.version_info >= (3, 12):
        pytest.skip("tflite-runtime 2.14 has no wheel for Python 3.12 or newer")
    folder = tmp_path_factory.mktemp("old-runtime")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin/python"
    wanted = ["tflite-runtime==2.14.0", "numpy<2", "pillow"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


@pytest.mark.runtime
def test_both_runtimes_give_the_same_fingerprints(
    old_runtime: Path, model_file: Path, print_pictures: dict[str, Pixels], tmp_path: Path
) -> None:
    inputs = np.stack([preprocess.to_input(pixels) for pixels in print_pictures.values()])
    np.save(tmp_path / "inputs.npy", inputs)
    ours = Fingerprinter(model_file, "m", threads=2, runtime="ai_edge_litert.interpreter")
    new = normalise(np.stack([ours(pixels).vector for pixels in inputs]))

    command = [old_runtime, "-c", _FINGERPRINTS, model_file, tmp_path / "inputs.npy"]
    subprocess.run([*command, tmp_path / "old.npy"], check=True, cwd=ROOT)
    old = normalise(np.load(tmp_path / "old.npy"))

    assert (old * new).sum(axis=1).min() >= 0.999
