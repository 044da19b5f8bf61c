"""How pictures are found is recognised from the files that are there."""

import pytest

from converter.ingest.readers.open_table import open_table
from converter.ingest.start.picture_rule import PictureRule, picture_files, picture_rule
from converter.ingest.start.profile import profile
from converter.ingest.table import TableOptions

from .conftest import Export


def rule_of(export: Export, header: str, rows: list[str], files: list[str]) -> PictureRule | None:
    folder = export(header, rows, files)
    return picture_rule(profile(open_table(folder, TableOptions())), picture_files(folder))


@pytest.mark.parametrize(
    ("header", "row", "file", "column", "images", "pattern"),
    [
        ("id,title,image", "1,a,a.png", "a.png", "image", "", None),
        ("id,title,image", "1,a,A.PNG", "a.png", "image", "", None),
        ("id,title,image", "1,a,a.png", "scans/a.png", "image", "scans", None),
        ("id,title,image", "1,a,scans\\a.png", "scans/a.png", "image", "", None),
        ("id,title,image", "1,a,a.png|b.png", "a.png", "image", "", None),
        ("id,title,number", "1,a,A/5", "A_5.png", "number", "", "{record_id}.*"),
        ("id,title,number", "1,a,A/5", "x/A_5.png", "number", "x", "{record_id}.*"),
        ("id,title", "a,1", "1.png", None, None, None),
        ("id,title,image_url", "9,a,https://example.org/1.png", "1.png", None, None, None),
    ],
)
def test_a_rule_is_found(
    export: Export,
    header: str,
    row: str,
    file: str,
    column: str | None,
    images: str | None,
    pattern: str | None,
) -> None:
    rule = rule_of(export, header, [row], [file])

    assert (rule and rule.column) == column
    assert (rule and rule.images) == images
    assert (rule and rule.pattern("record_id")) == pattern


def test_files_may_have_more_than_the_number_in_their_names(export: Export) -> None:
    rule = rule_of(
        export, "id,title", ["101,a", "102,b"], ["scan {101} full.png", "scan {102} full.png"]
    )

    assert rule
    assert rule.pattern("record_id") == "scan {{{record_id}}} full.*"


def test_a_number_inside_another_is_chance(export: Export) -> None:
    assert rule_of(export, "id,title", ["10,a", "11,b"], ["9101.png", "9112.png"]) is None
