"""Bundles on the shelf: lent to readers, and closed only when the last has given them back."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device.bundle.manifest import Manifest
from device.bundle.reader import OpenedBundle, open_bundle
from device.errors import BundleDamagedError, BundleMissingError
from device.service.collection.bundle_pool import BundlePool

NO_RECOGNISER: Any = object()


@pytest.fixture
def bundles(
    small_bundle: Path, tmp_path: Path, change_manifest: Callable[..., Manifest]
) -> tuple[OpenedBundle, ...]:
    """Three open bundles with ids of their own."""
    found = []
    for name in ("one", "two", "three"):
        shutil.copytree(small_bundle, tmp_path / name, copy_function=os.link)
        change_manifest(tmp_path / name, name=name)
        found.append(open_bundle(tmp_path / name))
    return tuple(found)


def is_open(bundle: OpenedBundle) -> bool:
    """Whether a bundle can still be read."""
    try:
        bundle.records.at(0)
    except BundleDamagedError:
        return False
    return True


def test_the_bundle_before_stays_open_until_the_one_after_the_next(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    shelf = BundlePool()
    for bundle in bundles:
        shelf.switch_to(bundle, NO_RECOGNISER)

    assert [is_open(bundle) for bundle in bundles] == [False, True, True]
    shelf.close()
    assert not any(is_open(bundle) for bundle in bundles)


def test_a_bundle_that_is_read_is_closed_when_it_is_given_back(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    shelf = BundlePool()
    shelf.switch_to(bundles[0], NO_RECOGNISER)
    with shelf.borrow() as lent:
        shelf.switch_to(bundles[1], NO_RECOGNISER)
        shelf.switch_to(bundles[2], NO_RECOGNISER)
        assert lent.bundle is bundles[0]
        assert lent.recogniser is None
        assert is_open(bundles[0])
    assert not is_open(bundles[0])
    shelf.close()


def test_a_request_reads_from_one_bundle_from_its_beginning_to_its_end(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    shelf = BundlePool()
    shelf.switch_to(bundles[0], NO_RECOGNISER)
    shelf.begin_request()
    for bundle in bundles[1:]:
        shelf.switch_to(bundle, NO_RECOGNISER)
        with shelf.borrow() as lent, shelf.borrow_current() as answering:
            assert lent.bundle is bundles[0]
            assert answering.bundle is bundle
    shelf.end_request()
    shelf.end_request()
    with shelf.borrow() as lent:
        assert lent.bundle is bundles[2]
    assert not is_open(bundles[0])
    shelf.close()


def test_a_bundle_is_lent_by_its_id_as_long_as_it_is_here(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    shelf = BundlePool()
    ids = [bundle.manifest.bundle_id for bundle in bundles]
    for bundle in bundles:
        shelf.switch_to(bundle, NO_RECOGNISER)
    found = []
    for bundle_id in (*ids, "no such"):
        with shelf.borrow(bundle_id) as lent:
            found.append(lent.bundle_id)

    assert found == [ids[2], ids[1], ids[2], ids[2]]
    shelf.close()


def test_the_same_bundle_under_other_notices_takes_the_place_of_itself_alone(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    shelf, again = BundlePool(), open_bundle(bundles[1].path)
    for bundle in (*bundles[:2], again):
        shelf.switch_to(bundle, NO_RECOGNISER)

    assert [is_open(bundle) for bundle in (*bundles[:2], again)] == [True, False, True]
    shelf.close()
    bundles[2].close()


def test_an_empty_shelf_lends_nothing() -> None:
    shelf = BundlePool()
    shelf.begin_request()
    with pytest.raises(BundleMissingError), shelf.borrow():
        pass
    with pytest.raises(BundleMissingError), shelf.borrow_current():
        pass
    shelf.end_request()
    shelf.close()
    assert shelf.is_empty
