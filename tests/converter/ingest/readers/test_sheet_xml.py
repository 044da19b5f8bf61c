"""Cells and shared texts are read from the XML that Excel and other programs write."""

import io

import pytest

from converter.errors import CollectionError
from converter.ingest.readers.sheet_xml import RawCell, SheetXml, read_texts

SHEET = b"""<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>
<x:row r="2"><x:c r="B2" s="3"><x:v>1915</x:v></x:c><x:c t="s"><x:v>7</x:v></x:c><x:c r="D2"/></x:row>
<x:row><x:c r="A3" t="inlineStr"><x:is><x:t>a</x:t><x:rPh><x:t>no</x:t></x:rPh><x:r><x:t>b</x:t></x:r></x:is></x:c>
<x:c r="B3"><x:f>1+1</x:f></x:c><x:c r="AA3" t="str"><x:f>A1</x:f><x:v>c</x:v></x:c></x:row>
</x:sheetData><x:mergeCells><x:mergeCell ref="A1:C2"/></x:mergeCells></x:worksheet>"""


def test_cells_are_read_with_row_column_kind_and_style() -> None:
    xml = SheetXml()

    assert list(xml.rows(io.BytesIO(SHEET))) == [
        (2, [RawCell(2, "n", 3, "1915"), RawCell(3, "s", 0, "7")]),
        (3, [RawCell(1, "inlineStr", 0, "ab"), RawCell(27, "str", 0, "c")]),
    ]
    assert xml.marks.merged == [(1, 1, 3, 2)]
    assert xml.marks.unstored == ["B3"]


def test_shared_texts_are_read_without_hints_for_pronunciation() -> None:
    part = b"<sst><si><t>a</t></si><si/><si><r><t>b</t></r><r><t> c</t></r><rPh><t>no</t></rPh></si></sst>"

    assert read_texts(io.BytesIO(part)) == ["a", "", "b c"]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "without document types"),
        (
            b"<sheetData><row><c t='str'><v>%b</v></c></row></sheetData>" % (b"x" * 1_000_001),
            "row 1: expected at most 1,000,000 characters",
        ),
        (
            b"<row>%b</row>" % (b"<c><v>1</v></c>" * 16_385),
            "row 1: expected at most 16384 cells",
        ),
    ],
)
def test_what_would_fill_the_memory_is_refused(part: bytes, message: str) -> None:
    with pytest.raises(CollectionError, match=message):
        list(SheetXml().rows(io.BytesIO(part)))
