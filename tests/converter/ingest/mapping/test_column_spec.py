"""A field's text is put together from columns, lists in cells and constants."""

import pytest

from converter.ingest.mapping.column_spec import ColumnSpec, parse

CELLS = {
    "name": "Marcantonio Example|Raphael Sample",
    "prefix": "|After",
    "role": "Artist|Publisher",
    "one role": "Artist",
    "empty": "",
    "list": "a\x1fb|c",
    "text": "a; b",
}


def text(**spec: object) -> list[str]:
    found, faults = parse(spec)
    assert not faults
    return found.text(CELLS.__getitem__).split("\x1f")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"column": "text"}, ["a; b"]),
        ({"column": "text", "split": ";"}, ["a", "b"]),
        ({"column": "list"}, ["a", "b|c"]),
        ({"column": "list", "split": "|"}, ["a", "b", "c"]),
        (
            {"columns": ["prefix", "name"], "split": "|"},
            ["Marcantonio Example", "After Raphael Sample"],
        ),
        ({"columns": ["empty", "text"], "join": ", "}, ["a; b"]),
        ({"columns": ["text", "one role"], "join": ", "}, ["a; b, Artist"]),
        (
            {"column": "name", "roles": "role", "split": "|"},
            ["Marcantonio Example", "Raphael Sample (Publisher)"],
        ),
        (
            {"column": "name", "roles": "role", "prefixes": "prefix", "split": "|"},
            ["Marcantonio Example", "Raphael Sample (after, Publisher)"],
        ),
        ({"column": "empty", "roles": "role", "split": "|"}, [""]),
        ({"constant": "Kunsthaus"}, ["Kunsthaus"]),
    ],
)
def test_a_text_is_put_together(spec: dict[str, object], expected: list[str]) -> None:
    assert text(**spec) == expected


def test_roles_out_of_step_with_the_names_are_left_out() -> None:
    assert text(column="name", roles="one role", split="|") == [
        "Marcantonio Example",
        "Raphael Sample",
    ]


def test_a_role_whose_name_is_empty_is_left_out() -> None:
    cells = {"name": "|Eva", "role": "Publisher|Printer"}
    spec = ColumnSpec(columns=("name",), roles="role", split="|")

    assert spec.text(cells.__getitem__) == "Eva (Printer)"


def test_plain_text_is_one_column() -> None:
    assert parse("artist") == (ColumnSpec(columns=("artist",)), [])
    assert parse("") == (ColumnSpec(), [])


def test_every_fault_is_reported() -> None:
    _, faults = parse({"colum": "a", "split": 3, "columns": [""]})

    assert faults == [
        "colum isn't known; there are column, columns, join, split, roles, prefixes, constant",
        "split: expected text, found 3",
        "columns: expected a list of column names, found ['']",
    ]


def test_all_its_columns_are_renamed() -> None:
    spec = ColumnSpec(columns=("a", "b"), join=", ", roles="c", prefixes="d")

    assert spec.renamed(str.upper) == ColumnSpec(
        columns=("A", "B"), join=", ", roles="C", prefixes="D"
    )
