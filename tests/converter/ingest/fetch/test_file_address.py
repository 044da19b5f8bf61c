"""A name in a table on the web means a file next to it, or nothing on that server."""

import pytest

from converter.ingest.fetch.file_address import address_next_to

FOLDER = "https://example.org/data/"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1.jpg", "1.jpg"),
        ("scans/Löwe 1.jpg", "scans/L%C3%B6we%201.jpg"),
        ("scans\\1.jpg", "scans/1.jpg"),
        ("a%20b.jpg", "a%20b.jpg"),
        ("100% wool.jpg", "100%25%20wool.jpg"),
        ("a?b#c.jpg", "a%3Fb%23c.jpg"),
    ],
)
def test_a_relative_name_is_next_to_the_table(name: str, expected: str) -> None:
    assert address_next_to(FOLDER, name) == FOLDER + expected
    assert address_next_to(f"{FOLDER}works.csv?all=1", name) == FOLDER + expected


@pytest.mark.parametrize(
    "name",
    ["", "/1.jpg", "//evil/1.jpg", "\\\\evil\\1.jpg", "C:\\1.jpg", "a/../../1.jpg", "http://a/1.jpg", "1.*"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_means_no_file(name: str) -> None:
    assert address_next_to(FOLDER, name) is None


def test_a_scheme_is_part_of_a_name() -> None:
    assert address_next_to(FOLDER, "file:1.jpg") == f"{FOLDER}file%3A1.jpg"
