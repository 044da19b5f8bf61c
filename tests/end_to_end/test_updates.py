"""Each command in docs/updates.md works, in the order of the page."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from update_server import UpdateServer, serving

from converter.cli import main as at_the_desk
from device.bundle.notices import Notices
from device.bundle.reader import verify
from device.cli import main as at_the_kiosk
from device.store import notices as kept_notices
from device.store.bundles import Bundles

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/updates.md"
PROGRAMS = {"printkiosk-convert": at_the_desk, "printkiosk-device": at_the_kiosk}


def commands() -> list[list[str]]:
    """Return the commands in the page's code blocks, each as a list of words."""
    found, is_code = [], False
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("```"):
            is_code = line == "```"
        elif is_code and line.startswith("printkiosk"):
            found.append(shlex.split(line))
    return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[UpdateServer]:
    """The museum's web server with its repository."""
    with serving(tmp_path / "repository") as server:
        yield server


@pytest.fixture
def desk(
    tmp_path: Path, small_bundle: Path, server: UpdateServer, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A working folder with a bundle and a kiosk's settings."""
    (tmp_path / "out").mkdir()
    shutil.copytree(small_bundle, tmp_path / "out/museum.bundle", copy_function=os.link)
    (tmp_path / "kiosk.toml").write_text(
        f'store = "{tmp_path}/store"\n[sync]\nsource = "{server.address}"\nroot = "keys/root.json"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRINTKIOSK_PASSPHRASE", "a long passphrase")
    return tmp_path


def test_each_command_of_the_page_does_what_the_page_says(
    desk: Path, small_items: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [item.record_id for item in small_items[:2]]  # type: ignore[attr-defined]
    output: dict[str, list[str]] = {}
    for program, *words in commands():
        if "/media/stick" in words:  # a copy of the repository as published so far
            shutil.copytree(desk / "repository", desk / "stick/printkiosk")
        words = [
            word.replace("/media/stick", "stick")
            .replace("pg8710-001", ids[0])
            .replace("pg8710-031", ids[1])
            for word in words
        ]
        if "rollback" in words:
            second_version(desk)  # so that there is a bundle to go back to
        code = PROGRAMS[program](words)
        printed = capsys.readouterr()
        assert code == 0, (words, printed.err)
        output.setdefault(" ".join(words[:2]), []).append(printed.out)
        if words[0] == "withdraw":
            assert ids[0] in newest_notices(desk).withdrawn

    assert "1 of Twelve prints" in output["publish out/museum.bundle"][0]
    assert "update 1 installed" in output["sync --config"][0]
    assert "up to date: version 1" in output["sync --config"][1]
    assert "on trial 1" in output["bundle list"][0]
    assert "back to" in output["bundle rollback"][0]
    assert "current  1" in output["bundle list"][1]
    assert "refused, not installed again: 2" in output["bundle list"][1]
    assert at_the_kiosk(["sync", "--config", "kiosk.toml"]) == 0
    assert "update 3 installed" in capsys.readouterr().out
    notices = kept_notices.read(desk / "store")
    assert not notices.withdrawn
    assert notices.amended[ids[1]] == {"credit": "Gift of A. Reader"}
    assert verify(desk / "store/current").version == 3


def second_version(desk: Path) -> None:
    """Publish a second version and install it."""
    key = ["--key", "keys/publishing.pem"]
    Bundles(desk / "store").confirm()
    assert at_the_desk(["publish", "out/museum.bundle", "repository", *key]) == 0
    assert at_the_kiosk(["sync", "--config", "kiosk.toml"]) == 0
    Bundles(desk / "store").confirm()


def newest_notices(desk: Path) -> Notices:
    """Fetch the newest notices and return them."""
    assert at_the_kiosk(["sync", "--config", "kiosk.toml"]) == 0
    return kept_notices.read(desk / "store")


def test_a_failed_sync_is_one_numbered_line(desk: Path) -> None:
    assert at_the_desk(["keys", "create", "keys", "repository"]) == 0
    done = subprocess.run(
        [sys.executable, "-m", "device.cli", "sync", "--config", "kiosk.toml", "nowhere"],
        capture_output=True,
        text=True,
        cwd=desk,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "printkiosk-device: E2: nowhere: is not a repository of bundles; check the address or the stick\n"
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["keys", "create", "keys", "repository"], "is already a repository"),
        (
            ["publish", "out/museum.bundle", "elsewhere", "--key", "keys/publishing.pem"],
            "expected a repository, found none",
        ),
        (
            ["publish", "out/museum.bundle", "repository", "--key", "keys/root-1.pem"],
            "expected the publishing key",
        ),
        (
            ["publish", "out/museum.bundle", "repository", "--key", "keys/none.pem"],
            "can't be read",
        ),
        (
            ["publish", "out/museum.bundle", "repository", "--key", "kiosk.toml"],
            "can't be opened",
        ),
        (
            ["publish", "out", "repository", "--key", "keys/publishing.pem"],
            "expected a bundle",
        ),
        (
            ["withdraw", "x", "--repository", "repository", "--key", "keys/publishing.pem"],
            "no bundle is published yet",
        ),
        (
            ["amend", "x", "item=1", "--repository", "repository", "--key", "keys/publishing.pem"],
            "found 'item'",
        ),
        (
            ["amend", "x", "title", "--repository", "repository", "--key", "keys/publishing.pem"],
            "expected FIELD=TEXT",
        ),
        (
            [
                "keys",
                "rotate",
                "repository",
                "--key",
                "keys/n.pem",
                "--root-key",
                "keys/root-1.pem",
            ],
            "2 different root keys",
        ),
        (
            [
                *["keys", "revoke", "root-1", "repository", "--key", "keys/n.pem"],
                *["--root-key", "keys/root-1.pem", "--root-key", "keys/root-2.pem"],
            ],
            "sign with the two others",
        ),
        (
            [
                "keys",
                "rotate",
                "repository",
                "--key",
                "keys/root-1.pem",
                "--root-key",
                "keys/root-2.pem",
            ],
            "keys are never overwritten",
        ),
    ],
)
def test_a_mistake_at_the_desk_is_one_line(
    desk: Path, capsys: pytest.CaptureFixture[str], words: list[str], line: str
) -> None:
    assert at_the_desk(["keys", "create", "keys", "repository"]) == 0
    capsys.readouterr()

    assert at_the_desk(words) == 1
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1
    assert not (desk / "keys/n.pem").exists()


def test_only_an_existing_work_can_be_withdrawn_and_only_once(
    desk: Path, small_items: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    at_the_desk(["keys", "create", "keys", "repository"])
    at_the_desk(["publish", "out/museum.bundle", "repository", "--key", "keys/publishing.pem"])
    to = ["--repository", "repository", "--key", "keys/publishing.pem"]
    record_id = small_items[0].record_id  # type: ignore[attr-defined]
    assert at_the_desk(["withdraw", "slip-of-the-pen", *to]) == 1
    for verb in ("reinstate", "give-back"):  # the second is its former name
        assert at_the_desk([verb, record_id, *to]) == 1
    assert at_the_desk(["withdraw", record_id, *to]) == 0
    assert at_the_desk(["withdraw", record_id, *to]) == 1
    assert "was already withdrawn" in capsys.readouterr().err
    again = ["publish", "out/museum.bundle", "repository", "--key", "keys/publishing.pem"]
    assert at_the_desk(again) == 0
    assert "no kiosk shows it" in capsys.readouterr().err


def test_a_short_passphrase_and_a_wrong_one_are_refused(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRINTKIOSK_PASSPHRASE", "short")
    assert at_the_desk(["keys", "create", "keys", "repository"]) == 1
    monkeypatch.setenv("PRINTKIOSK_PASSPHRASE", "a long passphrase")
    assert at_the_desk(["keys", "create", "keys", "repository"]) == 0
    monkeypatch.setenv("PRINTKIOSK_PASSPHRASE", "another passphrase")
    words = ["publish", "out/museum.bundle", "repository", "--key", "keys/publishing.pem"]
    assert at_the_desk(words) == 1
    assert "the passphrase is wrong" in capsys.readouterr().err
