"""The manifest of a bundle that a test writes, with thresholds that were never fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from converter.build import bundle_writer
from converter.ingest.item import Item
from device.bundle.format_versions import FORMAT_VERSION
from device.bundle.manifest import IndexSpec, Manifest, ModelSpec, Thresholds, identify
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import DIMENSIONS

_THRESHOLDS = Thresholds(
    inliers=12,
    covered=0.1,
    gap=12.0,
    same_image=0.9,
    similar=0.7,
    margins=0.0,
    false_accepts=0.0,
    missed=0.0,
    false_similar=0.0,
    fitted_on=1,
    measured_on=1,
    changed=0,
)


def thresholds(**changes: Any) -> Thresholds:
    """Return thresholds with some values changed."""
    return replace(_THRESHOLDS, **changes)


def write(
    folder: Path,
    items: Sequence[Item],
    index: IndexSpec,
    chosen: Thresholds,
    *,
    name: str,
    languages: Mapping[str, str],
    probes: tuple[str, ...] = (),
) -> None:
    """Write a bundle's manifest, when all its other files are there."""
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        bundle_id="",
        version=0,
        name=name,
        made_by="the tests",
        items=len(items),
        parts=bundle_writer.parts_of(items),
        model=ModelSpec(
            variant="dynamic_int8",
            preprocess="caffe",
            resize=preprocess.RESIZE,
            input_size=preprocess.INPUT_SIDE,
            dimensions=DIMENSIONS,
            weights_sha256="0" * 64,
            sha256=index.model_sha256,
        ),
        index=index,
        thresholds=chosen,
        parity=None,
        languages=languages,
        probes=probes,
        files=bundle_writer.entries(folder),
    )
    bundle_writer.write_manifest(identify(manifest), folder)
