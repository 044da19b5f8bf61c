"""`printkiosk-device bundle` lists, installs, verifies and switches bundles."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from converter.ingest.item import Item
from device.bundle import layout
from device.bundle.notices import Notices
from device.store import notices
from device.store.atomic_files import AtomicFiles

DEMO = Path(__file__).parents[3] / "demo/bundle"


@pytest.mark.slow
def test_bundles_are_listed_activated_and_rolled_back(run: Any, config: Path) -> None:
    assert run("bundle", "rollback", "--config", config).code == 1
    assert run("bundle", "activate", "--config", config, "one").code == 0
    assert run("bundle", "activate", "--config", config, "two").code == 0
    *listed, changed = run("bundle", "list", "--config", config).out.splitlines()
    assert [line.split()[:2] for line in listed] == [["previous", "one"], ["current", "two"]]
    assert changed.endswith("to the current bundle: 0 added, 0 removed, 0 altered")
    assert "Twelve prints" in listed[0]

    assert "Twelve prints" in run("bundle", "rollback", "--config", config).out
    *listed, _ = run("bundle", "list", "--config", config).out.splitlines()
    assert [line.split()[:2] for line in listed] == [["current", "one"], ["previous", "two"]]
    assert run("bundle", "verify", "--config", config).code == 0


def test_activating_an_unknown_bundle_lists_the_installed_ones(run: Any, config: Path) -> None:
    done = run("bundle", "activate", "--config", config, "../one")

    assert done.code == 1
    assert "installed are: one, two" in done.err


def test_an_empty_store_is_reported(run: Any, tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(f'store = "{tmp_path}"')

    done = run("bundle", "list", "--config", tmp_path / "kiosk.toml")

    assert (done.code, done.out) == (0, "")
    assert "no bundle is installed" in done.err


def test_verify_reports_an_intact_bundle_or_its_fault(
    run: Any, small_bundle: Path, bundle_copy: Path
) -> None:
    (bundle_copy / layout.INDEX).unlink()

    whole, damaged = run("bundle", "verify", small_bundle), run("bundle", "verify", bundle_copy)

    assert (whole.code, damaged.code) == (0, 1)
    assert "12 prints, 14 files" in whole.out
    assert "index.ann is missing; fetch it again" in damaged.err


@pytest.mark.slow
def test_a_bundle_is_installed_by_hand(run: Any, small_bundle: Path, config: Path) -> None:
    done = run("bundle", "install", "--config", config, small_bundle)
    listed = run("bundle", "list", "--config", config)

    assert done.code == 0 and "is now the current bundle" in done.out
    assert listed.out.startswith("current  local-")


def test_each_bundle_is_listed_with_its_parity_or_its_fault(run: Any, config: Path) -> None:
    releases = config.parent / "store/releases"
    (releases / "demo").mkdir()
    shutil.copy(DEMO / layout.MANIFEST, releases / "demo")
    (releases / "one" / layout.MANIFEST).unlink()
    (releases / "one" / layout.MANIFEST).write_text("{}")

    demo, one, _ = run("bundle", "list", "--config", config).out.splitlines()

    assert "170 prints; parity 0.9997" in demo
    assert "expected bundle format 1" in one and "prints" not in one


@pytest.mark.slow
def test_notices_apply_to_the_stores_bundle_and_not_to_another_folder(
    run: Any, config: Path, small_bundle: Path, small_items: tuple[Item, ...]
) -> None:
    run("bundle", "activate", "--config", config, "one")
    withdrawn, shown = small_items[0].record_id, small_items[0].image
    notices.write(
        AtomicFiles(), config.parent / "store", Notices().with_withdrawn(withdrawn, "2026-11-23")
    )

    from_store = run("identify", "--json", "--config", config, shown).lines[0]
    from_folder = run("identify", "--json", "--bundle", small_bundle, shown).lines[0]

    assert withdrawn not in [match["record_id"] for match in from_store["matches"]]
    assert from_folder["matches"][0]["record_id"] == withdrawn
