"""Check that a bundle finds its own prints, and choose its probe prints."""

from dataclasses import replace
from pathlib import Path

from converter.errors import BuildError
from device.bundle.reader import OpenedBundle, opened, verify
from device.errors import BundleError
from device.recognition.recogniser import Recogniser
from device.recognition.self_test import failed_probes

PROBES = 24


def choose_probes(bundle: OpenedBundle, threads: int) -> tuple[str, ...]:
    """Return the ids of prints across the collection that their own screen pictures find."""
    items = bundle.manifest.items
    rows = [row * items // min(PROBES, items) for row in range(min(PROBES, items))]
    ids = tuple(r.record_id for r in map(bundle.records.at, rows) if r.show_picture)
    with_probes = replace(bundle, manifest=replace(bundle.manifest, probes=ids))
    lost = failed_probes(with_probes, Recogniser(bundle, threads=threads))
    # Two states of one plate may be too similar to tell apart, so a few losses are no fault of the bundle.
    if len(lost) * 4 > len(ids):
        raise BuildError(
            f"self-search: expected nearly all of {len(ids)} prints to find themselves, "
            f"{len(lost)} did not: {', '.join(lost)}; report this collection"
        )
    return tuple(record_id for record_id in ids if record_id not in lost)


def check(folder: Path, threads: int) -> None:
    """Open a finished bundle as a kiosk would and raise if it fails or loses a probe print.

    Raises:
        BuildError: When the bundle can't be opened, or does not find one of its probe prints.
    """
    try:
        verify(folder)
        with opened(folder) as bundle:
            lost = failed_probes(bundle, Recogniser(bundle, threads=threads))
    except BundleError as error:
        raise BuildError(f"the bundle just built can't be opened: {error}") from error
    if lost:
        raise BuildError(
            f"the bundle just built does not find {', '.join(lost)}; the old bundle stays"
        )
