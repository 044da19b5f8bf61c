"""What check says of an export is compared with what is expected."""

from typing import Any

import pytest

from bench.case_folders import SHIPPED
from bench.export_cases import ExportCase, faults, read_exports

CASES = {case.folder.name: case for case in read_exports(SHIPPED / "exports")}


@pytest.mark.parametrize("name", CASES)
def test_a_shipped_export_is_read_as_expected(name: str) -> None:
    assert faults(CASES[name]) == []


@pytest.mark.parametrize(
    ("name", "changed", "found"),
    [
        ("20_years_columns", {"kept": 2}, "kept: expected 2, found 3"),
        ("10_empty_and_double_id", {"refused": 0}, "refused: expected 0, found 2"),
        ("20_years_columns", {"says": ["not there"]}, "expected 'not there', found"),
        ("20_years_columns", {"quiet": True}, "expected no warnings, found"),
        ("20_years_columns", {"error": ["years"]}, "expected an error, found 3 records"),
        ("02_cp1252", {"error": ["not there"]}, "expected 'not there', found"),
        ("46_copyright_column", {"stops": False}, "stops: expected False, found"),
        ("20_years_columns", {"records": {"4": {}}}, "4: missing"),
        ("20_years_columns", {"records": {"1": {"title": "x"}}}, "1: title: expected 'x'"),
        (
            "20_years_columns",
            {"records": {"1": {"years": [1604, 1867]}}},
            None,
        ),
        (
            "20_years_columns",
            {"records": {"1": {"years": [1603, 1861]}}},
            "1: years: expected [1603, 1861], found [1603, 1867]",
        ),
    ],
)
def test_a_difference_is_found(name: str, changed: dict[str, Any], found: str | None) -> None:
    case = CASES[name]

    lines = faults(ExportCase(folder=case.folder, expected={**case.expected, **changed}))

    assert lines == [] if found is None else any(found in line for line in lines)


def test_an_error_that_nobody_expects_is_a_difference() -> None:
    case = CASES["02_cp1252"]

    assert len(faults(ExportCase(folder=case.folder, expected={"kept": 3}))) == 1
