"""The command `printkiosk`, as a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device import __version__
from kiosk_ui.__main__ import load_config, main, parser

ROOT = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """A function that starts the command, which the end of the test kills."""
    running: list[subprocess.Popen[str]] = []

    def start_one(*arguments: object, **environ: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk_ui", *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environ,
        )
        running.append(process)
        return process

    yield start_one
    for process in running:
        process.kill()
        process.communicate()


def address_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"printkiosk: (http://127\.0\.0\.1:\d+/)\n", line)
    assert found, line
    return found[1]


@pytest.mark.slow
def test_it_prints_its_address_serves_and_stops_cleanly(start: Start, small_bundle: Path) -> None:
    process = start("--bundle", small_bundle, "--camera", "replay", "--port", 0)
    with urllib.request.urlopen(address_of(process), timeout=20) as response:
        assert b"Twelve prints" in response.read()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


@pytest.mark.slow
def test_a_missing_bundle_is_a_state_of_the_screen(start: Start, tmp_path: Path) -> None:
    process = start("--bundle", tmp_path / "none", "--camera", "none", "--port", 0)
    with urllib.request.urlopen(address_of(process), timeout=20) as response:
        assert b"The collection is not available yet" in response.read()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("empty", "expected readable pictures or a video, found none; add some"),
        ("broken.mp4", "expected a video that can be played, found none; name another file"),
        ("nowhere", "expected a folder of pictures or a video file, found neither"),
    ],
)
def test_a_replay_that_cannot_be_shown_is_one_line_and_the_kiosk_goes_on(
    start: Start, small_bundle: Path, tmp_path: Path, name: str, expected: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.mp4").write_bytes(bytes(range(256)) * 9)
    process = start("--bundle", small_bundle, "--replay", tmp_path / name, "--port", 0)
    address, page = address_of(process), ""
    for _ in range(100):
        with urllib.request.urlopen(f"{address}stand", timeout=20) as response:
            page = response.read().decode()
        if expected in page:
            break
        time.sleep(0.2)
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=20) == 0
    assert expected in page
    assert process.stderr is not None
    assert process.stderr.read().count(expected) == 1


@pytest.mark.slow
def test_systemd_is_told_once_it_listens(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(20)
        process = start(
            "--bundle", tmp_path, "--camera", "none", "--port", 0, NOTIFY_SOCKET=str(path)
        )
        address_of(process)
        messages = [manager.recv(200)]
        while messages[-1] != b"READY=1":
            messages.append(manager.recv(200))
        process.send_signal(signal.SIGTERM)
        while messages[-1] != b"STOPPING=1":
            messages.append(manager.recv(200))


def test_a_port_in_use_prints_one_line_and_exits_with_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = ["--bundle", str(tmp_path), "--camera", "none", "--port", port, "-qqq"]
        assert main(arguments) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert port in error and "--port" in error


@pytest.mark.parametrize(
    "text", ["[camera]\nkind = 'fax'", "colour = 'red'", "[listen]\nport = 99999", "not toml"]
)
def test_an_invalid_configuration_prints_one_line_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str
) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(text)
    assert main(["--config", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_invalid_option_value_prints_one_line_and_exits_with_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--port", "99999"]) == 2
    assert "listen.port" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--nonsense", "--port=x", "--camera=fax"])
def test_an_unknown_option_exits_with_2(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([flag])
    assert stop.value.code == 2
    assert "printkiosk" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "kind", "device"),
    [
        ([], "auto", "auto"),
        (["--device", "2"], "webcam", "2"),
        (["--device", "C920"], "webcam", "C920"),
        (["--camera", "pi", "--device", "1"], "pi", "1"),
        (["--camera", "replay"], "replay", "auto"),
        (["--replay", "prints", "--device", "2"], "replay", "2"),
    ],
)
def test_a_named_camera_is_a_webcam_unless_another_kind_is_named(
    options: list[str], kind: str, device: str
) -> None:
    camera = load_config(parser().parse_args(options), {}).camera

    assert (camera.kind, camera.device) == (kind, device)


def test_an_empty_name_of_a_camera_prints_one_line_and_exits_with_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--device", ""]) == 2
    assert "camera.device" in capsys.readouterr().err


def test_it_prints_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert (stop.value.code, capsys.readouterr().out) == (0, f"printkiosk {__version__}\n")
