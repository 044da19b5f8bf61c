"""A museum's collection.toml is read, and every error in it is reported at once."""

from pathlib import Path

import pytest

from converter.errors import CollectionError
from converter.ingest import settings as collection_settings
from converter.ingest.mapping.column_spec import ColumnSpec
from converter.ingest.rights import RightsRules
from converter.ingest.table import TableOptions


def read_map(tmp_path: Path, text: str) -> collection_settings.Settings:
    path = tmp_path / "collection.toml"
    path.write_text(text, encoding="utf-8")
    return collection_settings.read(path)


def test_a_column_map_with_every_key_is_read(tmp_path: Path) -> None:
    found = read_map(
        tmp_path,
        """
        [collection]
        name = "Prints"
        images = "images"
        image_names = "{inventory_number}.*"
        placeholders = "none"
        rows = "pictures"
        table = "works.xlsx"
        [columns]
        makers = "Künstler"
        title_rm = "Titel (rm)"
        technique = {column = "Technik", split = "|"}
        [languages]
        title = "de-CH"
        order = ["de", "rm"]
        [rights]
        hide_pictures = ["© ProLitteris*", "All rights reserved"]
        show_pictures = ["© Kunsthaus*"]
        ignore_columns = ["copyright"]
        [csv]
        delimiter = ";"
        encoding = "cp1252"
        [xlsx]
        sheet = "Objekte"
        [json]
        works = "response.docs"
        """,
    )

    assert found == collection_settings.Settings(
        name="Prints",
        images="images",
        image_names="{inventory_number}.*",
        placeholders="none",
        rows="pictures",
        columns={
            "makers": "Künstler",
            "title_rm": "Titel (rm)",
            "technique": ColumnSpec(columns=("Technik",), split="|"),
        },
        languages={"title": "de-CH"},
        rights=RightsRules(
            hide_pictures=("© ProLitteris*", "All rights reserved"),
            show_pictures=("© Kunsthaus*",),
            ignore_columns=("copyright",),
        ),
        title_order=("de", "rm"),
        table=TableOptions(
            file="works.xlsx",
            delimiter=";",
            encoding="cp1252",
            sheet="Objekte",
            works="response.docs",
        ),
    )


def test_unknown_keys_and_sections_are_all_reported_with_a_suggestion(
    tmp_path: Path,
) -> None:
    with pytest.raises(CollectionError) as caught:
        read_map(
            tmp_path,
            '[colums]\n[columns]\nmaker = "x"\n[csv]\ndelimeter = ";"\n[collection]\nname = 3',
        )

    text = str(caught.value)
    assert "[colums] isn't known; did you mean 'columns'?" in text
    assert "[columns] maker isn't known; did you mean 'makers'?" in text
    assert "[csv] delimeter isn't known; did you mean 'delimiter'?" in text
    assert "[collection] name: expected text, found 3" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('columns = "x"', "expected a section [columns]"),
        ('[languages]\ntitle = "german!"', "expected a tag such as 'en'"),
        ('[columns]\ntitle = "a"\nnote = "a"', "'a' is named 2 times"),
        ('[collection]\nrows = "photos"', "expected 'records' or 'pictures', found 'photos'"),
        ('[languages]\norder = "de"', "expected a list of texts, found 'de'"),
        ('[languages]\norder = ["german!"]', "expected a tag such as 'en'"),
        ("[columns]\ntitle = 3", "[columns] title: expected a column's name or a table, found 3"),
        ('[columns]\ntitle = {colum = "a"}', "colum isn't known; there are column, columns"),
        ("[columns]\ntitle = {}", "expected one of column, columns and constant, found none"),
        (
            '[columns]\ntitle = {column = "a", constant = "b"}',
            "expected one of column, columns and constant, found column and constant",
        ),
        ('[columns]\ntitle = {columns = "a"}', "columns: expected a list of column names"),
        ('[columns]\ntitle = "a"\nnote = {columns = ["a", "b"]}', "'a' is named 2 times"),
        ('[csv]\ndelimiter = "::"', "expected one character"),
        ('[rights]\nhide_pictures = "x"', "expected a list of texts"),
        ("[rights]\nshow_pictures = [1]", "expected a list of texts"),
        ('[rights]\nshow_picture = ["x"]', "did you mean 'show_pictures'?"),
        ('[collection]\nimage_names = "{recordid}.jpg"', "did you mean 'record_id'?"),
        ('[collection]\nimage_names = "{record_id.__class__}"', "isn't known"),
        ('[collection]\nimage_names = "a.jpg"', "expected a field"),
        ('[collection]\nimage_names = "{"', "expected a name such as"),
        ("[columns", "expected TOML"),
    ],
)
def test_an_invalid_value_is_reported(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CollectionError, match=r"collection\.toml") as caught:
        read_map(tmp_path, text)

    assert message in str(caught.value)


def test_an_inventory_number_may_be_the_id_as_well(tmp_path: Path) -> None:
    found = read_map(tmp_path, '[columns]\nrecord_id = "Inv"\ninventory_number = "Inv"')

    assert found.columns == {"record_id": "Inv", "inventory_number": "Inv"}


def test_a_missing_column_map_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="can't be read"):
        collection_settings.read(tmp_path / "other.toml")


def test_a_table_may_have_an_address_instead_of_a_file(tmp_path: Path) -> None:
    address = "https://example.org/works.csv"
    found = read_map(tmp_path, f'[collection]\nsource = "{address}"')

    assert found.table == TableOptions(address=address)
    with pytest.raises(CollectionError, match=r"source: expected an address .* found 'works\.csv'"):
        read_map(tmp_path, '[collection]\nsource = "works.csv"')
    with pytest.raises(CollectionError, match="expected one of them, found both"):
        read_map(tmp_path, f'[collection]\nsource = "{address}"\ntable = "works.csv"')
