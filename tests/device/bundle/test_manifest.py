"""A manifest survives a round trip; any fault in one is refused in a line that names it."""

import copy
import dataclasses
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.bundle.format_versions import FORMAT_VERSION, PARTS
from device.bundle.manifest import (
    FileEntry,
    IndexSpec,
    Manifest,
    ModelSpec,
    ParitySummary,
    Thresholds,
    dump,
    identify,
    parse,
)
from device.errors import BundleDamagedError, BundleError, BundleFormatError

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
COUNTS = st.integers(0, 2**60)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 9).map(float)
PATHS = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.[a-z]{3}", fullmatch=True)
PARITIES = st.builds(ParitySummary, **{f.name: NUMBERS for f in dataclasses.fields(ParitySummary)})
JSON = st.recursive(
    st.none() | st.booleans() | COUNTS | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
KNOWN = {field.name for field in dataclasses.fields(Manifest)}
MODELS = st.builds(
    ModelSpec,
    variant=TEXT,
    preprocess=TEXT,
    resize=TEXT,
    input_size=COUNTS,
    dimensions=COUNTS,
    weights_sha256=TEXT,
    sha256=TEXT,
)
INDEXES = st.builds(
    IndexSpec,
    metric=TEXT,
    dimensions=COUNTS,
    trees=COUNTS,
    seed=COUNTS,
    items=COUNTS,
    search_k=COUNTS,
    candidates=COUNTS,
    recall_at_10=NUMBERS,
    model_sha256=TEXT,
)
THRESHOLDS = st.builds(
    Thresholds,
    inliers=COUNTS,
    covered=NUMBERS,
    gap=NUMBERS,
    same_image=NUMBERS,
    similar=NUMBERS,
    margins=NUMBERS,
    false_accepts=NUMBERS,
    missed=NUMBERS,
    false_similar=NUMBERS,
    fitted_on=COUNTS,
    measured_on=COUNTS,
    changed=COUNTS,
)
ENTRIES = st.builds(FileEntry, path=PATHS, sha256=TEXT, size_bytes=COUNTS)
MANIFESTS = st.builds(
    Manifest,
    format_version=st.just(FORMAT_VERSION),
    bundle_id=TEXT,
    version=COUNTS,
    name=TEXT,
    made_by=TEXT,
    items=COUNTS,
    parts=st.dictionaries(TEXT, COUNTS, max_size=3).filter(lambda parts: not parts.keys() & PARTS),
    model=MODELS,
    index=INDEXES,
    thresholds=THRESHOLDS,
    parity=st.none() | PARITIES,
    languages=st.dictionaries(TEXT, TEXT, max_size=3),
    probes=st.lists(TEXT, max_size=3).map(tuple),
    files=st.lists(ENTRIES, max_size=3, unique_by=lambda entry: entry.path).map(tuple),
    unknown=st.dictionaries(TEXT.filter(lambda key: key not in KNOWN), JSON, max_size=3),
)

WHOLE = identify(
    Manifest(
        format_version=FORMAT_VERSION,
        bundle_id="",
        version=3,
        name="Ten woodcuts",
        made_by="the tests",
        items=10,
        parts={"pictures": 1, "later": 4},
        model=ModelSpec(
            variant="dynamic_int8",
            preprocess="caffe",
            resize="squash-bilinear",
            input_size=224,
            dimensions=512,
            weights_sha256="aa",
            sha256="bb",
        ),
        index=IndexSpec(
            metric="euclidean",
            dimensions=9,
            trees=20,
            seed=7,
            items=10,
            search_k=250,
            candidates=10,
            recall_at_10=1.0,
            model_sha256="bb",
        ),
        thresholds=Thresholds(
            inliers=12,
            covered=0.2,
            gap=12.0,
            same_image=0.9,
            similar=0.7,
            margins=0.0,
            false_accepts=0.01,
            missed=0.02,
            false_similar=0.03,
            fitted_on=100,
            measured_on=50,
            changed=0,
        ),
        parity=ParitySummary(
            clean_cosine_median=0.9999,
            clean_cosine_p1=0.999,
            clean_cosine_min=0.998,
            camera_top1_agreement=1.0,
            camera_top10_overlap=0.99,
        ),
        languages={"title": "de"},
        probes=("a", "b"),
        files=(FileEntry(path="model.tflite", sha256="bb", size_bytes=5),),
    )
)
DATA: dict[str, Any] = json.loads(dump(WHOLE))


@pytest.mark.slow
@settings(max_examples=150)
@given(MANIFESTS)
def test_a_manifest_survives_a_round_trip(manifest: Manifest) -> None:
    sealed = identify(manifest)

    text = dump(sealed)

    assert parse(text, "here") == sealed
    assert parse(text.encode(), "here") == sealed
    assert dump(parse(text, "here")) == text
    assert text.endswith("}\n")


@pytest.mark.slow
@given(MANIFESTS)
def test_the_id_depends_on_the_content_and_not_on_the_id_before(manifest: Manifest) -> None:
    renamed = dataclasses.replace(manifest, bundle_id="something else")
    changed = dataclasses.replace(manifest, items=manifest.items + 1)

    assert identify(renamed) == identify(manifest)
    assert identify(changed).bundle_id != identify(manifest).bundle_id
    assert len(identify(manifest).bundle_id) == 16


def test_integers_in_float_fields_survive_a_round_trip() -> None:
    """Python accepts an int as a float; the id must not depend on which it was."""
    thresholds = dataclasses.replace(WHOLE.thresholds, missed=0)

    sealed = identify(dataclasses.replace(WHOLE, thresholds=thresholds))

    assert parse(dump(sealed), "here") == sealed


def test_unknown_keys_are_kept_and_count_in_the_id() -> None:
    newer = identify(dataclasses.replace(WHOLE, unknown={"descriptors": {"count": 3}}))

    read = parse(dump(newer), "here")

    assert read.unknown == {"descriptors": {"count": 3}}
    assert read.bundle_id != WHOLE.bundle_id


def test_content_that_does_not_match_the_id_is_refused_naming_both() -> None:
    data = DATA | {"name": "Eleven woodcuts"}

    with pytest.raises(BundleDamagedError) as caught:
        parse(json.dumps(data), "here")

    assert WHOLE.bundle_id in str(caught.value)
    assert "its content has" in str(caught.value)


def test_a_manifest_with_nan_or_infinity_is_never_written() -> None:
    """A threshold of NaN would accept every print."""
    for number in (math.nan, math.inf):
        wrong = dataclasses.replace(WHOLE.thresholds, same_image=number)
        with pytest.raises(ValueError, match="JSON"):
            identify(dataclasses.replace(WHOLE, thresholds=wrong))


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every key in a manifest's data, except those in mappings of any keys."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in pairs:
        yield (*path, key)
        if isinstance(value, dict | list) and key not in ("languages", "parts"):
            yield from places(value, (*path, key))


def edited(path: tuple[str | int, ...], *values: object) -> str:
    """Return the manifest's text with one value removed or replaced."""
    data = copy.deepcopy(DATA)
    parent = data
    for key in path[:-1]:
        parent = parent[key]  # type: ignore[index]  # sometimes the index of a list
    if values:
        parent[path[-1]] = values[0]  # type: ignore[index]
    else:
        del parent[path[-1]]  # type: ignore[arg-type]
    return json.dumps(data)


def refusal(text: str | bytes) -> str:
    """Return the error line with which a manifest is refused."""
    with pytest.raises(BundleError) as caught:
        parse(text, "bundle 7")
    line = str(caught.value)
    assert line.startswith("bundle 7: ")
    assert "\n" not in line
    return line


KEYS = [path for path in places(DATA) if isinstance(path[-1], str)]


@pytest.mark.parametrize("path", KEYS, ids=lambda path: ".".join(map(str, path)))
def test_every_missing_key_is_named(path: tuple[str | int, ...]) -> None:
    line = refusal(edited(path))

    assert str(path[-1]).replace("format_version", "bundle format") in line


@pytest.mark.parametrize("path", list(places(DATA)), ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("value", [{"a": object}, [[]], True, "x", 1.5, 10**400], ids=type)
def test_every_value_of_a_wrong_type_is_named(path: tuple[str | int, ...], value: object) -> None:
    was: Any = DATA
    for key in path:
        was = was[key]
    if isinstance(value, dict):
        value = {"a": 1}
    if type(value) is type(was) or (type(was), type(value)) == (float, int):
        value = None

    line = refusal(edited(path, value))

    assert str(path[-1]).replace("format_version", "bundle format") in line or path == ("parity",)


def test_parity_may_be_none() -> None:
    unmeasured = identify(dataclasses.replace(WHOLE, parity=None))

    assert parse(dump(unmeasured), "here").parity is None


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 0, -1, "1", None, True, [1]])
def test_another_format_version_is_refused_naming_both(version: object) -> None:
    with pytest.raises(BundleFormatError) as caught:
        parse(edited(("format_version",), version), "here")

    assert f"expected bundle format 1 or {FORMAT_VERSION}, found {version!r}" in str(caught.value)


def test_a_manifest_of_format_1_has_no_parts_and_keeps_its_bytes() -> None:
    older = identify(dataclasses.replace(WHOLE, format_version=1, parts={}))

    assert '"parts"' not in dump(older)
    assert parse(dump(older), "here") == older


def test_a_manifest_of_format_1_that_states_parts_is_damaged() -> None:
    text = dump(WHOLE).replace('"format_version": 2', '"format_version": 1')

    with pytest.raises(BundleDamagedError, match="expected no parts in format 1"):
        parse(text, "here")


def test_an_unknown_part_is_kept_and_ignored() -> None:
    assert parse(dump(WHOLE), "here").parts["later"] == 4


def test_a_known_part_in_another_version_is_refused_naming_both() -> None:
    newer = identify(dataclasses.replace(WHOLE, parts={"pictures": 2}))

    with pytest.raises(BundleFormatError, match="part 'pictures' in version 1, found 2"):
        parse(dump(newer), "here")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        b"\xff\xfe",
        "[" * 100_000,
        dump(WHOLE)[:-2],
        dump(WHOLE).replace("0.9,", "NaN,"),
        dump(WHOLE).replace("0.9,", "1e999,"),
        dump(WHOLE).replace("Ten woodcuts", "\\ud800"),
        dump(WHOLE).replace('"de"', '"\\n", "a\\nb": 7'),
        dump(WHOLE).replace('"version": 3', '"version": ' + "9" * 5000),
    ],
    ids=range(12),
)
def test_an_invalid_manifest_is_refused_in_one_line(text: str | bytes) -> None:
    refusal(text)
