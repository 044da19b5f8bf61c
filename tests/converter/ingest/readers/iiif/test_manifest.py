"""A manifest's metadata becomes the fields of a label."""

from typing import Any

import pytest
from image_servers import ImageServersStandIn

from converter.ingest.readers.iiif.manifest import read_manifest, short_id
from converter.ingest.table import LIST_SEPARATOR


def cells(**fields: Any) -> dict[str, str]:
    """Return the cells of a manifest with these fields."""
    return dict(
        read_manifest({"id": "https://example.org/7", **fields}, "en", ImageServersStandIn())
    )


def entry(label: Any, value: Any) -> dict[str, Any]:
    """Return an entry of the metadata."""
    return {"label": label, "value": value}


def test_version_3_is_read_in_the_main_language() -> None:
    found = cells(
        label={"de": ["Mühle"], "en": ["Mill"]},
        metadata=[
            entry(
                {"de": ["Künstler"]}, {"none": ["Rosa Beispiel (1600-1660)", "Eva Muster (after)"]}
            ),
            entry({"en": ["Medium"]}, {"de": ["Radierung"], "en": ["Etching"]}),
            entry({"en": ["Weight"]}, {"en": ["1 kg"]}),
        ],
        rights="http://rightsstatements.org/vocab/InC/1.0/",
        requiredStatement=entry({"en": ["Attribution"]}, {"en": ["Print Room"]}),
        summary={"en": ["A mill."]},
        homepage=[{"id": "https://example.org/page", "format": "text/html"}],
        provider=[{"label": {"en": ["The Museum"]}}],
    )
    assert found == {
        "record_id": "7",
        "title": "Mill",
        "title_de": "Mühle",
        "makers": f"Rosa Beispiel{LIST_SEPARATOR}Eva Muster (after)",
        "technique": "Etching",
        "rights": "http://rightsstatements.org/vocab/InC/1.0/",
        "credit": "Print Room",
        "note": "A mill.",
        "source_url": "https://example.org/page",
        "institution": "The Museum",
    }


def test_version_2_is_read_too() -> None:
    found = cells(
        label=[{"@value": "Mill", "@language": "en"}, {"@value": "Mühle", "@language": "de"}],
        metadata=[entry("Creator", ["A", "B"]), entry("Rights", "In copyright")],
        license="http://creativecommons.org/publicdomain/mark/1.0/",
        attribution="Print Room",
        description="A mill.",
        related={"@id": "https://example.org/page", "format": "text/html"},
    )
    assert found["makers"] == f"A{LIST_SEPARATOR}B"
    assert found["rights"].split(LIST_SEPARATOR) == [
        "http://creativecommons.org/publicdomain/mark/1.0/",
        "In copyright",
    ]
    assert (found["title_de"], found["note"], found["credit"]) == ("Mühle", "A mill.", "Print Room")
    assert found["source_url"] == "https://example.org/page"


@pytest.mark.parametrize(
    ("label", "value", "rights"),
    [
        ("Attribution", "Print Room", None),
        ("Attribution", "© The Estate of Eva Example", "© The Estate of Eva Example"),
        ("Rechte", "See the museum's terms", "See the museum's terms"),
        ("Attribution", "Tous droits réservés", "Tous droits réservés"),
        (
            "Attribution",
            '<a href="http://rightsstatements.org/vocab/InC/1.0/">Terms</a>',
            "http://rightsstatements.org/vocab/InC/1.0/",
        ),
    ],
)
def test_rights_may_be_in_the_required_statement_alone(
    label: str, value: str, rights: str | None
) -> None:
    statement = entry({"en": [label]}, {"en": [value]})

    found = cells(requiredStatement=statement)

    assert found["credit"] == value
    assert found.get("rights", "").split(LIST_SEPARATOR)[0] == (rights or "")
    licensed = cells(
        requiredStatement=statement, rights="https://creativecommons.org/licenses/by/4.0/"
    )
    assert licensed["rights"] == "https://creativecommons.org/licenses/by/4.0/"


def test_rights_of_version_2_may_be_in_its_attribution_alone() -> None:
    assert cells(attribution="© Eva Example")["rights"] == "© Eva Example"
    found = cells(attribution="© Eva Example", license="https://example.org/terms")
    assert found["rights"].split(LIST_SEPARATOR) == ["https://example.org/terms", "© Eva Example"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/iiif/12/manifest.json", "12"),
        ("https://example.org/iiif/12/manifest?x=1", "12"),
        ("https://example.org/iiif/12.json", "12"),
        ("manifest-1.json", "manifest-1"),
        ("", ""),
    ],
)
def test_an_id_is_what_tells_a_manifest_from_others(address: str, expected: str) -> None:
    assert short_id(address) == expected
