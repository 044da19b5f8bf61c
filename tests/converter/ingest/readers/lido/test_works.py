"""LIDO of either version is read record by record, and a hostile file ends in one line."""

import tracemalloc
from pathlib import Path

import pytest

from converter.errors import CollectionError
from converter.ingest.readers.lido import works as lido
from converter.ingest.table import LIST_SEPARATOR

CASES = Path(__file__).parents[6] / "shared/cases"
START = '<?xml version="1.0" encoding="utf-8"?>\n<lido:lidoWrap xmlns:lido="http://www.lido-schema.org">'
END = "</lido:lidoWrap>"


def titled(*titles: tuple[str, str], number: int = 1) -> str:
    """Return a record with a title in each language."""
    values = "".join(
        f'<lido:appellationValue xml:lang="{language}">{title}</lido:appellationValue>'
        for language, title in titles
    )
    return (
        f'<lido:lido><lido:lidoRecID lido:type="local">{number}</lido:lidoRecID><lido:descriptiveMetadata xml:lang="de">'
        f"<lido:objectIdentificationWrap><lido:titleWrap><lido:titleSet>{values}</lido:titleSet></lido:titleWrap>"
        "</lido:objectIdentificationWrap></lido:descriptiveMetadata></lido:lido>"
    )


def read_cells(path: Path) -> list[dict[str, str]]:
    """Return the filled cells of each record by column."""
    table = lido.read(path)
    return [
        {name: cell for name, cell in zip(table.header, row.cells, strict=True) if cell}
        for row in table.rows()
    ]


def write(folder: Path, *records: str, start: str = START) -> Path:
    """Write a LIDO file."""
    path = folder / "lido.xml"
    path.write_text("\n".join((start, *records, END)), encoding="utf-8")
    return path


def test_titles_are_read_in_every_language(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        titled(("de", "Die Mühle"), ("en", "The Mill")),
        titled(("en", "The Market"), number=2),
        titled(("ger", "Der Löwe"), number=3),
    )
    assert read_cells(path) == [
        {"record_id": "1", "title": "Die Mühle", "title_en": "The Mill"},
        {"record_id": "2", "title": "The Market", "title_en": "The Market"},
        {"record_id": "3", "title": "Der Löwe"},
    ]


def test_a_place_names_record_and_line(tmp_path: Path) -> None:
    table = lido.read(write(tmp_path, titled(("de", "A")), titled(("de", "B"), number=2)))
    assert [row.place for row in table.rows()] == ["lido 1 (line 3)", "lido 2 (line 4)"]


def test_a_folder_of_files_is_one_collection(tmp_path: Path) -> None:
    for name in "ba":
        write(tmp_path, titled(("de", name))).rename(tmp_path / f"{name}.xml")
    table = lido.read(tmp_path)
    assert [row.place for row in table.rows()] == [
        "a.xml: lido 1 (line 3)",
        "b.xml: lido 1 (line 3)",
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><lido:lidoWrap xmlns:lido='
            '"http://www.lido-schema.org"><lido:lido>&b;</lido:lido></lido:lidoWrap>',
            "without a DOCTYPE",
        ),
        (
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><lido:lidoWrap xmlns:lido='
            '"http://www.lido-schema.org"><lido:lido>&a;</lido:lido></lido:lidoWrap>',
            "without a DOCTYPE",
        ),
        (
            "<!DOCTYPE x [<!ENTITY a0 'aaaaaaaaaa'>"
            + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
            + ']><lido:lidoWrap xmlns:lido="http://www.lido-schema.org"><lido:lido>&a9;</lido:lido></lido:lidoWrap>',
            "without a DOCTYPE",
        ),
        (START + "<lido:lido>" + "<lido:a>" * 1000, "Excessive depth in document: 256, line"),
        ("<html><body/></html>", "found <html>"),
        (START + END, "found none"),
        (START + titled(("de", "A")), "well-formed XML"),
        ("", "well-formed XML"),
        ("no XML", "well-formed XML"),
    ],
)
def test_what_is_no_lido_is_refused_in_one_line(
    tmp_path: Path, document: str, expected: str
) -> None:
    path = tmp_path / "lido.xml"
    path.write_text(document, encoding="utf-8")
    with pytest.raises(CollectionError, match=expected) as caught:
        lido.read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="none that can be read"):
        lido.read(tmp_path / "lido.xml")


@pytest.mark.slow
def test_a_record_without_an_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "lido.xml"
    with path.open("w", encoding="utf-8") as file:
        file.write(START + "<lido:lido>")
        for _ in range(100):
            file.write("<lido:lidoRecID>x</lido:lidoRecID>\n" * 5000)
    with pytest.raises(CollectionError, match="at most 4 MB"):
        lido.read(path)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_records(tmp_path: Path) -> None:
    path = write(
        tmp_path, *(titled(("de", f"A {number}"), number=number) for number in range(3000))
    )
    tracemalloc.start()
    table = lido.read(path)
    assert sum(1 for _ in table.rows()) == table.count == 3000
    assert tracemalloc.get_traced_memory()[1] < 3 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (START.encode(), True),
        (b'<lido:lido xmlns:lido="http://www.lido-schema.org">', True),
        (b"id,title\n1,http://www.lido-schema.org", False),
        (b"<html>", False),
    ],
)
def test_lido_is_recognised_by_its_start(head: bytes, expected: bool) -> None:
    assert lido.looks_like(head) is expected


@pytest.mark.skipif(not CASES.is_dir(), reason="needs the cases of ../shared")
def test_the_case_is_read_as_a_curator_would_have_it() -> None:
    found = read_cells(CASES / "museums/lido/lido.xml")
    keys = ("record_id", "makers", "year_from", "year_to", "title", "title_en", "image")
    assert [tuple(one[key].replace(LIST_SEPARATOR, "; ") for key in keys) for one in found] == [
        ("1", "Muster, Anton (Radierer)", "1637", "1647", "Die Mühle", "The Mill", "1.jpg"),
        (
            *("2", "Beispiel, Rosa (Lithograph); Beispiel, Eva (Verleger)", "1855", "1855"),
            *("Der Markt", "The Market", "2.jpg"),
        ),
        ("3", "Unbekannt (Stecher)", "1501", "1700", "Stadtansicht", "View of a Town", "3.jpg"),
    ]
    assert found[2]["rights"] == "http://rightsstatements.org/vocab/InC/1.0/"
