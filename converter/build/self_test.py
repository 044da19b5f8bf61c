"""Whether a bundle finds its own prints: the probes a kiosk asks at each start, and a look before anybody relies on it."""

from dataclasses import replace
from pathlib import Path

from converter.errors import BuildError
from device.bundle.reader import OpenedBundle, opened, verify
from device.errors import BundleError
from device.recognition.recogniser import Recogniser
from device.recognition.self_test import lost_probes

PROBES = 24


def choose_probes(bundle: OpenedBundle, threads: int) -> tuple[str, ...]:
    """Give prints spread over the collection whose own screen picture finds them."""
    items = bundle.manifest.items
    rows = [row * items // min(PROBES, items) for row in range(min(PROBES, items))]
    ids = tuple(r.record_id for r in map(bundle.records.at, rows) if r.show_picture)
    asked = replace(bundle, manifest=replace(bundle.manifest, probes=ids))
    lost = lost_probes(asked, Recogniser(bundle, threads=threads))
    # Two states of one plate may be too near each other for the fingerprint; that is no fault of the bundle.
    if len(lost) * 4 > len(ids):
        raise BuildError(
            f"self-search: expected nearly all of {len(ids)} prints to find themselves, "
            f"{len(lost)} did not: {', '.join(lost)}; report this collection"
        )
    return tuple(record_id for record_id in ids if record_id not in lost)


def check(folder: Path, threads: int) -> None:
    """Open what was written as a kiosk would, before anybody relies on it."""
    try:
        verify(folder)
        with opened(folder) as bundle:
            lost = lost_probes(bundle, Recogniser(bundle, threads=threads))
    except BundleError as error:
        raise BuildError(f"the bundle just built can't be opened: {error}") from error
    if lost:
        raise BuildError(
            f"the bundle just built does not find {', '.join(lost)}; the old bundle stays"
        )
