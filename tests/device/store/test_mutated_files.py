"""Mutated files of a bundle are refused or harmless to their readers.

A mutated file with its old hash is refused by the hash. With a new hash, as a thief of the keys could sign it, the
file reaches its reader. So each reader is tried with files mutated at random, in another process with limited memory
and time, like the probe. `KIOSK_FAULTS=all` tries a hundred thousand; otherwise a few hundred.
"""

import json
import os
import random
import resource
import shutil
import signal
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from mutated_data import alter_json, mutate_bytes

from device.bundle import dataclass_json, layout
from device.bundle import notices as notices_format
from device.bundle.filters import Filters
from device.bundle.manifest import Manifest, dump, identify, parse
from device.bundle.notices import Notices
from device.bundle.pictures import Pictures
from device.bundle.reader import read_manifest
from device.bundle.records import Records
from device.errors import KioskError
from device.imaging.frames import Pixels
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import FingerprintIndex
from device.recognition.embedding.preprocess import to_input
from device.recognition.local.match import FeatureMatcher
from device.store import probe

pytestmark = pytest.mark.slow

IS_WHOLE_RUN = os.environ.get("KIOSK_FAULTS") == "all"
SHARE = 1.0 if IS_WHOLE_RUN else 0.004
BATCH, TIME_S, MEMORY_BYTES = 250, 60, 3 << 30

Try = Callable[[random.Random, Path], None]


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of a bundle's file, and how it is tried.

    Attributes:
        attempt: Mutates a file and reads it.
        count: Number of mutations in a full run.
        is_ours: Whether the reader is our own code only, so that it must raise only our errors.
    """

    name: str
    attempt: Try
    count: int
    is_ours: bool


@pytest.fixture(scope="module")
def readers(
    small_bundle: Path, print_pictures: dict[str, Pixels], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Reader, ...]:
    """The readers of all files of a bundle."""
    manifest = read_manifest(small_bundle)
    picture = next(iter(print_pictures.values()))
    text = dump(manifest)
    notices = Notices().with_withdrawn("a", "2026-11-23").with_amended("b", {"title": "T"})
    whole = tmp_path_factory.mktemp("whole") / "bundle"
    shutil.copytree(small_bundle, whole)
    sought = Fingerprinter(small_bundle / layout.MODEL, manifest.model.sha256, threads=1)(
        to_input(picture)
    )

    def with_file(rng: random.Random, place: Path, *names: str) -> Path:
        """Write these files, with one of them mutated, and return the bundle's folder."""
        name = rng.choice(names)
        for path in names:
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            data = (small_bundle / path).read_bytes()
            target.write_bytes(mutate_bytes(data, rng) if path == name else data)
        return place

    def try_manifest(rng: random.Random, place: Path) -> None:
        if rng.random() < 0.5:
            data = mutate_bytes(text.encode(), rng)
            if data != text.encode():
                parse(data, "mutated")
                raise AssertionError("a manifest with a wrong id was accepted")
            return
        data = json.dumps(alter_json(json.loads(text), rng)).encode("utf-8", "surrogatepass")
        parsed = parse(data, "mutated")
        raise AssertionError(f"accepted: {parsed.bundle_id}")

    def try_resealed_manifest(rng: random.Random, place: Path) -> None:
        data = alter_json(json.loads(text), rng)
        try:
            sealed = identify(dataclass_json.from_json(Manifest, {"unknown": {}} | data, "x"))
            raw = dump(sealed).encode()
        except (ValueError, TypeError, AttributeError):
            raw = json.dumps(data).encode("utf-8", "surrogatepass")
        parse(raw, "mutated")

    def try_notices(rng: random.Random, place: Path) -> None:
        original = notices_format.dump(notices)
        if rng.random() < 0.5:
            notices_format.parse(mutate_bytes(original.encode(), rng), "mutated")
        else:
            data = json.dumps(alter_json(json.loads(original), rng))
            notices_format.parse(data.encode("utf-8", "surrogatepass"), "mutated")

    def try_records(rng: random.Random, place: Path) -> None:
        path = with_file(rng, place, layout.RECORDS) / layout.RECORDS
        records = Records(path, notices if rng.random() < 0.5 else None)
        try:
            records.has_rows(manifest.items)
            records.options(Filters(words="the", year_from=1500))
            for item in records.items_passing(Filters())[:20]:
                records.get(records.at(item).record_id)
            records.fault()
        finally:
            records.close()

    def try_pictures(rng: random.Random, place: Path) -> None:
        pictures = Pictures(with_file(rng, place, layout.picture_shard(0)), shards=1)
        try:
            for record_id in print_pictures:
                pictures.get(record_id, "thumb")
        finally:
            pictures.close()

    def try_index(rng: random.Random, place: Path) -> None:
        names = (layout.INDEX, layout.PROJECTION, layout.FINGERPRINTS)
        index = FingerprintIndex(with_file(rng, place, *names), manifest.index)
        index.nearest(replace(sought), 5)

    def try_details(rng: random.Random, place: Path) -> None:
        matcher = FeatureMatcher(with_file(rng, place, *layout.DETAILS), manifest.items)
        matcher.match(picture[:400, :400], excluded=(), enough=12)

    def try_model(rng: random.Random, place: Path) -> None:
        path = with_file(rng, place, layout.MODEL) / layout.MODEL
        Fingerprinter(path, manifest.model.sha256, threads=1)(to_input(picture))

    return (
        Reader("manifest", try_manifest, 40_000, True),
        Reader("manifest, hashed again", try_resealed_manifest, 20_000, True),
        Reader("notices", try_notices, 20_000, True),
        Reader("records (SQLite)", try_records, 12_000, True),
        Reader("pictures (zip)", try_pictures, 6_000, True),
        Reader("index (Annoy)", try_index, 1_800, False),
        Reader("details (NumPy)", try_details, 600, False),
        Reader("model (TFLite)", try_model, 150, False),
    )


def outcome_of(reader: Reader, seed: int, place: Path) -> str:
    """Try one mutation in this process and return the outcome."""
    try:
        reader.attempt(random.Random(seed), place)
    except KioskError as error:
        return "refused" if "\n" not in str(error) else f"refused in two lines: {error!r}"
    except Exception as error:  # noqa: BLE001  # any error is an outcome to count
        return f"{type(error).__name__}: {str(error)[:80]}"
    return "read"


def is_contained(outcome: str) -> bool:
    """Return whether the probe would refuse a bundle with this outcome."""
    kinds = {kind.__name__ for kind in probe.EXPECTED_ERRORS} | {"UnicodeDecodeError", "IndexError"}
    return outcome.startswith("ended by") or outcome.split(":")[0] in kinds


def batch(reader: Reader, seeds: range, place: Path) -> list[str]:
    """Try mutations in another process with limited memory and time, restarted after a crash."""
    outcomes: list[str] = []
    while len(outcomes) < len(seeds):
        here, there = os.pipe()
        process = os.fork()
        if not process:
            warnings.simplefilter("ignore")  # NumPy warns of arithmetic with NaN
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            with os.fdopen(there, "w") as pipe:
                for seed in seeds[len(outcomes) :]:
                    signal.alarm(TIME_S)
                    pipe.write(json.dumps(outcome_of(reader, seed, place)) + "\n")
                    pipe.flush()
                os._exit(0)
        os.close(there)
        with os.fdopen(here) as pipe:
            outcomes += [json.loads(line) for line in pipe]
        _, status = os.waitpid(process, 0)
        if status:
            ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            outcomes.append("too slow" if ended == signal.SIGALRM else f"ended by {ended}")
    return outcomes


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_no_mutation_harms_a_reader(readers: tuple[Reader, ...], tmp_path: Path) -> None:
    harmed = []
    for reader in readers:
        wanted = max(int(reader.count * SHARE), 8)
        found: Counter[str] = Counter()
        for begin in range(0, wanted, BATCH):
            found.update(batch(reader, range(begin, min(begin + BATCH, wanted)), tmp_path / "b"))
        usual = found["refused"] + found["read"]
        others = {what: count for what, count in found.items() if what not in ("refused", "read")}
        print(
            f"FAULTS mutations, {reader.name}: {wanted}, refused {found['refused']}, read {found['read']}, "
            f"other {wanted - usual} {dict(Counter(others).most_common(6))}"
        )
        if others and (reader.is_ours or not all(is_contained(what) for what in others)):
            harmed.append((reader.name, others))
        assert not found["too slow"], reader.name
    assert not harmed
