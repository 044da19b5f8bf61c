"""The converter's command line: results, one-line errors and exit codes."""

import csv
import json
from pathlib import Path

import iiif_server
import pytest

from converter import cli
from device.bundle import layout

DEMO = Path(__file__).parents[2] / "demo"


def test_check_reports_what_a_build_would_use_of_a_collection(
    small_collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", str(small_collection)]) == 0

    output = capsys.readouterr().out
    assert "16" in output
    assert "image_file" in output, "the mapped columns"


def test_check_lists_each_refusal_and_fails(
    small_collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged_picture = sorted((small_collection / "images").iterdir())[2]
    damaged_picture.write_bytes(b"")

    assert cli.main(["check", str(small_collection)]) == 1
    assert damaged_picture.stem in capsys.readouterr().out


def test_check_writes_a_report_when_asked(
    small_collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out" / "import"

    assert cli.main(["check", str(small_collection), "--report", str(folder)]) == 0

    assert str(folder / "report.html") in capsys.readouterr().out
    assert "Nothing stops a build." in (folder / "report.html").read_text("utf-8")


def test_check_fails_where_a_build_would_stop(
    small_collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = small_collection / "metadata.csv"
    first, *others = table.read_text("utf-8").splitlines()
    rows = [f"{first},copyright", *(f"{row},All rights reserved" for row in others)]
    table.write_text("\n".join(rows), "utf-8")

    assert cli.main(["check", str(small_collection)]) == 1
    assert "build would stop:" in capsys.readouterr().out


def test_start_writes_a_column_map_once(
    small_collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small_collection / "collection.toml").unlink(missing_ok=True)

    assert cli.main(["start", str(small_collection)]) == 0
    assert "next: printkiosk-convert check" in capsys.readouterr().out
    assert cli.main(["check", str(small_collection)]) == 0

    assert cli.main(["start", str(small_collection)]) == 1
    assert "--force" in capsys.readouterr().err
    assert cli.main(["start", "--force", str(small_collection)]) == 0


def test_inspect_describes_a_bundle(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", str(DEMO / "bundle")]) == 0

    output = capsys.readouterr().out
    assert "prints      170" in output
    assert "dynamic_int8" in output


def test_diff_describes_the_changes_between_two_bundles(
    small_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diff", str(DEMO / "bundle"), str(small_bundle)]) == 0

    assert "158" in capsys.readouterr().out, "number of prints that only the demo has"


@pytest.mark.tensorflow
@pytest.mark.weights
def test_parity_is_measured_again_and_written_to_the_given_folder(  # type: ignore[no-untyped-def]
    built_bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = built_bundle.options
    command = ["parity", str(options.out), "--captures", "8", "--gate", "none"]
    command += ["--out", str(tmp_path / "parity"), "--cache", str(options.cache.root)]

    with iiif_server.running() as server:
        server.folder = options.collection
        source = [f"{server.address}/metadata.csv", "--allow-private"]
        columns = str(options.collection / "collection.toml")
        code = cli.main([*command, "--collection", *source, "--columns", columns])

    assert code == 0
    assert "/metadata.csv" in server.asked
    assert json.loads((tmp_path / "parity" / layout.PARITY).read_text("utf-8"))["prints"] == 16
    assert "<html" in (tmp_path / "parity" / layout.PARITY_PAGE).read_text("utf-8")


@pytest.mark.tensorflow
@pytest.mark.weights
def test_parity_with_the_pictures_of_another_collection_is_refused(  # type: ignore[no-untyped-def]
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
def test_a_missing_input_is_one_line_and_exit_code_1(
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
def test_a_disk_error_is_one_line_that_names_the_command_to_repeat(
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
