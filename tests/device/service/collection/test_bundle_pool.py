"""Bundles in the pool are shared by readers, and closed after the last one."""

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
    """Three open bundles with different ids."""
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


def test_the_previous_bundle_stays_open_until_the_next_switch(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    pool = BundlePool()
    for bundle in bundles:
        pool.switch_to(bundle, NO_RECOGNISER)

    assert [is_open(bundle) for bundle in bundles] == [False, True, True]
    pool.close()
    assert not any(is_open(bundle) for bundle in bundles)


def test_a_retired_bundle_is_closed_after_its_last_reader(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    pool = BundlePool()
    pool.switch_to(bundles[0], NO_RECOGNISER)
    with pool.borrow() as pooled:
        pool.switch_to(bundles[1], NO_RECOGNISER)
        pool.switch_to(bundles[2], NO_RECOGNISER)
        assert pooled.bundle is bundles[0]
        assert pooled.recogniser is None
        assert is_open(bundles[0])
    assert not is_open(bundles[0])
    pool.close()


def test_a_request_reads_from_one_bundle_from_start_to_end(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    pool = BundlePool()
    pool.switch_to(bundles[0], NO_RECOGNISER)
    pool.begin_request()
    for bundle in bundles[1:]:
        pool.switch_to(bundle, NO_RECOGNISER)
        with pool.borrow() as pooled, pool.borrow_current() as current:
            assert pooled.bundle is bundles[0]
            assert current.bundle is bundle
    pool.end_request()
    pool.end_request()
    with pool.borrow() as pooled:
        assert pooled.bundle is bundles[2]
    assert not is_open(bundles[0])
    pool.close()


def test_a_bundle_can_be_borrowed_by_its_id_while_it_is_open(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    pool = BundlePool()
    ids = [bundle.manifest.bundle_id for bundle in bundles]
    for bundle in bundles:
        pool.switch_to(bundle, NO_RECOGNISER)
    found = []
    for bundle_id in (*ids, "no such"):
        with pool.borrow(bundle_id) as pooled:
            found.append(pooled.bundle_id)

    assert found == [ids[2], ids[1], ids[2], ids[2]]
    pool.close()


def test_the_same_bundle_with_other_notices_replaces_only_itself(
    bundles: tuple[OpenedBundle, ...],
) -> None:
    pool, again = BundlePool(), open_bundle(bundles[1].path)
    for bundle in (*bundles[:2], again):
        pool.switch_to(bundle, NO_RECOGNISER)

    assert [is_open(bundle) for bundle in (*bundles[:2], again)] == [True, False, True]
    pool.close()
    bundles[2].close()


def test_an_empty_pool_has_no_bundle_to_borrow() -> None:
    pool = BundlePool()
    pool.begin_request()
    with pytest.raises(BundleMissingError), pool.borrow():
        pass
    with pytest.raises(BundleMissingError), pool.borrow_current():
        pass
    pool.end_request()
    pool.close()
    assert pool.is_empty
