"""Every column of expected.csv is compared: a difference in any of them is found."""

from collections.abc import Mapping

import pytest

from bench.case_folders import SHIPPED, copied
from bench.museum_cases import MuseumCase, differences, faults, read_museums
from converter.ingest import collection
from converter.ingest.start.command import start

CASES = {case.folder.name: case for case in read_museums(SHIPPED / "museums")}


@pytest.mark.parametrize("name", CASES)
def test_a_shipped_export_is_read_as_a_curator_would(name: str) -> None:
    assert CASES[name].records
    assert faults(CASES[name]) == []


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("makers", "Beispiel, Rosa", "makers: expected 'Beispiel, Rosa', found 'Anton Beispiel'"),
        ("year_from", "1634", "years: expected 1634 to 1645, found 1640 to 1645"),
        ("year_from", "1642", "years: expected 1642 to 1645, found 1640 to 1645"),
        ("title", "Ship", "title: expected 'Ship', found 'Ship in a storm'"),
        ("title", "Ship in a storm", "titles: expected {}, found {'de': 'Schiff im Sturm'}"),
        ("picture_shown", "no", "picture_shown: expected 'no', found 'yes'"),
        ("pictures", "2", "pictures: expected '2', found '1'"),
        ("record", "n", "m: not expected"),
    ],
)
def test_a_difference_is_found(column: str, value: str, found: str) -> None:
    case = CASES["iiif2"]
    row = {**case.records[0], column: value}
    if (column, value) == ("year_from", "1642"):  # a range that is a little wider is right
        assert faults(MuseumCase(folder=case.folder, records=(row,))) == []
        return

    assert any(found in fault for fault in faults(MuseumCase(folder=case.folder, records=(row,))))


def test_a_record_that_should_have_no_years_has_none() -> None:
    case = CASES["museumplus"]
    row = next(row for row in case.records if row["record"] == "4")
    others: list[Mapping[str, str]] = [one for one in case.records if one is not row]

    found = faults(
        MuseumCase(
            folder=case.folder, records=(*others, {**row, "year_from": "1900", "year_to": "1901"})
        )
    )

    assert found == ["4: years: expected 1900 to 1901, found None to None"]


def test_refusals_and_missing_records_are_differences() -> None:
    case = CASES["museumplus"]
    with copied(case.folder) as folder:
        start(folder)
        (folder / "1.jpg").unlink()
        (folder / "2.jpg").write_bytes(b"")
        found = differences(collection.read(folder), case.records)

    assert [line.split(":")[0] for line in found] == ["refused", "without a picture", "1", "2"]
