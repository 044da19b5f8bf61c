"""A command-line parser that helps with a mistyped or a former name. Knows none of our commands."""

import argparse
import difflib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

_UNKNOWN = re.compile(
    r"unrecognized arguments: (?P<word>-[^\s=]*)|invalid choice: '(?P<verb>[^']*)'"
)


class CommandLine(argparse.ArgumentParser):
    """A parser whose errors name the nearest word it knows, or what a former name is called now."""

    def __init__(self, *, former: Mapping[str, str] | None = None, **settings: Any) -> None:
        """Create a parser.

        Args:
            former: Former option to its present name; using a former one is an error that names the present one.
            settings: As `argparse.ArgumentParser` takes them.
        """
        super().__init__(**settings)
        self._former = dict(former or {})

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse the words it knows, unless one of them is a former name."""
        for word in sys.argv[1:] if args is None else args:
            name = word.split("=")[0]
            if name in self._former:
                self.error(f"{name} is now {self._former[name]}")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print the usage and one line on what is wrong, and exit with 2."""
        found = _UNKNOWN.search(message)
        if found is not None:
            word = found["word"] or found["verb"]
            near = difflib.get_close_matches(word, list(_words(self)), n=1)
            message += f"; did you mean {near[0]}?" if near else ""
        super().error(message)


def _words(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield every option and verb of a parser and of the parsers below it."""
    for action in parser._actions:
        if action.help != argparse.SUPPRESS:
            yield from (name for name in action.option_strings if name.startswith("--"))
        if isinstance(action, argparse._SubParsersAction):
            for verb, below in action.choices.items():
                yield verb
                yield from _words(below)
