"""The desk's command line: each verb does its job, and each mistake is one line and an exit code."""

import csv
import json
from pathlib import Path

import pytest

from converter import cli
from device.bundle import layout

DEMO = Path(__file__).parents[2] / "demo"


def test_check_says_what_a_build_would_make_of_a_collection(
    small_collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", str(small_collection)]) == 0

    said = capsys.readouterr().out
    assert "16" in said
    assert "image_file" in said, "which column was taken for what"


def test_check_names_each_refusal_and_fails(
    small_collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    victim = sorted((small_collection / "images").iterdir())[2]
    victim.write_bytes(b"")

    assert cli.main(["check", str(small_collection)]) == 1
    assert victim.stem in capsys.readouterr().out


def test_inspect_says_what_a_bundle_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", str(DEMO / "bundle")]) == 0

    said = capsys.readouterr().out
    assert "prints      301" in said
    assert "dynamic_int8" in said


def test_diff_says_what_changed_from_one_bundle_to_another(
    small_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diff", str(DEMO / "bundle"), str(small_bundle)]) == 0

    assert "289" in capsys.readouterr().out, "so many prints are in the demo only"


@pytest.mark.tensorflow
@pytest.mark.weights
def test_parity_is_measured_anew_and_written_where_asked(  # type: ignore[no-untyped-def]
    built_bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = built_bundle.options
    command = ["parity", str(options.out), "--collection", str(options.collection)]
    command += ["--out", str(tmp_path / "parity"), "--cache", str(options.cache.root)]

    code = cli.main([*command, "--captures", "8", "--gate", "none"])

    assert code == 0
    assert json.loads((tmp_path / "parity" / layout.PARITY).read_text("utf-8"))["prints"] == 16
    assert "<html" in (tmp_path / "parity" / layout.PARITY_PAGE).read_text("utf-8")


@pytest.mark.tensorflow
@pytest.mark.weights
def test_parity_with_another_collections_pictures_is_refused(  # type: ignore[no-untyped-def]
    built_bundle, small_collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (small_collection / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with (small_collection / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows[:-3])
    command = ["parity", str(built_bundle.options.out), "--collection", str(small_collection)]

    code = cli.main([*command, "--out", str(tmp_path), "--captures", "2"])

    assert code == 1
    (line,) = [
        s for s in capsys.readouterr().err.splitlines() if s.startswith("printkiosk-convert")
    ]
    assert "expected the collection that" in line


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        (["inspect", "nowhere"], "expected a bundle"),
        (["check", "nowhere"], "nowhere"),
        (["diff", "nowhere", "elsewhere"], "expected a bundle"),
        (["build", "nowhere", "--out", "{tmp}/b"], "nowhere"),
    ],
)
def test_what_is_not_there_is_one_line_and_exit_code_1(
    command: list[str], wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([word.replace("{tmp}", str(tmp_path)) for word in command]) == 1

    lines = [s for s in capsys.readouterr().err.splitlines() if s.startswith("printkiosk-convert")]
    assert len(lines) == 1
    assert wanted in lines[0]
    assert not (tmp_path / "b").exists()


TOO_LONG = "x" * 300  # for any file's name


@pytest.mark.parametrize(
    ("command", "advice"),
    [
        (["check", TOO_LONG], "run check again"),
        (["build", str(DEMO / "collection"), "--out", "{tmp}/file/b"], "build again"),
        pytest.param(
            ["parity", str(DEMO / "bundle"), "--out", "{tmp}/file/p", "--cache", "{cache}"],
            "run parity again",
            marks=pytest.mark.weights,
        ),
    ],
)
def test_a_disk_that_refuses_is_one_line_that_says_which_command_to_repeat(
    command: list[str],
    advice: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    (tmp_path / "file").write_bytes(b"no folder")
    words = [word.replace("{tmp}", str(tmp_path)) for word in command]
    if "{cache}" in words:
        words[words.index("{cache}")] = str(request.getfixturevalue("desk_cache").root)

    assert cli.main(words) == 1

    (line,) = [s for s in capsys.readouterr().err.splitlines() if s.startswith("printkiosk-conv")]
    assert "no bundle was changed" in line
    assert advice in line


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["paint"],
        ["build", "somewhere"],
        ["build", "somewhere", "--out", "x", "--max-refused", "lots"],
        ["build", "somewhere", "--out", "x", "--max-refused", "120%"],
        ["parity", "x", "--captures", "0"],
        ["parity", "x", "--gate", "lenient"],
    ],
)
def test_wrong_use_is_exit_code_2(command: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(command)

    assert stopped.value.code == 2
