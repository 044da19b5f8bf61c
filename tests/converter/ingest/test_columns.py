"""Columns are mapped by name or by the column map, and every fault is reported at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.ingest.columns import FIELDS, map_columns
from converter.ingest.mapping.column_spec import ColumnSpec

MUSEUMPLUS = "recordID imageURL invNr person date title classification matTec institutionIsil recordURL imageLicence relations"


DEMO = "record_id title creator date technique note source_title source_url_or_repo licence image_file rotated_deg"


def test_the_columns_of_a_museumplus_export_are_known() -> None:
    found, faults = map_columns(MUSEUMPLUS.split(), {}, needs_image=False)

    assert not faults
    assert found.names == {
        "record_id": "recordID",
        "title": "title",
        "makers": "person",
        "date": "date",
        "classification": "classification",
        "technique": "matTec",
        "institution": "institutionIsil",
        "inventory_number": "invNr",
        "relations": "relations",
        "rights": "imageLicence",
        "source_url": "recordURL",
    }
    assert found.unused == ("imageURL",)


def test_the_columns_of_the_demo_are_known() -> None:
    found, faults = map_columns(DEMO.split(), {}, needs_image=True)

    assert not faults
    assert found.names["makers"] == "creator"
    assert found.names["credit"] == "source_title"
    assert found.positions["image"] == 9
    assert found.unused == ("rotated_deg",)


@pytest.mark.parametrize(
    "header", ["Record ID,Title,Image", "RECORD_ID,title,image", "record-id,TITLE,Image"]
)
def test_case_spaces_and_punctuation_of_a_known_name_do_not_matter(header: str) -> None:
    found, faults = map_columns(header.split(","), {}, needs_image=True)

    assert not faults
    assert set(found.names) == {"record_id", "title", "image"}


def test_two_columns_that_could_both_be_meant_are_an_error() -> None:
    _, faults = map_columns(["id", "title", "image", "creator", "artist"], {}, needs_image=True)

    assert len(faults) == 1
    assert "'creator' and 'artist' could both be meant" in faults[0]


def test_a_fields_own_name_takes_precedence_over_its_aliases() -> None:
    found, faults = map_columns(["id", "record_id", "title", "image"], {}, needs_image=True)

    assert not faults
    assert found.names["record_id"] == "record_id"
    assert found.unused == ("id",)


def test_the_column_map_takes_precedence_over_a_known_name() -> None:
    found, _ = map_columns(
        ["id", "title", "image", "creator", "date"], {"makers": "date"}, needs_image=True
    )

    assert found.names["makers"] == "date"
    assert "date" not in found.names
    assert found.unused == ("creator",)


def test_an_empty_column_leaves_a_field_out() -> None:
    found, faults = map_columns(["id", "title", "image", "note"], {"note": ""}, needs_image=True)

    assert not faults
    assert "note" not in found.names


def test_all_faults_of_a_header_are_reported_at_once() -> None:
    _, faults = map_columns(
        ["tittel_x", "tittel_x", "persn"], {"makers": "person"}, needs_image=True
    )

    text = "; ".join(faults)
    assert "'tittel_x' is in the header 2 times" in text
    assert "no column 'person'; did you mean 'persn'?" in text
    assert "record_id: no column" in text
    assert "title: no column" in text
    assert "image: no column" in text


def test_a_column_of_numbers_is_proposed_as_the_id() -> None:
    _, faults = map_columns(["Inventory No", "Titel", "Datei"], {}, needs_image=True)

    assert len(faults) == 1
    assert "record_id: no column is known to hold it; 'Inventory No' could" in faults[0]
    assert "record_id = 'Inventory No' in collection.toml under [columns]" in faults[0]


def test_a_missing_column_of_pictures_names_the_key_that_helps() -> None:
    _, faults = map_columns(["id", "title"], {}, needs_image=True)

    assert 'set image_names = "{record_id}.*" in collection.toml under [collection]' in faults[0]


def test_a_title_in_any_language_is_enough() -> None:
    found, faults = map_columns(["id", "title_de", "Title (English)"], {}, needs_image=False)

    assert not faults
    assert found.names["title_en"] == "Title (English)"
    assert found.values(["1", "Nacht", "Night"]) == {
        "record_id": "1",
        "title_de": "Nacht",
        "title_en": "Night",
    }


def test_a_field_may_be_made_of_several_columns() -> None:
    chosen = {"makers": ColumnSpec(columns=("prefix", "name"), split="|")}

    found, faults = map_columns(["id", "title", "prefix", "name"], chosen, needs_image=False)

    assert not faults
    assert found.values(["1", "a", "After|", "Eva|Max"])["makers"] == "After Eva\x1fMax"
    assert found.names["makers"] == "prefix + name"
    assert found.unused == ()


def test_each_column_of_a_specification_must_exist() -> None:
    chosen = {"makers": ColumnSpec(columns=("name",), roles="rolle")}

    _, faults = map_columns(["id", "title", "name", "role"], chosen, needs_image=False)

    assert faults == ["makers: no column 'rolle'; did you mean 'role'?"]


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("Object Begin Date,Object End Date", 2, 3),
        ("beginyear,endyear", 2, 3),
        ("creation_date_earliest,creation_date_latest", 2, 3),
        ("Jahr von,Jahr bis", 2, 3),
        ("date_debut,date_fin", 2, 3),
        ("anno da,anno a", 2, 3),
        ("jaar van,jaar tot", 2, 3),
        ("fecha desde,fecha hasta", 2, 3),
    ],
)
def test_columns_of_years_are_known_in_six_languages(header: str, first: int, last: int) -> None:
    found, faults = map_columns(["id", "title", *header.split(",")], {}, needs_image=False)

    assert not faults
    assert (found.positions["year_from"], found.positions["year_to"]) == (first, last)


def test_life_dates_of_artists_are_no_years_of_the_print() -> None:
    found, _ = map_columns(["id", "title", "BeginDate", "EndDate"], {}, needs_image=False)

    assert found.unused == ("BeginDate", "EndDate")


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(st.text(max_size=12), max_size=10),
    st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=12)),
)
def test_no_header_raises_and_every_position_holds_the_named_column(
    header: list[str], chosen: dict[str, str]
) -> None:
    found, _ = map_columns(header, chosen, needs_image=True)

    assert all(
        header[position] == found.names[field] for field, position in found.positions.items()
    )
