"""Bundles of every published format stay readable; other formats are refused.

`tests/golden/format-N.zip` was written by the software of format N and is never written again. Its prints are drawn
(`tests/standins/drawn_bundle.py`), and its model is a stand-in of a few bytes.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from drawn_bundle import draw

from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.format_versions import READABLE_VERSIONS
from device.bundle.manifest import Manifest
from device.bundle.reader import opened, read_manifest, verify
from device.errors import BundleFormatError
from device.recognition.embedding.fingerprint import Fingerprint
from device.recognition.embedding.nearest import FingerprintIndex, load_array
from device.recognition.local.match import FeatureMatcher

GOLDEN = Path(__file__).parents[2] / "golden"
PRINTS = 6


@pytest.fixture(params=sorted(GOLDEN.glob("format-*.zip")), ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A golden bundle, unpacked."""
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(tmp_path / "golden")
    return tmp_path / "golden"


def test_every_readable_format_has_a_golden_bundle() -> None:
    found = {int(path.stem.removeprefix("format-")) for path in GOLDEN.glob("format-*.zip")}

    assert found >= set(READABLE_VERSIONS)


def test_a_golden_bundle_verifies_and_has_its_original_content(golden: Path) -> None:
    manifest = verify(golden)
    with opened(golden) as bundle:
        records = [bundle.records.at(item) for item in range(PRINTS)]
        assert [record.title for record in records] == [
            f"Blots no. {row} <& more>" for row in range(PRINTS)
        ]
        assert records[1].relations[0].record_id == "D-000"
        assert bundle.records.items_passing(Filters(words="blots")) == tuple(range(PRINTS))
        assert bundle.pictures.get("D-002", "thumb").startswith(b"RIFF")
    assert manifest.items == PRINTS


def test_format_2_has_records_with_several_pictures_and_titles(tmp_path: Path) -> None:
    with zipfile.ZipFile(GOLDEN / "format-2.zip") as archive:
        archive.extractall(tmp_path)
    with opened(tmp_path) as bundle:
        record = bundle.records.get("D-002")
        shapes = [(picture.width, picture.height) for picture in record.pictures]
        versos = [bundle.pictures.get("D-002", "thumb", position) for position in (1, 2)]

    assert shapes == [(160, 120), (120, 160), (160, 120)]
    assert record.titles == {"de": "Kleckse", "fr": "Taches"}
    assert all(verso.startswith(b"RIFF") for verso in versos)
    assert bundle.manifest.parts == {"pictures": 1, "titles": 1}


def test_a_golden_bundles_index_and_features_find_its_prints(golden: Path) -> None:
    manifest = read_manifest(golden)
    index = FingerprintIndex(golden, manifest.index)
    matcher = FeatureMatcher(golden, manifest.index.items)
    for row, vector in enumerate(load_array(golden / layout.FINGERPRINTS)):
        asked = Fingerprint(vector=vector, model_sha256=manifest.model.sha256)
        assert index.nearest(asked, 1)[0].item == row
    traces = matcher.match(draw(3), excluded=(), enough=8)
    assert {trace.item for trace in traces} <= {3}


def test_another_format_is_refused_naming_both(
    golden: Path, change_manifest: Callable[..., Manifest]
) -> None:
    path = layout.manifest_of(golden)
    text = path.read_text("utf-8")
    newer = max(READABLE_VERSIONS) + 1
    path.write_text(re.sub(r'"format_version": \d+', f'"format_version": {newer}', text), "utf-8")

    with pytest.raises(BundleFormatError, match=f"expected bundle format .*found {newer}"):
        read_manifest(golden)


def test_another_model_or_dimension_is_refused_naming_both(
    golden: Path, change_manifest: Callable[..., Manifest]
) -> None:
    manifest = read_manifest(golden)
    change_manifest(golden, index=replace(manifest.index, model_sha256="0" * 64))
    with pytest.raises(BundleFormatError, match="is for 000000000000"):
        verify(golden)
    change_manifest(golden, index=replace(manifest.index, dimensions=manifest.index.dimensions + 1))
    with pytest.raises(Exception, match=str(manifest.index.dimensions)):
        FingerprintIndex(golden, read_manifest(golden).index)
