"""Publish a bundle for all kiosks; withdraw or amend single works without a new bundle."""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from converter.errors import PublishError
from converter.publish.chunking import cut
from converter.publish.tuf_repository import Repository, write_whole
from device.bundle import chunk_index, layout, repository_layout
from device.bundle import notices as format_of_notices
from device.bundle.manifest import FileEntry, Manifest, dump, identify, parse
from device.bundle.metadata_fields import AMENDABLE
from device.bundle.notices import Notices
from device.bundle.reader import opened, verify
from device.bundle.records import Records

Progress = Callable[[FileEntry, bool], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The result of publishing a bundle.

    Attributes:
        new_bytes: Size of the files that are new to the repository. A kiosk with the last bundle fetches at most this.
        still_withdrawn: Ids of records in the bundle that are withdrawn, so no kiosk shows them.
    """

    manifest: Manifest
    new_bytes: int
    still_withdrawn: tuple[str, ...]


def publish(
    bundle: Path,
    repository: Repository,
    day: str,
    progress: Progress = lambda entry, is_new: None,
) -> Published:
    """Add a bundle to a repository under the next version number.

    Args:
        bundle: The bundle's folder; it is not changed.
        repository: The repository, opened with its publishing key.
        day: Publication date shown to staff on the kiosks, as YYYY-MM-DD.
        progress: Called with each file and whether it is new to the repository.

    Raises:
        BundleError: When the bundle is damaged or incomplete.
        PublishError: When the repository can't be written.
    """
    manifest = verify(bundle)
    notices = read_notices(repository)
    with opened(bundle) as parts:
        still_withdrawn = [key for key in notices.withdrawn if parts.records.items_of([key])]
    new_bytes = 0
    for entry in manifest.files:
        is_new = _add_object(bundle / entry.path, entry, repository.folder)
        _add_chunk_index(bundle / entry.path, entry, repository.folder)
        progress(entry, is_new)
        new_bytes += entry.size_bytes * is_new
    numbered = identify(replace(manifest, version=_last_version(repository) + 1))
    with repository.edit_targets() as targets:
        text = dump(numbered).encode()
        repository.put_target(
            targets, repository_layout.BUNDLE_TARGET, text, {repository_layout.PUBLISHED: day}
        )
    repository.sign_changes()
    return Published(
        manifest=numbered, new_bytes=new_bytes, still_withdrawn=tuple(sorted(still_withdrawn))
    )


def withdraw(record_id: str, repository: Repository, day: str) -> Notices:
    """Take a work off every kiosk at its next update check.

    Raises:
        PublishError: When the last bundle has no such work, or it is already withdrawn.
    """
    notices = read_notices(repository)
    if record_id in notices.withdrawn:
        raise PublishError(f"{record_id}: was already withdrawn, on {notices.withdrawn[record_id]}")
    _check_known(record_id, repository)
    return _put_notices(repository, notices.with_withdrawn(record_id, day), day)


def reinstate(record_id: str, repository: Repository, day: str) -> Notices:
    """Show a withdrawn work again on every kiosk at its next update check.

    Raises:
        PublishError: When the work is not withdrawn.
    """
    notices = read_notices(repository)
    if record_id not in notices.withdrawn:
        raise PublishError(f"{record_id}: is not withdrawn; withdrawn works: {_listed(notices)}")
    return _put_notices(repository, notices.with_reinstated(record_id), day)


def amend(record_id: str, texts: Mapping[str, str], repository: Repository, day: str) -> Notices:
    """Correct texts of a record on every kiosk at its next update check.

    Raises:
        PublishError: When the last bundle has no such work, or a field can't be amended.
    """
    for name in texts:
        if name not in AMENDABLE:
            known = ", ".join(AMENDABLE)
            raise PublishError(
                f"{record_id}: expected one of the fields {known}, found {name!r}; build a new bundle to change it"
            )
    _check_known(record_id, repository)
    return _put_notices(repository, read_notices(repository).with_amended(record_id, texts), day)


def read_notices(repository: Repository) -> Notices:
    """Return the notices as last published."""
    data = repository.target(repository_layout.NOTICES_TARGET)
    return Notices() if data is None else format_of_notices.parse(data, str(repository.folder))


def _put_notices(repository: Repository, notices: Notices, day: str) -> Notices:
    data = format_of_notices.dump(notices).encode()
    if len(data) > format_of_notices.LIMIT_BYTES:
        raise PublishError(
            "too many works are withdrawn or amended; publish a bundle without them first"
        )
    with repository.edit_targets() as targets:
        repository.put_target(
            targets, repository_layout.NOTICES_TARGET, data, {repository_layout.PUBLISHED: day}
        )
    repository.sign_changes()
    return notices


def _check_known(record_id: str, repository: Repository) -> None:
    """Raise if the last bundle has no such record, so that a typing error is noticed."""
    manifest = _last(repository)
    if manifest is None:
        raise PublishError(f"{repository.folder}: no bundle is published yet; publish one first")
    if not _has_record(manifest, record_id, repository.folder):
        raise PublishError(
            f"{record_id}: not found in the last bundle (version {manifest.version}); check the record id"
        )


def _has_record(manifest: Manifest, record_id: str, folder: Path) -> bool:
    entry = next(entry for entry in manifest.files if entry.path == layout.RECORDS)
    with closing(Records(folder / repository_layout.object_path(entry.sha256))) as records:
        return bool(records.items_of([record_id]))


def _last(repository: Repository) -> Manifest | None:
    data = repository.target(repository_layout.BUNDLE_TARGET)
    return None if data is None else parse(data, str(repository.folder))


def _last_version(repository: Repository) -> int:
    manifest = _last(repository)
    return 0 if manifest is None else manifest.version


def _add_object(path: Path, entry: FileEntry, folder: Path) -> bool:
    """Copy a file into the repository under its sha256; return whether it was new."""
    target = folder / repository_layout.object_path(entry.sha256)
    if target.is_file() and target.stat().st_size == entry.size_bytes:
        return False
    partial = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as source, partial.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        partial.replace(target)
    except OSError as error:
        raise PublishError(
            f"{target}: can't be written ({error.strerror}); free space on its disk"
        ) from error
    return True


def _add_chunk_index(path: Path, entry: FileEntry, folder: Path) -> None:
    """Write a large file's chunk index unless it exists."""
    target = folder / repository_layout.chunk_index_path(entry.sha256)
    if entry.size_bytes >= chunk_index.MIN_FILE_BYTES and not target.is_file():
        write_whole(target, chunk_index.dump(cut(path)))


def _listed(notices: Notices) -> str:
    return ", ".join(sorted(notices.withdrawn)) or "none"


def write_root(repository: Repository, path: Path) -> None:
    """Write the museum's newest root metadata, which a kiosk trusts from its installation on."""
    write_whole(path, repository.open("root").to_bytes())
