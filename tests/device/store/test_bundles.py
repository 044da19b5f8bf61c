"""One bundle is current, one is kept as the previous; a damaged one is never switched to."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.build import bundle_writer
from device.bundle import layout
from device.bundle.manifest import Manifest, identify
from device.bundle.reader import read_manifest
from device.errors import BundleDamagedError, BundleError, BundleMissingError
from device.store.bundles import Bundles


@pytest.fixture
def store(tmp_path: Path, small_bundle: Path, change_manifest: Callable[..., Manifest]) -> Path:
    """A store with the bundles one, two and three, none of them current."""
    for name in ("one", "two", "three"):
        path = tmp_path / "releases" / name
        shutil.copytree(small_bundle, path, copy_function=os.link)
        change_manifest(path, name=name)
    return tmp_path


def damage(path: Path) -> None:
    """Alter one byte without a change of size."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.unlink()
    path.write_bytes(data)


def links(store: Path) -> dict[str, str]:
    """Return the targets of a store's links, by name."""
    return {path.name: str(path.readlink()) for path in store.iterdir() if path.is_symlink()}


def test_an_empty_or_missing_store_has_no_bundles(tmp_path: Path) -> None:
    assert Bundles(tmp_path).list() == ()
    assert Bundles(tmp_path / "nowhere").list() == ()


def test_bundles_are_listed_by_name_with_the_current_and_the_previous(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")
    bundles.activate("two")

    assert [(b.name, b.is_current, b.is_previous) for b in bundles.list()] == [
        ("one", False, True),
        ("three", False, False),
        ("two", True, False),
    ]
    assert [b.manifest.name for b in bundles.list() if b.manifest] == ["one", "three", "two"]
    assert read_manifest(bundles.current).name == "two"


def test_a_damaged_bundle_is_listed_with_its_fault(store: Path) -> None:
    layout.manifest_of(store / "releases/one").unlink()

    listed = Bundles(store).list()[0]

    assert listed.manifest is None
    assert "found no manifest.json" in listed.fault


def test_links_are_relative_so_that_a_store_can_be_moved(store: Path, tmp_path: Path) -> None:
    Bundles(store).activate("one")

    assert links(store) == {"current": "releases/one"}


def test_a_damaged_bundle_is_refused_and_the_current_one_stays(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")
    damage(store / "releases/two" / layout.FINGERPRINTS)

    with pytest.raises(BundleDamagedError, match=r"fingerprints\.npy"):
        bundles.activate("two")

    assert links(store) == {"current": "releases/one"}


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "unknown", "../releases/one", "/tmp", "one/", "one/..", "one\0", "releases"],
)
def test_an_unknown_name_is_refused_listing_the_installed_bundles(store: Path, name: str) -> None:
    with pytest.raises(BundleMissingError, match="installed are: one, three, two"):
        Bundles(store).activate(name)

    assert links(store) == {}


def test_activating_the_current_one_again_keeps_the_previous(store: Path) -> None:
    bundles = Bundles(store)
    for name in ("one", "two", "two"):
        bundles.activate(name)

    assert links(store) == {"current": "releases/two", "previous": "releases/one"}


def test_rolling_back_twice_returns_to_the_same_bundle(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")
    bundles.activate("two")

    assert bundles.rollback().name == "one"
    assert links(store) == {"current": "releases/one", "previous": "releases/two"}
    assert bundles.rollback().name == "two"


def test_a_rollback_needs_a_previous_bundle(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")

    with pytest.raises(BundleMissingError, match="no previous bundle"):
        bundles.rollback()
    assert links(store) == {"current": "releases/one"}


def test_a_rollback_to_a_damaged_bundle_is_refused_and_the_current_one_stays(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")
    bundles.activate("two")
    damage(store / "releases/one" / layout.MODEL)

    with pytest.raises(BundleDamagedError):
        bundles.rollback()
    assert links(store) == {"current": "releases/two", "previous": "releases/one"}


def test_a_leftover_temporary_link_is_replaced(store: Path) -> None:
    (store / ".current.new").symlink_to("releases/gone")

    Bundles(store).activate("one")

    assert links(store) == {"current": "releases/one"}


def test_a_deleted_current_bundle_never_becomes_the_previous_one(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")
    shutil.rmtree(store / "releases/one")

    bundles.activate("two")

    assert links(store) == {"current": "releases/two"}


def test_a_link_that_cannot_be_replaced_is_reported_in_one_line(store: Path) -> None:
    (store / "current").mkdir()

    with pytest.raises(BundleError, match="current: can't be set to one") as caught:
        Bundles(store).activate("one")

    assert "\n" not in str(caught.value)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["one", "two", "three", "back"]), max_size=8))
def test_any_order_of_switching_keeps_the_last_two(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    store = tmp_path_factory.mktemp("store")
    for name in ("one", "two", "three"):
        tiny_release(store / "releases" / name)
    bundles, current, previous = Bundles(store), None, None
    for name in steps:
        wanted = previous if name == "back" else name
        try:
            _ = bundles.rollback() if name == "back" else bundles.activate(name)
        except BundleMissingError:
            assert name == "back"
            assert previous is None
            continue
        if wanted != current:
            current, previous = wanted, current

    assert links(store).get("current", "releases/None") == f"releases/{current}"
    assert links(store).get("previous", "releases/None") == f"releases/{previous}"


def test_a_bundle_cannot_be_rejected_without_a_previous_one(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one", on_trial=True)

    with pytest.raises(BundleMissingError, match="no previous bundle"):
        bundles.reject()
    assert bundles.trial == "one"


def test_a_damaged_state_does_not_prevent_switching(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")
    (store / "standing.json").write_bytes(b"{")
    bundles.activate("two")

    assert [b.name for b in bundles.list() if b.is_current] == ["two"]


def test_a_bundle_on_trial_never_becomes_the_previous_one(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")
    bundles.activate("two", on_trial=True)
    bundles.activate("three", on_trial=True)

    assert links(store) == {"current": "releases/three", "previous": "releases/one"}
    assert bundles.reject().name == "one"
    assert links(store) == {"current": "releases/one"}


_TINY: dict[str, bytes] = {}


def tiny_release(path: Path) -> None:
    """Make a consistent bundle that can't answer."""
    path.mkdir(parents=True)
    for name, data in _TINY.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(data)


@pytest.fixture(autouse=True, scope="module")
def tiny_bundle(small_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The files of a nearly empty bundle, with a manifest that matches them."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / layout.DETAIL_PLACES).parent.mkdir()
    for name in (
        layout.INDEX,
        layout.PROJECTION,
        layout.FINGERPRINTS,
        *layout.DETAILS,
        layout.RECORDS,
    ):
        (folder / name).write_bytes(b"x")
    (folder / layout.MODEL).write_bytes(b"model")
    manifest = read_manifest(small_bundle)
    files = bundle_writer.entries(folder)
    sha256 = next(entry.sha256 for entry in files if entry.path == layout.MODEL)
    sealed = replace(
        manifest,
        files=files,
        model=replace(manifest.model, sha256=sha256),
        index=replace(manifest.index, model_sha256=sha256),
    )
    bundle_writer.write_manifest(identify(sealed), folder)
    _TINY.update(
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
    )


def test_no_changes_are_listed_for_unreadable_bundles(store: Path) -> None:
    bundles = Bundles(store)
    bundles.activate("one")
    assert bundles.changes() is None
    bundles.activate("two")
    assert str(bundles.changes()) == "0 added, 0 removed, 0 altered"

    records = store / "releases/one" / layout.RECORDS
    records.unlink()
    records.write_bytes(b"rubbish")

    assert bundles.changes() is None
