"""A truncated, altered, incomplete or inconsistent bundle is refused in one line."""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from converter.build import bundle_writer
from device.bundle import layout
from device.bundle.manifest import FileEntry, Manifest
from device.bundle.reader import open_bundle, opened, read_manifest, sha256_of, verify
from device.errors import (
    BundleDamagedError,
    BundleError,
    BundleFormatError,
    BundleMissingError,
    KioskError,
)

FILES = (
    layout.MANIFEST,
    layout.MODEL,
    layout.INDEX,
    layout.PROJECTION,
    layout.FINGERPRINTS,
    *layout.DETAILS,
    layout.RECORDS,
    layout.picture_shard(0),
)

Change = Callable[..., Manifest]


def put(path: Path, data: bytes) -> None:
    """Replace a hard-linked file by a new one with these bytes."""
    path.unlink()
    path.write_bytes(data)


def refused(
    bundle: Path, kind: type[KioskError], words: str, check: Callable[[Path], object] = verify
) -> None:
    """Check that a bundle is refused with this error, in one line with these words."""
    with pytest.raises(kind) as caught:
        check(bundle)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_test_bundle_is_intact_and_has_every_kind_of_file(small_bundle: Path) -> None:
    manifest = verify(small_bundle)

    assert {entry.path for entry in manifest.files} | {layout.MANIFEST} == set(FILES)


def test_verify_reports_each_file_before_reading_it(small_bundle: Path) -> None:
    told: list[str] = []

    manifest = verify(small_bundle, progress=lambda entry: told.append(entry.path))

    assert told == [entry.path for entry in manifest.files]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("check", [open_bundle, verify])
def test_a_file_cut_short_is_refused(
    bundle_copy: Path, name: str, check: Callable[[Path], object]
) -> None:
    path = bundle_copy / name
    put(path, path.read_bytes()[:-1])

    refused(bundle_copy, BundleDamagedError, name, check)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("check", [open_bundle, verify])
def test_an_empty_file_is_refused(
    bundle_copy: Path, name: str, check: Callable[[Path], object]
) -> None:
    put(bundle_copy / name, b"")

    refused(bundle_copy, BundleDamagedError, name, check)


@pytest.mark.parametrize("name", FILES[1:])
@pytest.mark.parametrize("check", [open_bundle, verify])
def test_a_missing_file_is_refused(
    bundle_copy: Path, name: str, check: Callable[[Path], object]
) -> None:
    (bundle_copy / name).unlink()

    refused(bundle_copy, BundleDamagedError, f"{name} is missing", check)


@pytest.mark.parametrize("name", FILES[1:])
def test_any_altered_byte_is_found_by_verify(bundle_copy: Path, name: str) -> None:
    path = bundle_copy / name
    whole = path.read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 1):
        put(path, whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

        refused(bundle_copy, BundleDamagedError, f"{name} has sha256")


@pytest.mark.slow
def test_any_altered_byte_of_the_manifest_is_found_when_it_is_read(bundle_copy: Path) -> None:
    path = layout.manifest_of(bundle_copy)
    whole = path.read_bytes()
    chosen = random.Random(1).sample(range(len(whole)), 150)
    for place in (0, *chosen, len(whole) - 1):
        for flipped in (1, 0x80):
            put(path, whole[:place] + bytes([whole[place] ^ flipped]) + whole[place + 1 :])

            refused(bundle_copy, BundleError, "", read_manifest)


def test_a_manifest_with_an_extra_space_is_refused(bundle_copy: Path) -> None:
    path = layout.manifest_of(bundle_copy)
    put(path, path.read_bytes() + b" ")

    refused(bundle_copy, BundleDamagedError, "altered", open_bundle)


def test_a_folder_without_a_manifest_is_a_missing_bundle(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        refused(path, BundleMissingError, "found no manifest.json", open_bundle)
        refused(path, BundleMissingError, "found no manifest.json", verify)


def test_an_oversized_manifest_is_not_read(bundle_copy: Path) -> None:
    path = layout.manifest_of(bundle_copy)
    path.unlink()
    with path.open("wb") as file:
        file.truncate(1 << 33)

    refused(bundle_copy, BundleDamagedError, "expected at most", open_bundle)


@pytest.mark.parametrize("name", ["stray.txt", "pictures/001.zip", "records.sqlite-wal"])
def test_a_file_that_the_manifest_does_not_name_is_refused(bundle_copy: Path, name: str) -> None:
    (bundle_copy / name).write_bytes(b"?")

    refused(bundle_copy, BundleDamagedError, f"{name} is not named by the manifest")


def test_a_stray_link_is_refused_wherever_it_leads(bundle_copy: Path, tmp_path: Path) -> None:
    for target in (tmp_path, tmp_path / "nowhere"):
        (bundle_copy / "link").symlink_to(target)

        refused(bundle_copy, BundleDamagedError, "link is not named")
        (bundle_copy / "link").unlink()


def test_a_stray_zip_file_does_not_shift_the_pictures(bundle_copy: Path) -> None:
    """Macs leave files such as `._000.zip`; the manifest decides the number of shards."""
    (bundle_copy / "pictures/._000.zip").write_bytes(b"?")

    with opened(bundle_copy) as bundle:
        assert bundle.pictures.get(bundle.manifest.probes[0], "thumb")[8:12] == b"WEBP"


@pytest.mark.parametrize("check", [open_bundle, verify])
def test_a_link_that_leaves_the_bundle_is_refused(
    bundle_copy: Path, tmp_path: Path, check: Callable[[Path], object]
) -> None:
    path = bundle_copy / layout.MODEL
    path.rename(tmp_path / "model.tflite")
    path.symlink_to(tmp_path / "model.tflite")

    refused(bundle_copy, BundleDamagedError, "lies outside the bundle", check)


def test_a_link_to_itself_is_refused(bundle_copy: Path) -> None:
    path = bundle_copy / layout.MODEL
    path.unlink()
    path.symlink_to(path)

    refused(bundle_copy, BundleDamagedError, layout.MODEL, open_bundle)


def test_a_file_that_cannot_be_read_is_refused(bundle_copy: Path) -> None:
    path = bundle_copy / layout.RECORDS
    path.unlink()
    path.mkdir()

    refused(bundle_copy, BundleDamagedError, layout.RECORDS, open_bundle)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_refused(bundle_copy: Path) -> None:
    put(layout.manifest_of(bundle_copy), b"{}")
    layout.manifest_of(bundle_copy).chmod(0)

    refused(bundle_copy, BundleDamagedError, "can't be read", open_bundle)


@pytest.mark.parametrize("check", [open_bundle, verify])
def test_another_model_in_the_bundle_is_refused_naming_both(
    bundle_copy: Path, change_manifest: Change, check: Callable[[Path], object]
) -> None:
    manifest = read_manifest(bundle_copy)
    put(bundle_copy / layout.MODEL, b"another")
    change_manifest(bundle_copy, files=bundle_writer.entries(bundle_copy))

    refused(bundle_copy, BundleFormatError, manifest.model.sha256[:12], check)
    refused(bundle_copy, BundleFormatError, sha256_of(bundle_copy / layout.MODEL)[:12], check)


def test_an_index_of_another_model_is_refused(bundle_copy: Path, change_manifest: Change) -> None:
    spec = replace(read_manifest(bundle_copy).index, model_sha256="f" * 64)
    change_manifest(bundle_copy, index=spec)

    refused(bundle_copy, BundleFormatError, "the index is for ffffffffffff", open_bundle)


def test_counts_that_differ_are_refused(bundle_copy: Path, change_manifest: Change) -> None:
    spec = read_manifest(bundle_copy).index
    change_manifest(bundle_copy, items=13)
    refused(bundle_copy, BundleFormatError, "index has 12 prints, records have 13", open_bundle)

    change_manifest(bundle_copy, items=13, index=replace(spec, items=13))
    refused(bundle_copy, BundleDamagedError, "manifest says 13 prints", open_bundle)


@pytest.mark.parametrize("name", FILES[1:-1])
def test_a_manifest_that_omits_a_required_file_is_refused(
    bundle_copy: Path, change_manifest: Change, name: str
) -> None:
    kept = tuple(entry for entry in read_manifest(bundle_copy).files if entry.path != name)
    change_manifest(bundle_copy, files=kept)

    refused(bundle_copy, BundleDamagedError, f"doesn't name {name}", open_bundle)


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "a/../../b", "", "a\0b"])
def test_a_manifest_that_names_a_file_outside_the_bundle_is_refused(
    bundle_copy: Path, change_manifest: Change, name: str
) -> None:
    stranger = FileEntry(path=name, sha256="0" * 64, size_bytes=0)
    with pytest.raises(BundleDamagedError, match="unique paths inside the bundle"):
        change_manifest(bundle_copy, files=(*read_manifest(bundle_copy).files, stranger))
        read_manifest(bundle_copy)


def test_a_manifest_that_names_a_file_twice_is_refused(
    bundle_copy: Path, change_manifest: Change
) -> None:
    files = read_manifest(bundle_copy).files
    change_manifest(bundle_copy, files=(*files, files[0]))

    refused(bundle_copy, BundleDamagedError, "unique paths", open_bundle)


@pytest.mark.parametrize("name", [layout.RECORDS, layout.picture_shard(0)])
def test_a_file_of_the_wrong_format_is_refused_even_with_a_matching_hash(
    bundle_copy: Path, change_manifest: Change, name: str
) -> None:
    put(bundle_copy / name, b"not at all what it should be" * 200)
    change_manifest(bundle_copy, files=bundle_writer.entries(bundle_copy))

    refused(bundle_copy, BundleDamagedError, name, open_bundle)


def test_a_bundle_opens_through_a_link_to_it(small_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(small_bundle)

    with opened(tmp_path / "current") as bundle:
        assert len(bundle.records) == bundle.manifest.items == 12
