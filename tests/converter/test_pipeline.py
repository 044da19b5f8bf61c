"""Builds with the real VGG16: results, refusals, caches and resumption."""

import csv
import io
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from converter import pipeline
from converter.build import atomic_swap
from converter.errors import BuildError, GateError
from converter.parity import compare
from converter.pipeline import BuildResult, Options
from device.bundle import layout
from device.bundle.reader import opened, verify
from device.imaging import decoding, encoding, frames
from device.recognition.recogniser import Recogniser
from device.recognition.verdict import Verdict

pytestmark = [pytest.mark.tensorflow, pytest.mark.weights]

Rebuild = Callable[..., BuildResult]


def _cached(options: Options, kind: str) -> dict[str, int]:
    """Return the write time of each cached result of one kind, without partly written files."""
    whole = (p for p in (options.cache.root / kind).rglob("*") if p.suffix != ".part")
    return {p.name: p.stat().st_mtime_ns for p in whole if p.is_file()}


def test_a_built_bundle_verifies_and_each_print_finds_itself(built_bundle) -> None:  # type: ignore[no-untyped-def]
    bundle = built_bundle.options.out
    verify(bundle)

    scores = []
    with opened(bundle) as parts:
        recogniser = Recogniser(parts, threads=2)
        for item in range(parts.manifest.items):
            record = parts.records.at(item)
            pixels = decoding.load(
                built_bundle.options.collection / f"images/{record.record_id}.jpg"
            )
            answer = recogniser.recognise(frames.frame(pixels, source="test"))
            assert answer.matches[0].record == record
            scores.append(answer.matches[0].score)
    # One picture in the demo shows an edge of its own, at which it is cut before it is fingerprinted.
    assert sum(score > 0.98 for score in scores) >= len(scores) - 1
    assert min(scores) > 0.95


def test_the_manifest_records_how_the_bundle_was_made(built_bundle) -> None:  # type: ignore[no-untyped-def]
    manifest = built_bundle.built.manifest

    assert manifest.items == 16
    assert manifest.model.preprocess == "caffe"
    assert manifest.model.weights_sha256.startswith("d9a27cc1fc7f975e")
    assert manifest.index.recall_at_10 >= 0.99
    assert manifest.parity is not None
    assert manifest.parity.clean_cosine_median > 0.998
    assert manifest.languages["title"] == "en"
    assert {e.path for e in manifest.files} >= {layout.PARITY, layout.PARITY_PAGE}


def test_the_same_collection_makes_the_same_bundle_byte_for_byte(
    built_bundle, tmp_path: Path, rebuild: Rebuild  # type: ignore[no-untyped-def]
) -> None:
    again = rebuild(built_bundle.options, out=tmp_path / "again", refits_thresholds=True)

    assert again.manifest == built_bundle.built.manifest


def test_cached_thresholds_of_the_same_prints_are_used_unless_a_refit_is_requested(
    built_bundle, tmp_path: Path, rebuild: Rebuild, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise BuildError("fitted again")

    monkeypatch.setattr(pipeline.thresholds, "observe", fail)

    again = rebuild(built_bundle.options, out=tmp_path / "again")

    assert again.manifest == built_bundle.built.manifest
    with pytest.raises(BuildError, match="fitted again"):
        rebuild(built_bundle.options, out=tmp_path / "refitted", refits_thresholds=True)


def test_only_a_changed_picture_is_computed_again(options: Options, rebuild: Rebuild) -> None:
    rebuild(options)
    before = _cached(options, "quantised")
    changed = sorted((options.collection / "images").iterdir())[3]
    frames_before = decoding.load(changed)
    changed.write_bytes(encoding.to_jpeg(frames_before[::-1].copy(), side=640))

    rebuild(options)
    after = _cached(options, "quantised")

    assert all(after[name] == written for name, written in before.items())
    # Only the picture itself and its simulated captures, none of the other fifteen prints.
    assert 1 <= len(after) - len(before) <= 1 + 2 + 9 * 2


def test_a_removed_print_is_gone_and_the_previous_bundle_is_kept(
    options: Options, rebuild: Rebuild
) -> None:
    first = rebuild(options)
    metadata = options.collection / "metadata.csv"
    with metadata.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    with metadata.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines[:-1])

    second = rebuild(options)

    assert second.manifest.items == first.manifest.items - 1
    assert verify(atomic_swap.previous_folder_of(options.out)) == first.manifest
    with opened(options.out) as bundle:
        assert lines[-1][0] not in {bundle.records.at(i).record_id for i in range(15)}


def test_parity_below_the_gate_keeps_the_old_bundle(options: Options, rebuild: Rebuild) -> None:
    first = rebuild(options)

    with pytest.raises(GateError, match=r"clean_cosine_median.*1\.1.*the old bundle stays"):
        rebuild(options, minimums=compare.GateMinimums(clean_cosine_median=1.1))

    assert verify(options.out) == first.manifest
    failed = options.out.with_name("bundle.parity-failed.html")
    assert "<html" in failed.read_text("utf-8"), "the page shows the reason"


def test_a_truncated_picture_is_refused_and_the_build_fails_above_the_limit(
    options: Options, rebuild: Rebuild
) -> None:
    damaged_picture = sorted((options.collection / "images").iterdir())[0]
    damaged_picture.write_bytes(damaged_picture.read_bytes()[:3000])

    with pytest.raises(BuildError, match=rf"1 .*{damaged_picture.stem}.*--max-refused") as raised:
        rebuild(options)
    assert "\n" not in str(raised.value)
    assert not options.out.exists()

    built = rebuild(options, max_refused_share=0.1)
    assert [r.record_id for r in built.refusals] == [damaged_picture.stem]
    assert built.manifest.items == 15


def test_what_a_check_knows_stops_a_build_before_anything_is_computed(
    options: Options, rebuild: Rebuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **others: object) -> None:
        raise AssertionError("the weights were looked for")

    monkeypatch.setattr(pipeline.weights, "find", fail)
    sorted((options.collection / "images").iterdir())[0].unlink()

    with pytest.raises(BuildError, match=r"1 × expected a picture file.*--max-refused") as raised:
        rebuild(options)

    assert "\n" not in str(raised.value)
    report = pipeline.import_report_folder_of(options.out) / "report.html"
    assert "A build stops until" in report.read_text("utf-8")


def test_a_record_whose_picture_may_not_be_shown_is_still_found(
    options: Options, rebuild: Rebuild
) -> None:
    settings = options.collection / "collection.toml"
    hidden = settings.read_text("utf-8").replace("[rights]", '[rights]\nhide_pictures = ["*"]')
    settings.write_text(hidden, "utf-8")

    rebuild(options)

    with opened(options.out) as bundle:
        record = bundle.records.at(0)
        assert not record.show_picture
        pixels = decoding.load(options.collection / f"images/{record.record_id}.jpg")
        answer = Recogniser(bundle, threads=2).recognise(frames.frame(pixels, source="test"))
        assert answer.matches[0].record.record_id == record.record_id


def _give_pictures_of_others(options: Options) -> list[dict[str, str]]:
    """Move the pictures of the last two records to the first, as its further pictures."""
    path = options.collection / "metadata.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first, *kept, verso, detail = rows
    names = "|".join(row["image_file"] for row in (first, verso, detail))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([first | {"image_file": names}, *kept])
    return rows


def test_a_record_with_several_pictures_is_found_by_each_of_them(
    options: Options, rebuild: Rebuild
) -> None:
    rows = _give_pictures_of_others(options)

    manifest = rebuild(options).manifest

    verify(options.out)
    assert (manifest.items, manifest.index.items) == (14, 16)
    assert manifest.parts["pictures"] == 1
    with opened(options.out) as bundle:
        recogniser = Recogniser(bundle, threads=2)
        for position, row in ((0, rows[0]), (1, rows[-2]), (2, rows[-1])):
            pixels = decoding.load(options.collection / row["image_file"])
            answer = recogniser.recognise(frames.frame(pixels, source="test"))
            assert answer.verdict is Verdict.SAME_PRINT
            found = answer.matches[0]
            assert (found.record.record_id, found.position) == (rows[0]["record_id"], position)
            ids = [match.record.record_id for match in answer.matches]
            assert len(ids) == len(set(ids)) == 10
            shown = bundle.pictures.get(rows[0]["record_id"], "screen", position)
            assert decoding.decode(shown, name="").shape[:2] == _scaled(pixels.shape)


def _scaled(shape: tuple[int, ...], side: int = 1080) -> tuple[int, int]:
    scale = min(1.0, side / max(shape))
    return round(shape[0] * scale), round(shape[1] * scale)


def test_a_further_picture_that_cannot_be_decoded_is_left_out_with_a_note(
    options: Options, rebuild: Rebuild
) -> None:
    rows = _give_pictures_of_others(options)
    damaged = options.collection / rows[-2]["image_file"]
    buffer = io.BytesIO()
    Image.open(damaged).save(buffer, "PNG")
    png = bytearray(buffer.getvalue())
    png[len(png) // 2] ^= 0xFF
    damaged.write_bytes(png)

    built = rebuild(options)

    assert built.manifest.index.items == 15
    assert any(f"further picture {damaged.name} is left out" in note for note in built.notes)
    assert not built.refusals


_BUILD = "import sys; from converter.cli import main; sys.exit(main(sys.argv[1:]))"


def _build_in_a_process(options: Options, **limits: object) -> "subprocess.CompletedProcess[str]":
    command = ["build", str(options.collection), "--out", str(options.out), "--gate", "none"]
    command += ["--cache", str(options.cache.root), "--threads", "2"]
    return subprocess.run(
        [sys.executable, "-c", _BUILD, *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        **limits,  # type: ignore[call-overload]
    )


def test_a_killed_build_leaves_the_old_bundle_intact_and_can_be_resumed(
    options: Options, rebuild: Rebuild, tmp_path: Path
) -> None:
    first = rebuild(options)
    fresh = replace(options, cache=replace(options.cache, root=tmp_path / "cache"))
    shutil.copytree(options.cache.root, fresh.cache.root, symlinks=True)
    shutil.rmtree(fresh.cache.root / "quantised")
    command = ["build", str(fresh.collection), "--out", str(fresh.out), "--gate", "none"]
    process = subprocess.Popen(
        [sys.executable, "-c", _BUILD, *command, "--cache", str(fresh.cache.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    while process.poll() is None and len(_cached(fresh, "quantised")) < 5:
        pass
    process.kill()
    process.wait()
    done = _cached(fresh, "quantised")

    assert verify(options.out) == first.manifest
    assert rebuild(fresh).manifest == first.manifest
    after = _cached(fresh, "quantised")
    assert done
    assert all(after[name] == when for name, when in done.items())


def test_a_full_disk_is_reported_in_one_line_and_the_old_bundle_stays(
    options: Options, rebuild: Rebuild
) -> None:
    """A limit on file size simulates a disk that fills up while the model is written."""
    first = rebuild(options)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = _build_in_a_process(options, preexec_fn=limit)

    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("printkiosk-convert:")]
    assert len(lines) == 1
    assert "Traceback" not in done.stderr
    assert verify(options.out) == first.manifest
    assert not atomic_swap.build_folder_of(options.out).exists()


def test_a_second_build_into_the_same_place_is_refused_in_one_line(options: Options) -> None:
    with atomic_swap.locked(options.out):
        done = _build_in_a_process(options)

    assert done.returncode == 1
    assert "another build is writing here" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_parity_report_is_valid_json(built_bundle) -> None:  # type: ignore[no-untyped-def]
    data = json.loads((built_bundle.options.out / layout.PARITY).read_text("utf-8"))

    assert data["prints"] == 16
    assert pipeline.DEFAULT_VARIANT in json.dumps(data)
