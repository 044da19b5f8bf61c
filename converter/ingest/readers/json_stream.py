"""Read JSON values one by one from a text of any length, holding one value at a time."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from converter.errors import CollectionError
from converter.ingest.readers.cell_text import number_text

MOST_IN_A_VALUE = 16_000_000  # characters of one work
_PIECE = 1 << 16
_DEEPEST = 8  # objects around a list of works
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(
    parse_int=str, parse_float=lambda text: number_text(float(text)), parse_constant=lambda _: None
)
Path = tuple[str, ...]


def decode(text: str) -> Any:
    """Return the value of a whole text; numbers are texts.

    Raises:
        CollectionError: When it isn't JSON.
    """
    stream = JsonStream(io.StringIO(text))
    value = stream.value()
    stream.expect_end()
    return value


class JsonStream:
    """A JSON text that is read from its start to its end."""

    def __init__(self, file: io.TextIOBase) -> None:
        self._file = file
        self._text = ""
        self._place = 0
        self._lines = 1  # lines up to the start of what is held

    @property
    def line(self) -> int:
        """The line of the next character, from 1."""
        return self._lines + self._text.count("\n", 0, self._place)

    def peek(self) -> str:
        """Return the next character that isn't space, or an empty text at the end."""
        while True:
            self._place = _SPACE.match(self._text, self._place).end()  # type: ignore[union-attr]
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._fill():
                return ""

    def take(self, wanted: str) -> str:
        """Read one of several characters, and return it.

        Raises:
            CollectionError: When there is another.
        """
        found = self.peek()
        if not found or found not in wanted:
            expected = " or ".join(map(repr, wanted))
            raise self._error(f"expected {expected}, found {found!r}" if found else "")
        self._place += 1
        return found

    def value(self) -> Any:
        """Read one value.

        Raises:
            CollectionError: When there is none, or it is too long or too deep.
        """
        self.peek()
        step = _PIECE
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
            except RecursionError:
                raise self._error("expected a value, found one nested too deeply") from None
            except ValueError as error:
                place = getattr(error, "pos", len(self._text))
                if len(self._text) - self._place > MOST_IN_A_VALUE:
                    raise self._error(
                        f"expected a work of at most {MOST_IN_A_VALUE:,} characters, found more"
                    ) from None
                # Far from the end of what is held, more text changes nothing.
                if len(self._text) - place > _PIECE or not self._fill(step):
                    self._place = min(place, len(self._text))
                    raise self._error("" if place >= len(self._text) else str(error)) from None
                step *= 2
                continue
            # A number may go on after the end of what is held.
            if end < len(self._text) or not self._fill():
                self._place = end
                return value

    def elements(self) -> Iterator[Any]:
        """Yield the values of a list that starts here."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def lists(self, path: Path = ()) -> Iterator[tuple[Path, Any]]:
        """Yield each element of all lists, and each other value, with its keys.

        An element's path ends in an empty key.
        """
        first = self.peek()
        if first == "[":
            for element in self.elements():
                yield (*path, ""), element
        elif first == "{" and len(path) < _DEEPEST:
            yield from self._members(path)
        else:
            yield path, self.value()

    def expect_end(self) -> None:
        """Raise an error unless nothing is left.

        Raises:
            CollectionError: When more follows.
        """
        if self.peek():
            raise self._error(f"expected the end, found {self.peek()!r}")

    def _members(self, path: Path) -> Iterator[tuple[Path, Any]]:
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            if self.peek() != '"':
                self.take('"')
            key = self.value()
            self.take(":")
            yield from self.lists((*path, key))
            if self.take(",}") == "}":
                return

    def _fill(self, size: int = _PIECE) -> bool:
        more = self._file.read(size)
        self._lines += self._text.count("\n", 0, self._place)
        self._text = self._text[self._place :] + more
        self._place = 0
        return bool(more)

    def _error(self, reason: str) -> CollectionError:
        reason = reason.partition(": line")[0] or "expected more, found the end of the file"
        return CollectionError(f"line {self.line}: {reason}; export it again as valid JSON")
