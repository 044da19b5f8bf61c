"""JSON is read value by value, however it is cut into pieces."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.errors import CollectionError
from converter.ingest.readers import json_stream
from converter.ingest.readers.json_stream import JsonStream, decode

VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


@pytest.mark.slow
@given(values=st.lists(VALUES, max_size=5), piece=st.integers(1, 9))
def test_a_list_is_read_back_element_by_element(values: list[object], piece: int) -> None:
    text = json.dumps(values, indent=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_PIECE", piece)

        assert list(JsonStream(io.StringIO(text)).elements()) == values


def test_lists_in_objects_are_found_with_their_keys() -> None:
    text = '{"total": 2, "response": {"docs": [{"id": 1}, {"id": 2.0}], "facets": {}}}'

    assert list(JsonStream(io.StringIO(text)).lists()) == [
        (("total",), "2"),
        (("response", "docs", ""), {"id": "1"}),
        (("response", "docs", ""), {"id": "2"}),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected more, found the end of the file"),
        ('[{"id": 1},\n{"id"', "line 2: expected more, found the end of the file"),
        ('[{"id": 1}\n{"id": 2}]', "line 2: expected ',' or ']', found '{'"),
        ('[\n{"id": x}]', "line 2: Expecting value"),
        ("{1: 2}", """line 1: expected '"', found '1'"""),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(CollectionError, match="line ") as caught:
        list(JsonStream(io.StringIO(text)).lists())

    assert message in str(caught.value)


def test_a_value_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MOST_IN_A_VALUE", 1000)

    with pytest.raises(CollectionError, match="at most 1,000 characters"):
        decode('"' + "x" * 200_000)
