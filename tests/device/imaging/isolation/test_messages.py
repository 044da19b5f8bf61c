"""Only an answer that can be right is taken from a decoder."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.imaging.isolation import messages
from device.imaging.isolation.messages import Decoded, InvalidMessageError, Job, Refused
from device.imaging.isolation.sandbox import ProcessLimits

JOB = Job(name="a\n'é", side=9, size=None, limits=ProcessLimits(memory_bytes=1, cpu_s=2))


def test_a_job_arrives_as_it_was_sent() -> None:
    line = messages.job_to_line(JOB)
    assert line.count(b"\n") == 1
    assert messages.read_job(io.BytesIO(line + b"more")) == JOB


@pytest.mark.parametrize("line", [b"", b"{}\n", b"[]\n", b'{"limits": 1}\n', b"\xff\n"])
def test_what_is_no_job_is_refused(line: bytes) -> None:
    with pytest.raises(InvalidMessageError):
        messages.read_job(io.BytesIO(line))


@pytest.mark.parametrize("answer", [Decoded(height=9, width=1), Refused(reason="a: é")])
def test_an_answer_arrives_as_it_was_sent(answer: Decoded | Refused) -> None:
    assert messages.answer_of(messages.answer_to_line(answer), 9) == answer


@pytest.mark.parametrize(
    "line",
    [
        b'{"height": 10, "width": 1}',
        b'{"height": 0, "width": 1}',
        b'{"height": 1.0, "width": 1}',
        b'{"height": 1}',
        b'{"reason": 1}',
        b'{"height": Infinity, "width": 1}',
    ],
)
def test_an_answer_that_cannot_be_right_is_refused(line: bytes) -> None:
    with pytest.raises(InvalidMessageError):
        messages.answer_of(line, 9)


def test_a_reason_stays_one_line() -> None:
    line = messages.answer_to_line(Refused(reason="a\nb" + "c" * 9000))
    answer = messages.answer_of(line, 9)
    assert isinstance(answer, Refused)
    assert answer.reason.startswith("a bccc")
    assert len(answer.reason) <= 2000


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(line: bytes) -> None:
    try:
        answer = messages.answer_of(line, 9)
    except InvalidMessageError:
        return
    assert isinstance(answer, Decoded | Refused)
