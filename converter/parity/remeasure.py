"""Measure the parity of a finished bundle, on the collection's pictures or on its own."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from converter.cache import Cache
from converter.calibrate.captures import PrintPicture
from converter.errors import BuildError
from converter.ingest import collection
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.readers.source import Source
from converter.model import weights
from converter.model.fingerprint_models import ReferenceModel
from converter.model.vgg16 import profile_of
from converter.parity import compare, report
from converter.parity.compare import GateMinimums, ParityPlan
from device.bundle import layout
from device.bundle.reader import OpenedBundle, opened
from device.imaging import decoding, frames


def remeasure(
    bundle_path: Path,
    source: Source | None,
    columns: Path | None,
    *,
    weights_file: Path | None,
    cache: Cache,
    fetcher: Fetcher | None,
    minimums: GateMinimums,
    out: Path,
    plan: ParityPlan,
    progress: Callable[[str, int, int], None],
) -> tuple[str, ...]:
    """Measure a bundle's parity, write both reports, and return the gate's failures.

    The reports are `parity.json` and `parity.html` in the output folder.

    Raises:
        ConverterError: When the pictures are not the bundle's, or the weights are not its own.
    """
    found = weights.find(weights_file, cache=cache.root)
    with opened(bundle_path) as bundle:
        model = bundle.manifest.model
        if found.sha256 != model.weights_sha256:
            raise BuildError(
                f"{bundle_path}: made with weights {model.weights_sha256[:12]}, found {found.sha256[:12]}; "
                "name the right file with --weights"
            )
        pictures = (
            _bundle_pictures(bundle)
            if source is None
            else _collection_pictures(
                bundle,
                collection.read(
                    source,
                    columns=columns,
                    progress=partial(progress, "read collection"),
                    fetcher=fetcher,
                ),
            )
        )
        out.mkdir(parents=True, exist_ok=True)  # before the minutes that measuring takes
        reference = ReferenceModel(found, profile_of(model.preprocess), cache)
        measured = compare.compare(
            bundle,
            pictures,
            reference,
            plan=plan,
            originals=source is not None,
            progress=progress,
        )
        (out / layout.PARITY).write_text(report.to_json(measured), "utf-8")
        (out / layout.PARITY_PAGE).write_text(report.page(measured, minimums), "utf-8")
    return compare.gate(measured, minimums)


def _bundle_pictures(bundle: OpenedBundle) -> tuple[PrintPicture, ...]:
    """Return the pictures in the bundle, one for each print."""
    records = [bundle.records.at(item) for item in range(bundle.manifest.items)]
    hidden = [record.record_id for record in records if not record.show_picture]
    if hidden:
        raise BuildError(
            f"{bundle.path}: {len(hidden)} prints have no picture (such as {hidden[0]}); "
            "name the collection with --collection"
        )
    return tuple(
        PrintPicture(
            record_id=r.record_id, item=r.item, load=partial(_load_picture, bundle, r.record_id)
        )
        for r in records
    )


def _load_picture(bundle: OpenedBundle, record_id: str) -> frames.Pixels:
    return decoding.decode(bundle.pictures.get(record_id, "screen"), name=record_id)


def _collection_pictures(
    bundle: OpenedBundle, read: collection.Collection
) -> tuple[PrintPicture, ...]:
    """Return the collection's pictures of the bundle's prints."""
    items = {item.record_id: item for item in read.items}
    found = []
    for row in range(bundle.manifest.items):
        record_id = bundle.records.at(row).record_id
        if record_id not in items:
            raise BuildError(
                f"{read.path}: expected the collection that {bundle.path} was built from, found no {record_id}; "
                "build the bundle again"
            )
        load = partial(decoding.load, items[record_id].image)
        found.append(PrintPicture(record_id=record_id, item=row, load=load))
    return tuple(found)
