"""Separators of makers, parallel columns, and rows that are pictures are noticed."""

import pytest

from converter.ingest.readers.open_table import open_table
from converter.ingest.start.cell_lists import parallel_columns, rows_are_pictures, separator
from converter.ingest.start.profile import ExportProfile, profile
from converter.ingest.table import TableOptions

from .conftest import Export


def profile_of(export: Export, header: str, rows: list[list[str]]) -> ExportProfile:
    folder = export(header, [], [])
    lines = [";".join(row) for row in rows]
    (folder / "metadata.csv").write_text("\n".join([header.replace(",", ";"), *lines]) + "\n")
    return profile(open_table(folder, TableOptions()))


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["A B|C D", "E"], "|"),
        (["A B / C D"], " / "),
        (["Mary Example, John Sample", "Ann Example, Jo Van Sample"], ", "),
        (["Mary Example, John Sample", "Blake, William"], ""),
        (["Example, Mary", "Blake, William"], ""),
        (["Mary Example, 1900 to 1980", "Ann Example, 1850 to 1900"], ""),
        (["A B"], ""),
    ],
)
def test_the_sign_between_makers_is_found(export: Export, cells: list[str], sign: str) -> None:
    found = profile_of(export, "id,artist", [[str(at), cell] for at, cell in enumerate(cells)])

    assert separator(found, "makers", "artist") == sign


def test_a_title_is_never_split(export: Export) -> None:
    found = profile_of(export, "id,title", [["1", "a|b"]])

    assert separator(found, "title", "title") == ""


def test_roles_must_be_in_step_with_the_names(export: Export) -> None:
    header = "id,artist,role,artist prefix"
    found = profile_of(export, header, [["1", "A|B", "x|y", "after"], ["2", "A", "x", "a|b"]])

    assert parallel_columns(found, "artist", "|") == {"roles": "role"}


@pytest.mark.parametrize(
    ("other", "joins"),
    [
        (["1", "a", "2.png", "verso"], True),
        (["1", "b", "2.png", ""], False),
        (["1", "a", "1.png", ""], False),
        (["2", "a", "2.png", ""], False),
    ],
)
def test_rows_with_one_id_are_pictures_where_no_field_differs(
    export: Export, other: list[str], joins: bool
) -> None:
    columns = {"record_id": "id", "title": "title", "image": "image"}
    found = profile_of(export, "id,title,image,side", [["1", "a", "1.png", "recto"], other])

    assert rows_are_pictures(found, columns) is joins
