"""Everything that stops a build is known from reading the collection alone."""

from pathlib import Path

import pytest
from exported_collection import HEADER, table_row, write_table

from converter.ingest import build_checks, collection

RIGHTS = (*HEADER[:2], "rights", *HEADER[3:])
COPYRIGHT = (*HEADER[:2], "copyright", *HEADER[3:])


def reasons(folder: Path, share: float = 0.02) -> tuple[str, ...]:
    return build_checks.reasons_to_stop(collection.read(folder), share)


def test_a_sound_collection_has_nothing_to_stop_a_build(folder: Path) -> None:
    assert reasons(folder) == ()


def test_more_refused_records_than_allowed_stop_it(folder: Path) -> None:
    write_table(folder, [table_row(1), table_row(2, image="a.png"), table_row(3, image="b.png")])

    (reason,) = reasons(folder)

    assert "at most 2.0% of 3 records refused, found 2 (2 × expected a picture file" in reason
    assert "the first are a-02, a-03" in reason
    assert reason.endswith("allow more with --max-refused")
    assert "\n" not in reason
    assert reasons(folder, 0.7) == ()


def test_refused_rows_without_an_id_are_named_by_their_place(folder: Path) -> None:
    write_table(folder, [table_row(1), table_row(2, record_id=""), table_row(3, record_id="")])

    (reason,) = reasons(folder)

    assert "the first are line 3, line 4" in reason


def test_records_without_a_picture_do_not_count_as_refused(folder: Path) -> None:
    write_table(folder, [table_row(1), table_row(2, image=""), table_row(3, image="")])

    assert reasons(folder) == ()


def test_a_collection_without_any_print_stops_it(folder: Path) -> None:
    write_table(folder, [table_row(1, image="")])

    (reason,) = reasons(folder, 1.0)

    assert "expected prints, found none (0 refused, 1 without a picture)" in reason


def test_an_unmapped_column_with_works_in_copyright_stops_it_until_decided(folder: Path) -> None:
    rows = [table_row(1, makers="© The Estate"), table_row(2), table_row(3)]
    write_table(folder, rows, COPYRIGHT)
    (reason,) = reasons(folder)
    assert "column 'copyright': expected the museum's decision on rights, found 1 records" in reason

    settings = folder / "collection.toml"
    settings.write_text('[rights]\nignore_columns = ["copyright"]\n')
    assert reasons(folder) == ()
    settings.write_text('[columns]\nrights = "copyright"\n')
    assert reasons(folder) == ()
    assert [item.show_picture for item in collection.read(folder).items] == [False, True, True]


@pytest.mark.parametrize(
    ("decision", "shown"),
    [('show_pictures = ["© Doe*"]', True), ('hide_pictures = ["© Doe*"]', False)],
)
def test_more_than_half_of_the_pictures_hidden_stops_it_until_decided(
    folder: Path, decision: str, shown: bool
) -> None:
    rows = [table_row(n, makers=f"© Doe {n}" if n else "") for n in range(3)]
    write_table(folder, rows, RIGHTS)
    (reason,) = reasons(folder)
    assert "found 2 of 3 in copyright ('© Doe 1' 1, '© Doe 2' 1)" in reason
    assert "show_pictures or hide_pictures" in reason

    (folder / "collection.toml").write_text(f"[rights]\n{decision}\n")

    assert reasons(folder) == ()
    assert [item.show_picture for item in collection.read(folder).items] == [True, shown, shown]


def test_half_of_the_pictures_hidden_does_not_stop_it(folder: Path) -> None:
    write_table(folder, [table_row(1, makers="© Doe"), table_row(2)], RIGHTS)

    assert reasons(folder) == ()
