"""`printkiosk-device` prints documented lines, exits with 0, 1 or 2, without a traceback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from converter.ingest.collection import Item
from device import __version__
from device.bundle.reader import read_manifest
from device.imaging import decoding
from device.staff import pin

KEYS = [
    "image",
    "bundle",
    "verdict",
    "matches",
    "sheet",
    "turn_deg",
    "mirrored",
    "hint",
    "timings_ms",
    "confidence",
]


@pytest.fixture
def pictures(tmp_path: Path, small_items: tuple[Item, ...]) -> Path:
    """A folder with two prints, one of them in a folder of its own, and a text file."""
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    shutil.copyfile(small_items[0].image, folder / "a.jpg")
    shutil.copyfile(small_items[1].image, folder / "more/b.JPG")
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.mark.slow
def test_identify_prints_one_json_object_a_line(
    run: Any, small_bundle: Path, pictures: Path, small_items: tuple[Item, ...]
) -> None:
    done = run("identify", "--bundle", small_bundle, "--top", 3, "--json", pictures)

    assert done.code == 0
    assert done.err == ""
    assert [line["image"] for line in done.lines] == [
        str(pictures / "a.jpg"),
        str(pictures / "more/b.JPG"),
    ]
    for line, item in zip(done.lines, small_items[:2], strict=True):
        assert list(line) == KEYS
        assert line["bundle"] == read_manifest(small_bundle).bundle_id
        assert line["verdict"] == "same_print"
        assert len(line["matches"]) == 3
        assert list(line["matches"][0]) == ["record_id", "position", "score", "evidence"]
        assert line["matches"][0]["record_id"] == item.record_id
        assert line["sheet"] is None
        assert (line["turn_deg"], line["mirrored"], line["hint"]) == (0, False, None)
        assert list(line["timings_ms"]) == ["sheet", "geometry", "fingerprint", "search", "records"]


def test_a_folders_files_that_are_no_pictures_are_named(
    run: Any, small_bundle: Path, pictures: Path
) -> None:
    shutil.copyfile(pictures / "a.jpg", pictures / "more/c.gif")
    (pictures / ".DS_Store").write_bytes(b"hidden")

    done = run("identify", "--bundle", small_bundle, pictures)

    assert done.code == 0
    assert done.out.count("same_print") == 2
    assert done.err == (
        f"{pictures}: skipped, as their suffix is no picture's: more/c.gif, notes.txt\n"
    )


def test_an_unreadable_file_is_reported_and_the_others_are_identified(
    run: Any, small_bundle: Path, pictures: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.jpg"
    cut.write_bytes((pictures / "a.jpg").read_bytes()[:900])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    wrong = [
        pictures / "notes.txt",
        cut,
        tmp_path / "empty.jpg",
        tmp_path / "none.jpg",
        tmp_path / "folder",
    ]

    done = run("identify", "--bundle", small_bundle, "--json", *wrong, pictures / "a.jpg")

    assert done.code == 1
    assert [line["image"] for line in done.lines] == [*map(str, wrong), str(pictures / "a.jpg")]
    for line in done.lines[:-1]:
        assert list(line) == ["image", "error"]
        assert line["error"]
    assert list(done.lines[-1]) == KEYS


@pytest.mark.slow
def test_without_json_a_line_has_the_verdict_and_the_best_match(
    run: Any, small_bundle: Path, pictures: Path, small_items: tuple[Item, ...]
) -> None:
    image = pictures / "a.jpg"
    first = small_items[0]

    done = run("identify", "--bundle", small_bundle, image, pictures / "notes.txt")

    assert done.code == 1
    assert done.out == f"{image}: same_print {first.record_id} {first.title}\n"
    assert "notes.txt: expected a picture" in done.err


@pytest.mark.slow
def test_a_file_name_that_is_not_utf_8_is_identified(
    small_bundle: Path, pictures: Path, tmp_path: Path
) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jpg")
    shutil.copyfile(pictures / "a.jpg", name)

    done = shell("identify", "--bundle", str(small_bundle), "--json", name)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["image"] == name


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["identify"],
        ["identify", "--top", "0", "x.jpg"],
        ["identify", "--top", "many", "x.jpg"],
        ["identify", "--top=-1", "x.jpg"],
        ["identify", "--threads", "65", "x.jpg"],
        ["nonsense"],
        ["bundle"],
        ["bundle", "activate"],
        ["doctor", "--nonsense"],
    ],
)
def test_wrong_use_is_exit_code_2(run: Any, arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.code == 2
    assert "usage: printkiosk-device" in done.err


def test_no_bundle_is_one_line_and_exit_code_1(run: Any, tmp_path: Path, pictures: Path) -> None:
    for arguments in (
        ["identify", "--bundle", tmp_path, pictures / "a.jpg"],
        ["bundle", "verify", tmp_path],
        ["bundle", "verify", "--bundle", tmp_path],
    ):
        done = run(*arguments)

        assert done.code == 1
        assert done.out == ""
        assert done.err.startswith(f"printkiosk-device: {tmp_path}: expected a bundle")
        assert done.err.count("\n") == 1


def test_an_invalid_configuration_is_one_line_and_exit_code_1(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("stor = 1\n")

    done = run("bundle", "list", "--config", path)

    assert done.code == 1
    assert "did you mean 'store'" in done.err
    assert done.err.count("\n") == 1


def test_the_version_is_printed(run: Any) -> None:
    assert run("--version").out == f"printkiosk-device {__version__}\n"


@pytest.mark.slow
def test_the_doctor_prints_each_check_and_advice(
    run: Any, small_bundle: Path, config: Path
) -> None:
    good = run("doctor", "--config", config, "--bundle", small_bundle)
    bad = run("doctor", "--config", config)

    assert (good.code, bad.code) == (0, 1)
    assert [line.partition(":")[0] for line in good.out.splitlines()] == [
        "ok   machine",
        "ok   camera software",
        "ok   clock",
        "ok   disk space",
        "ok   address",
        "ok   bundle",
        "ok   self-test",
        "ok   camera",
    ]
    assert "FAIL bundle: " in bad.out
    assert "     -> build a bundle with `printkiosk-convert build`" in bad.out


@pytest.mark.slow
def test_the_doctor_skips_the_camera_on_request(run: Any, small_bundle: Path, config: Path) -> None:
    good = run("doctor", "--config", config, "--bundle", small_bundle, "--without-camera")

    assert good.code == 0
    assert "self-test" in good.out and "\nok   camera:" not in good.out


def test_a_test_picture_is_written(
    run: Any, small_bundle: Path, config: Path, tmp_path: Path
) -> None:
    out = tmp_path / "test.jpg"

    done = run("picture", "--config", config, "--bundle", small_bundle, out)

    assert done.code == 0
    height, width = decoding.load(out).shape[:2]
    assert f"{width}x{height} from replay:bundle" in done.out


def test_a_test_picture_needs_no_bundle(
    run: Any, config: Path, pictures: Path, tmp_path: Path
) -> None:
    config.write_text(config.read_text() + f'replay = "{pictures}"\n')

    assert run("picture", "--config", config, tmp_path / "test.jpg").code == 0
    assert (tmp_path / "test.jpg").is_file()


def test_a_test_picture_that_cannot_be_written_is_one_line(
    run: Any, small_bundle: Path, config: Path, tmp_path: Path
) -> None:
    done = run(
        "picture", "--config", config, "--bundle", small_bundle, tmp_path / "nowhere/test.jpg"
    )

    assert done.code == 1
    assert "nowhere/test.jpg" in done.err
    assert done.err.count("\n") == 1


def shell(*arguments: str, environ: dict[str, str] | None = None) -> Any:
    """Run the command in a process of its own."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("PRINTKIOSK_")}
    return subprocess.run(
        [sys.executable, "-m", "device.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[2],
        env=environment | (environ or {}),
        timeout=120,
    )


@pytest.mark.slow
def test_stdout_is_utf_8_in_every_locale(
    small_bundle: Path, pictures: Path, tmp_path: Path
) -> None:
    name = tmp_path / "Dürer 浮世絵.jpg"
    shutil.copyfile(pictures / "a.jpg", name)

    done = shell(
        "identify",
        "--bundle",
        str(small_bundle),
        "--json",
        str(name),
        str(tmp_path / "none.jpg"),
        environ={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(line) for line in lines] == [KEYS, ["image", "error"]]
    assert lines[0]["image"] == str(name)


@pytest.mark.slow
def test_a_closed_pipe_is_not_an_error_message(small_bundle: Path, pictures: Path) -> None:
    program = [sys.executable, "-m", "device.cli", "bundle", "verify", str(small_bundle)]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        program,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        env={name: v for name, v in os.environ.items() if name != "PYTHONUNBUFFERED"},
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    os.close(writer)

    assert done.stderr == ""
    assert done.returncode == 1


@pytest.mark.slow
def test_the_staff_pin_is_read_from_a_pipe_and_an_invalid_one_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "staff"

    def set_pin(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "device.cli", "pin"],
            input=text,
            capture_output=True,
            text=True,
            env=os.environ | {"PRINTKIOSK_STAFF_FOLDER": str(folder)},
            cwd=Path(__file__).parents[2],
            timeout=120,
        )

    good, bad = set_pin("471902\n"), set_pin("123456\n")

    assert good.returncode == 0, good.stderr
    assert pin.read(folder).matches("471902")
    assert bad.returncode == 1
    assert bad.stderr.startswith("printkiosk-device: PIN: expected")
    assert "471902" not in good.stdout + good.stderr
