"""Labels of metadata are known in six languages."""

import pytest

from converter.ingest.readers.iiif.labels import field_of


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Artist", "makers"),
        ("Künstler:", "makers"),
        ("<b>Auteur</b>", "makers"),
        ("Creator(s)", "makers"),
        ("Date de création", "date"),
        ("Datazione", "date"),
        ("Datering", "date"),
        ("Técnica", "technique"),
        ("Inventarnummer", "inventory_number"),
        ("Lizenz", "rights"),
        ("Object Type", "classification"),
        ("Height", None),
        ("", None),
    ],
)
def test_a_label_names_a_field(label: str, field: str | None) -> None:
    assert field_of(label) == field
