"""A build, with the real VGG16 through real TensorFlow and real TFLite: what it gives, refuses, keeps and resumes."""

import csv
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

from converter import pipeline
from converter.build import atomic_swap
from converter.errors import BuildError, GateError
from converter.parity import compare
from converter.pipeline import Built, Options
from device.bundle import layout
from device.bundle.reader import opened, verify
from device.imaging import frames
from device.recognition.recogniser import Recogniser

pytestmark = [pytest.mark.tensorflow, pytest.mark.weights]

Rebuild = Callable[..., Built]


def _kept(options: Options, kind: str) -> dict[str, int]:
    """Give the kept results of one kind and when each was written; what is half written may go any moment."""
    whole = (p for p in (options.cache.root / kind).rglob("*") if p.suffix != ".part")
    return {p.name: p.stat().st_mtime_ns for p in whole if p.is_file()}


def test_a_bundle_is_whole_and_each_of_its_prints_finds_itself(built_bundle) -> None:  # type: ignore[no-untyped-def]
    bundle = built_bundle.options.out
    verify(bundle)

    with opened(bundle) as parts:
        recogniser = Recogniser(parts, threads=2)
        for item in range(parts.manifest.items):
            record = parts.records.at(item)
            pixels = frames.load(built_bundle.options.collection / f"images/{record.record_id}.jpg")
            answer = recogniser.recognise(frames.frame(pixels, source="test"))
            assert answer.matches[0].record == record
            assert answer.matches[0].score > 0.98  # of the picture as the frame shows it


def test_the_manifest_says_how_the_bundle_was_made(built_bundle) -> None:  # type: ignore[no-untyped-def]
    manifest = built_bundle.built.manifest

    assert manifest.items == 16
    assert manifest.model.preprocess == "caffe"
    assert manifest.model.weights_sha256.startswith("d9a27cc1fc7f975e")
    assert manifest.index.recall_at_10 >= 0.99
    assert manifest.parity is not None
    assert manifest.parity.clean_cosine_median > 0.998
    assert manifest.languages["title"] == "en"
    assert {e.path for e in manifest.files} >= {layout.PARITY, layout.PARITY_PAGE}


def test_the_same_collection_gives_the_same_bundle_byte_for_byte(
    built_bundle, tmp_path: Path, rebuild: Rebuild  # type: ignore[no-untyped-def]
) -> None:
    again = rebuild(built_bundle.options, out=tmp_path / "again", fits_anew=True)

    assert again.manifest == built_bundle.built.manifest


def test_thresholds_fitted_on_the_same_prints_are_taken_as_they_were_unless_asked_for_anew(
    built_bundle, tmp_path: Path, rebuild: Rebuild, monkeypatch: pytest.MonkeyPatch  # type: ignore[no-untyped-def]
) -> None:
    def refused(*args: object, **options: object) -> None:
        raise BuildError("nothing is fitted twice")

    monkeypatch.setattr(pipeline.thresholds, "observe", refused)

    again = rebuild(built_bundle.options, out=tmp_path / "again")

    assert again.manifest == built_bundle.built.manifest
    with pytest.raises(BuildError, match="nothing is fitted twice"):
        rebuild(built_bundle.options, out=tmp_path / "once more", fits_anew=True)


def test_only_a_changed_picture_is_computed_again(options: Options, rebuild: Rebuild) -> None:
    rebuild(options)
    before = _kept(options, "quantised")
    changed = sorted((options.collection / "images").iterdir())[3]
    frames_before = frames.load(changed)
    changed.write_bytes(frames.to_jpeg(frames_before[::-1].copy(), side=640))

    rebuild(options)
    after = _kept(options, "quantised")

    assert all(after[name] == written for name, written in before.items())
    # The picture itself, and its simulated captures: nothing of the other fifteen.
    assert 1 <= len(after) - len(before) <= 1 + 2 + 9 * 2


def test_a_print_taken_away_is_gone_and_the_bundle_before_is_kept(
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
    assert verify(atomic_swap.previous_of(options.out)) == first.manifest
    with opened(options.out) as bundle:
        assert lines[-1][0] not in {bundle.records.at(i).record_id for i in range(15)}


def test_parity_below_the_marks_publishes_nothing_and_keeps_the_old_bundle(
    options: Options, rebuild: Rebuild
) -> None:
    first = rebuild(options)

    with pytest.raises(GateError, match=r"clean_cosine_median.*1\.1.*the old bundle stays"):
        rebuild(options, minimums=compare.GateMinimums(clean_cosine_median=1.1))

    assert verify(options.out) == first.manifest
    failed = options.out.with_name("bundle.parity-failed.html")
    assert "<html" in failed.read_text("utf-8"), "the page says why"


def test_a_picture_cut_short_is_refused_by_name_and_the_build_fails_past_the_limit(
    options: Options, rebuild: Rebuild
) -> None:
    victim = sorted((options.collection / "images").iterdir())[0]
    victim.write_bytes(victim.read_bytes()[:3000])

    with pytest.raises(BuildError, match=rf"1 .*{victim.stem}.*--max-refused") as raised:
        rebuild(options)
    assert "\n" not in str(raised.value)
    assert not options.out.exists()

    built = rebuild(options, most_refused=0.1)
    assert [r.record_id for r in built.refusals] == [victim.stem]
    assert built.manifest.items == 15


def test_a_record_whose_picture_may_not_be_shown_is_found_without_it(
    options: Options, rebuild: Rebuild
) -> None:
    settings = options.collection / "collection.toml"
    settings.write_text(
        settings.read_text("utf-8") + '\n[rights]\nhide_pictures = ["*"]\n', "utf-8"
    )

    rebuild(options)

    with opened(options.out) as bundle:
        record = bundle.records.at(0)
        assert not record.show_picture
        pixels = frames.load(options.collection / f"images/{record.record_id}.jpg")
        answer = Recogniser(bundle, threads=2).recognise(frames.frame(pixels, source="test"))
        assert answer.matches[0].record.record_id == record.record_id


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


def test_a_build_that_was_killed_goes_on_and_never_harmed_the_old_bundle(
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
    while process.poll() is None and len(_kept(fresh, "quantised")) < 5:
        pass
    process.kill()
    process.wait()
    done = _kept(fresh, "quantised")

    assert verify(options.out) == first.manifest
    assert rebuild(fresh).manifest == first.manifest
    after = _kept(fresh, "quantised")
    assert done
    assert all(after[name] == when for name, when in done.items())


def test_a_full_disk_is_one_line_and_the_old_bundle_stays(
    options: Options, rebuild: Rebuild
) -> None:
    """A limit on the size of any file stands in for a disk that fills up while the model is written."""
    first = rebuild(options)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = _build_in_a_process(options, preexec_fn=limit)

    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("printkiosk-convert:")]
    assert len(lines) == 1
    assert "Traceback" not in done.stderr
    assert verify(options.out) == first.manifest
    assert not atomic_swap.building_of(options.out).exists()


def test_a_second_build_into_the_same_place_is_refused_in_one_line(options: Options) -> None:
    with atomic_swap.claimed(options.out):
        done = _build_in_a_process(options)

    assert done.returncode == 1
    assert "another build is writing here" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_parity_report_opens_in_other_tools(built_bundle) -> None:  # type: ignore[no-untyped-def]
    data = json.loads((built_bundle.options.out / layout.PARITY).read_text("utf-8"))

    assert data["prints"] == 16
    assert pipeline.DEFAULT_VARIANT in json.dumps(data)
