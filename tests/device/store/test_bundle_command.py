"""`printkiosk-device bundle`: what is installed, and which one answers, in lines for staff."""

from pathlib import Path
from typing import Any

from device.bundle import layout


def test_bundles_are_listed_activated_and_rolled_back(run: Any, config: Path) -> None:
    assert run("bundle", "rollback", "--config", config).code == 1
    assert run("bundle", "activate", "--config", config, "one").code == 0
    assert run("bundle", "activate", "--config", config, "two").code == 0
    *listed, changed = run("bundle", "list", "--config", config).out.splitlines()
    assert [line.split()[:2] for line in listed] == [["previous", "one"], ["current", "two"]]
    assert changed.endswith("against the previous one: 0 added, 0 removed, 0 altered")
    assert "Twelve prints" in listed[0]

    assert "Twelve prints" in run("bundle", "rollback", "--config", config).out
    *listed, _ = run("bundle", "list", "--config", config).out.splitlines()
    assert [line.split()[:2] for line in listed] == [["current", "one"], ["previous", "two"]]
    assert run("bundle", "verify", "--config", config).code == 0


def test_activating_what_is_not_installed_names_what_is(run: Any, config: Path) -> None:
    done = run("bundle", "activate", "--config", config, "../one")

    assert done.code == 1
    assert "installed are: one, two" in done.err


def test_an_empty_store_is_told(run: Any, tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(f'store = "{tmp_path}"')

    done = run("bundle", "list", "--config", tmp_path / "kiosk.toml")

    assert (done.code, done.out) == (0, "")
    assert "no bundle is installed" in done.err


def test_verify_says_that_all_is_whole_or_what_is_not(
    run: Any, small_bundle: Path, bundle_copy: Path
) -> None:
    (bundle_copy / layout.INDEX).unlink()

    whole, damaged = run("bundle", "verify", small_bundle), run("bundle", "verify", bundle_copy)

    assert (whole.code, damaged.code) == (0, 1)
    assert "12 prints, 14 files" in whole.out
    assert "index.ann is missing; fetch it again" in damaged.err


def test_a_bundle_is_installed_by_hand(run: Any, small_bundle: Path, config: Path) -> None:
    done = run("bundle", "install", "--config", config, small_bundle)
    listed = run("bundle", "list", "--config", config)

    assert done.code == 0 and "answers from now on" in done.out
    assert listed.out.startswith("current  local-")
