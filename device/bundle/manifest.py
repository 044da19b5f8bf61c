"""The manifest: what a bundle is, how it was made, and the sha256 of every file in it.

It is written last, holds no clock time and no timing, and is the same for the same input. Unknown
top-level keys are kept, so that an older kiosk can carry a newer manifest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import PurePosixPath
from typing import Any

from device.bundle import dataclass_json
from device.errors import BundleDamagedError, BundleFormatError

FORMAT_VERSION = 1
_LONGEST_PATH = 200  # FAT32's longest name is 255
READABLE_VERSIONS = (FORMAT_VERSION,)  # N and N-1, once there is an N-1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of the bundle: its path within it, its sha256 (hex) and its size."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """The fingerprint model and what it wants to be given.

    Attributes:
        variant: How it was quantised, such as `dynamic_int8`.
        preprocess: `caffe` (BGR, ImageNet mean subtracted) or `unit` (RGB, 0..1); folded into the graph,
            which takes raw uint8 RGB either way.
        resize: How a picture is brought to the input size; `squash-bilinear-reduced` is the one we have.
        input_size: Side of the square input in pixels.
        dimensions: Length of a fingerprint.
        weights_sha256: Over the 13 convolutions' float32 kernels and biases, in order.
        sha256: Of `model.tflite`.
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
        dimensions: Kept, half-whitened principal components.
        search_k: Nodes Annoy inspects for one query; its default is poor on this data.
        candidates: How many of Annoy's neighbours are scored again with the whole fingerprint.
        recall_at_10: Share of the exact ten nearest that are found, measured when built.
        model_sha256: Of the model whose fingerprints are indexed.
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
    """Where the verdicts part, fitted on this bundle, with the error rates measured on other prints of it.

    Attributes:
        inliers: Details that must agree in one transform for a print to count as found.
        covered: Share of what the print's details span, 0..1, that these must span to say "this print", not "a part
            of it".
        gap: Details that would agree in the largest part of the print where hardly any does: with more, it is another
            print that shares the rest, such as an ornamental border.
        same_image: Cosine from which the fingerprint alone says "the same image".
        similar: Cosine from which there is anything worth showing as similar.
        margins: Share of the collection's pictures that show paper round the print's own picture, 0..1.
        false_accepts: Share of prints left out of the collection that are accepted (as the same print or image) all
            the same.
        missed: Share of prints in the collection that are not accepted, or as another print.
        false_similar: Share of prints left out that are called similar, or more.
        fitted_on, measured_on: Numbers of simulated captures.
        changed: How many prints have come, gone or changed since these were fitted on nearly this collection.
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
    """How near the kiosk's answers are to full-precision TensorFlow with exact search (see `parity.json`)."""

    clean_cosine_median: float
    clean_cosine_p1: float
    clean_cosine_min: float
    camera_top1_agreement: float
    camera_top10_overlap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A bundle's own description.

    Attributes:
        bundle_id: First 16 hex digits of the sha256 over everything else in the manifest.
        version: A rising integer given when the bundle is published; 0 before.
        made_by: The software that wrote it.
        languages: Which language each text field is in, as BCP 47 tags.
        probes: Ids of records whose own picture, asked for, must find itself (the self-check).
    """

    format_version: int
    bundle_id: str
    version: int
    name: str
    made_by: str
    items: int
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
        """Give the words a log or the staff page names this bundle with."""
        return f"{self.name} ({self.bundle_id})"


def dump(manifest: Manifest) -> str:
    """Give the manifest's text, ending in a newline; the same manifest gives the same text."""
    data = dataclass_json.to_json(manifest)
    return (
        json.dumps(
            data.pop("unknown") | data,
            indent=1,
            sort_keys=True,
            ensure_ascii=False,
            allow_nan=False,  # a threshold that is no number would let every print pass
        )
        + "\n"
    )


def identify(manifest: Manifest) -> Manifest:
    """Give the same manifest with the id that its content asks for."""
    text = dump(replace(manifest, bundle_id=""))
    return replace(manifest, bundle_id=hashlib.sha256(text.encode()).hexdigest()[:16])


def parse(text: str | bytes, place: str) -> Manifest:
    """Read a manifest.

    Args:
        text: The file's content.
        place: The bundle's path or name, for errors.

    Raises:
        BundleDamagedError: When it is no JSON, lacks a key, names a file outside the bundle, is not written
            as `dump` writes it, or does not have the id it states.
        BundleFormatError: When it is of a format version that this software doesn't read.
    """
    try:
        text = text if isinstance(text, str) else text.decode("utf-8")
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleDamagedError(
            f"{place}: manifest.json is no JSON ({_one_line(error)}); fetch it again"
        ) from error
    _check_version(data, place)
    known = {f.name for f in fields(Manifest)} - {"unknown"}
    unknown = {key: value for key, value in data.items() if key not in known}
    try:
        manifest = dataclass_json.from_json(Manifest, data | {"unknown": unknown}, "manifest.json")
        wanted = identify(manifest).bundle_id
    except ValueError as error:
        raise BundleDamagedError(f"{place}: {_one_line(error)}; fetch it again") from error
    _check_files(manifest, place)
    if manifest.bundle_id != wanted:
        raise BundleDamagedError(
            f"{place}: manifest.json says it is {manifest.bundle_id!r}, its content is {wanted}; fetch it again"
        )
    if dump(manifest) != text:  # a byte that JSON doesn't care for is an altered byte all the same
        raise BundleDamagedError(
            f"{place}: manifest.json was altered since it was written; fetch it again"
        )
    return manifest


def _check_files(manifest: Manifest, place: str) -> None:
    paths = [entry.path for entry in manifest.files]
    for path in paths:
        parts = PurePosixPath(path).parts
        is_inside = parts and path == PurePosixPath(*parts).as_posix() and path.isprintable()
        is_inside = is_inside and ".." not in parts and parts[0] not in ("/", "manifest.json")
        is_inside = is_inside and len(path) <= _LONGEST_PATH
        if not is_inside or paths.count(path) > 1:
            raise BundleDamagedError(
                f"{place}: manifest.json: files: expected each path inside the bundle once, found {path!r}; "
                "fetch it again"
            )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _check_version(data: Any, place: str) -> None:
    found = data.get("format_version") if isinstance(data, dict) else None
    if found not in READABLE_VERSIONS or isinstance(found, bool):
        readable = " or ".join(str(version) for version in READABLE_VERSIONS)
        raise BundleFormatError(
            f"{place}: expected bundle format {readable}, found {found!r}; "
            "update the kiosk's software or build the bundle with this version"
        )
