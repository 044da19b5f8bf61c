"""Bundles with one altered file are refused or answer as before, never wrongly.

Half of them keep the old hashes, so they must be refused. Half are hashed again, as a thief of the keys could publish
them, so that the altered file reaches its reader. A bundle that passes the probe is then searched for every print.
`KIOSK_FAULTS=all` alters six hundred; otherwise twelve.
"""

import json
import os
import random
import resource
import shutil
import signal
import warnings
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from mutated_data import alter_json, mutate_bytes

from converter.build import bundle_writer
from device.bundle import dataclass_json, layout
from device.bundle.manifest import Manifest, dump, identify
from device.bundle.reader import opened, read_manifest
from device.errors import KioskError
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.recogniser import Recogniser
from device.store import probe

pytestmark = pytest.mark.slow

IS_WHOLE_RUN = os.environ.get("KIOSK_FAULTS") == "all"
COUNT = 600 if IS_WHOLE_RUN else 12
TIME_S, MEMORY_BYTES = 120, 3 << 30

GOOD = ("refused", "answers as before")

# Reader: the files it reads.
READ_BY = {
    "manifest": (layout.MANIFEST,),
    "records (SQLite)": (layout.RECORDS,),
    "pictures (zip)": (layout.picture_shard(0),),
    "index (Annoy)": (layout.INDEX, layout.PROJECTION, layout.FINGERPRINTS),
    "details (NumPy)": layout.DETAILS,
    "model (TFLite)": (layout.MODEL,),
}


def alter(bundle: Path, name: str, rng: random.Random) -> None:
    """Alter one file of a bundle; the others stay shared with the original."""
    path = bundle / name
    data = path.read_bytes()
    changed = data
    while changed == data:
        changed = mutate_bytes(data, rng)
    path.unlink()
    path.write_bytes(changed)


def alter_manifest(bundle: Path, rng: random.Random, *, is_sealed: bool) -> None:
    """Alter one value of a manifest and, if `is_sealed`, correct its id."""
    path = bundle / layout.MANIFEST
    data = alter_json(json.loads(path.read_text("utf-8")), rng)
    text = json.dumps(data)
    if is_sealed:
        with suppress(ValueError, TypeError, AttributeError):  # no longer a manifest: keep the text
            text = dump(identify(dataclass_json.from_json(Manifest, {"unknown": {}} | data, "x")))
    path.unlink()
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


def seal(bundle: Path) -> None:
    """Rewrite the manifest to match the altered files."""
    manifest = read_manifest(bundle)
    files = bundle_writer.entries(bundle)
    sha256 = next(entry.sha256 for entry in files if entry.path == layout.MODEL)
    sealed = replace(
        manifest,
        files=files,
        model=replace(manifest.model, sha256=sha256),
        index=replace(manifest.index, model_sha256=sha256),
    )
    (bundle / layout.MANIFEST).unlink()
    bundle_writer.write_manifest(identify(sealed), bundle)


def answers(bundle: Path, pictures: dict[str, Pixels]) -> dict[str, str]:
    """Return a bundle's answer to each picture: the verdict and the first match."""
    with opened(bundle) as parts:
        recogniser = Recogniser(parts, threads=1)
        said = {}
        for name, pixels in pictures.items():
            answer = recogniser.recognise(frames.frame(pixels, source=name), count=1)
            first = answer.matches[0].record.record_id if answer.matches else ""
            said[name] = f"{answer.verdict} {first}"
    return said


def outcome(
    bundle: Path, reader: str, seed: int, pictures: dict[str, Pixels], right: dict[str, str]
) -> str:
    """Alter a bundle and return the outcome of the probe and the searches, in this process."""
    rng, is_sealed = random.Random(seed), bool(seed % 2)
    if reader == "manifest":
        alter_manifest(bundle, rng, is_sealed=is_sealed)
    else:
        alter(bundle, rng.choice(READ_BY[reader]), rng)
        if is_sealed:
            seal(bundle)
    fault = probe.find_fault(bundle)
    if fault:
        return "refused" if "\n" not in fault else f"refused in two lines: {fault!r}"
    if not is_sealed:
        return "accepted, although its hash is wrong"
    try:
        found = answers(bundle, pictures)
    except KioskError as error:
        return f"accepted, and then {type(error).__name__}: {error}"
    wrong = {key: said for key, said in found.items() if is_wrong(said, right[key])}
    return f"answers wrongly: {wrong}" if wrong else "answers as before"


def is_wrong(said: str, right: str) -> bool:
    """Return whether an answer names another print; a weaker verdict alone is not wrong."""
    claimed, named = said.split(" ", 1), right.split(" ", 1)
    return claimed[1] != named[1] and claimed[0] in ("same_print", "same_image")


def tried(
    original: Path,
    place: Path,
    reader: str,
    seed: int,
    pictures: dict[str, Pixels],
    right: dict[str, str],
) -> str:
    """Try one alteration in another process, with limited memory and time."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(original, place, copy_function=os.link)
    here, there = os.pipe()
    process = os.fork()
    if not process:
        warnings.simplefilter("ignore")  # NumPy warns of arithmetic with NaN
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(TIME_S)
        try:
            said = outcome(place, reader, seed, pictures, right)
        except Exception as error:  # noqa: BLE001  # any error is an outcome to report
            said = f"{type(error).__name__}: {error}"
        os.write(there, said[:2000].encode("utf-8", "backslashreplace"))
        os._exit(0)
    os.close(there)
    with os.fdopen(here, errors="replace") as pipe:
        said = pipe.read()
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):  # on a kiosk, this would end the probe's process
        return "too slow" if os.WTERMSIG(status) == signal.SIGALRM else "refused"
    return said


@pytest.fixture(scope="module")
def right(small_bundle: Path, print_pictures: dict[str, Pixels]) -> dict[str, str]:
    """The unaltered bundle's answer to each picture."""
    return answers(small_bundle, print_pictures)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("reader", READ_BY)
def test_no_altered_bundle_that_passes_the_probe_answers_wrongly(
    small_bundle: Path,
    print_pictures: dict[str, Pixels],
    right: dict[str, str],
    tmp_path: Path,
    reader: str,
) -> None:
    first = 1000 * list(READ_BY).index(reader)
    said = [
        tried(small_bundle, tmp_path / "b", reader, seed, print_pictures, right)
        for seed in range(first, first + COUNT // len(READ_BY))
    ]
    found = Counter(said)
    bad = {what: count for what, count in found.items() if what not in GOOD}
    print(
        f"FAULTS altered bundles, {reader}: {len(said)}, half hashed again; refused {found['refused']}, "
        f"answer as before {found['answers as before']}, bad {sum(bad.values())}"
    )
    assert not bad
