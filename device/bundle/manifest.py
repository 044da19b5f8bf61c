"""The manifest: what a bundle is, how it was made, and the sha256 of every file in it.

It is written last. It contains no time of day and no measured duration, so the same input gives the same manifest.
Unknown top-level keys are kept, so that an older kiosk can read a newer manifest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import PurePosixPath
from typing import Any

from device.bundle import dataclass_json, format_versions
from device.errors import BundleDamagedError

_LONGEST_PATH = 200  # FAT32's longest name is 255


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of a bundle: its path within the bundle, its sha256 (hex) and its size."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """The fingerprint model and the input it expects.

    Attributes:
        variant: How it was quantised, such as `dynamic_int8`.
        preprocess: `caffe` (BGR, ImageNet mean subtracted) or `unit` (RGB, 0..1). It is folded into the graph,
            which takes raw uint8 RGB either way.
        resize: How a picture is resized to the input size; `squash-bilinear-reduced` is the only method.
        input_size: Side of the square input in pixels.
        dimensions: Length of a fingerprint.
        weights_sha256: Hash of the 13 convolutions' float32 kernels and biases, in order.
        sha256: Hash of `model.tflite`.
    """

    variant: str
    preprocess: str
    resize: str
    input_size: int
    dimensions: int
    weights_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSpec:
    """The neighbour index, its parameters, and the recall they were chosen for.

    Attributes:
        metric: Annoy's name for the distance in the projected space.
        dimensions: Number of principal components that are kept, half-whitened.
        trees, seed: Annoy's parameters at the build.
        items: Number of indexed fingerprints, one for each picture of each record.
        search_k: Nodes that Annoy inspects for one query; its default gives poor recall on this data.
        candidates: How many of Annoy's neighbours are scored again with the whole fingerprint.
        recall_at_10: Share of the exact ten nearest that are found, measured at the build.
        model_sha256: Hash of the model whose fingerprints are indexed.
    """

    metric: str
    dimensions: int
    trees: int
    seed: int
    items: int
    search_k: int
    candidates: int
    recall_at_10: float
    model_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The values that separate the verdicts, and the error rates measured with them.

    The values are fitted on some prints of this bundle, and the error rates measured on others.

    Attributes:
        inliers: Local features that must agree in one transform for a print to count as found.
        covered: Share of the area spanned by the print's local features, 0..1, that the inliers must span. Below
            it, the answer is a part of the print and not the print itself.
        gap: Size of the largest allowed mismatch region, in local features expected to agree there. Above it, the
            answer is another print that shares the rest, such as an ornamental border.
        same_image: Minimum cosine for the verdict "the same image" by the fingerprint alone.
        similar: Minimum cosine for a print to be shown as similar.
        margins: Share of the collection's pictures that show paper around the print's own picture, 0..1.
        false_accepts: Share of prints left out of the collection that are still accepted as the same print or image.
        missed: Share of prints in the collection that are not accepted, or accepted as another print.
        false_similar: Share of left-out prints that get the verdict similar or a stronger one.
        fitted_on, measured_on: Numbers of simulated captures.
        changed: How many prints were added, removed or changed since the fit, when the thresholds were taken over
            from a nearly identical collection.
    """

    inliers: int
    covered: float
    gap: float
    same_image: float
    similar: float
    margins: float
    false_accepts: float
    missed: float
    false_similar: float
    fitted_on: int
    measured_on: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParitySummary:
    """How closely the kiosk's answers agree with the reference; `parity.json` has the details."""

    clean_cosine_median: float
    clean_cosine_p1: float
    clean_cosine_min: float
    camera_top1_agreement: float
    camera_top10_overlap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The content of `manifest.json`: what a bundle is and how it was made.

    Attributes:
        bundle_id: First 16 hex digits of the sha256 over everything else in the manifest.
        version: An increasing integer, assigned when the bundle is published; 0 before.
        made_by: The software that wrote it.
        items: Number of records.
        parts: What the bundle has beyond the required files, each with its version; empty in format 1.
        languages: Language of each text field, as a BCP 47 tag.
        probes: Ids of the probe prints: each must find itself when its own picture is searched for.
        unknown: Top-level keys that this software doesn't know.
    """

    format_version: int
    bundle_id: str
    version: int
    name: str
    made_by: str
    items: int
    parts: Mapping[str, int]
    model: ModelSpec
    index: IndexSpec
    thresholds: Thresholds
    parity: ParitySummary | None
    languages: Mapping[str, str]
    probes: tuple[str, ...]
    files: tuple[FileEntry, ...]
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The bundle's name and id, for logs and the staff page."""
        return f"{self.name} ({self.bundle_id})"


def dump(manifest: Manifest) -> str:
    """Return the manifest as JSON text, always the same for the same manifest."""
    data = format_versions.as_written(dataclass_json.to_json(manifest))
    return (
        json.dumps(
            data.pop("unknown") | data,
            indent=1,
            sort_keys=True,
            ensure_ascii=False,
            allow_nan=False,  # a threshold of NaN would accept every print
        )
        + "\n"
    )


def identify(manifest: Manifest) -> Manifest:
    """Return the manifest with the bundle id computed from its content."""
    text = dump(replace(manifest, bundle_id=""))
    return replace(manifest, bundle_id=hashlib.sha256(text.encode()).hexdigest()[:16])


def parse(text: str | bytes, place: str) -> Manifest:
    """Parse and check a manifest.

    Args:
        text: The file's content.
        place: The bundle's path or name, for errors.

    Raises:
        BundleDamagedError: When the text is not valid JSON, lacks a key, names a file outside the bundle, differs
            from what `dump` would write, or states an id other than its content's.
        BundleFormatError: When this software can't read its format version.
    """
    try:
        text = text if isinstance(text, str) else text.decode("utf-8")
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleDamagedError(
            f"{place}: manifest.json is not valid JSON ({_one_line(error)}); fetch it again"
        ) from error
    format_versions.check_version(data, place)
    data = format_versions.with_parts(data, place)
    known = {f.name for f in fields(Manifest)} - {"unknown"}
    unknown = {key: value for key, value in data.items() if key not in known}
    try:
        manifest = dataclass_json.from_json(Manifest, data | {"unknown": unknown}, "manifest.json")
        wanted = identify(manifest).bundle_id
    except ValueError as error:
        raise BundleDamagedError(f"{place}: {_one_line(error)}; fetch it again") from error
    format_versions.check_parts(manifest.parts, place)
    _check_files(manifest, place)
    if manifest.bundle_id != wanted:
        raise BundleDamagedError(
            f"{place}: manifest.json states id {manifest.bundle_id!r}, its content has {wanted}; fetch it again"
        )
    if (
        dump(manifest) != text
    ):  # a byte that JSON ignores, such as white space, is still an altered byte
        raise BundleDamagedError(
            f"{place}: manifest.json was altered after it was written; fetch it again"
        )
    return manifest


def _check_files(manifest: Manifest, place: str) -> None:
    seen: set[str] = set()
    for path in (entry.path for entry in manifest.files):
        parts = PurePosixPath(path).parts
        is_inside = parts and path == PurePosixPath(*parts).as_posix() and path.isprintable()
        is_inside = is_inside and ".." not in parts and parts[0] not in ("/", "manifest.json")
        is_inside = is_inside and len(path) <= _LONGEST_PATH
        if not is_inside or path in seen:
            raise BundleDamagedError(
                f"{place}: manifest.json: files: expected unique paths inside the bundle, found {path!r}; "
                "fetch it again"
            )
        seen.add(path)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
