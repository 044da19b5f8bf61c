"""A command-line parser whose errors help with a mistyped or renamed option or verb.

This module knows none of the commands.
"""

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
    """A parser whose errors name the closest word, or the present name of a renamed option."""

    def __init__(self, *, former: Mapping[str, str] | None = None, **settings: Any) -> None:
        """Create a parser.

        Args:
            former: Present name by former name of an option; using the former name is an error.
            settings: The arguments of `argparse.ArgumentParser`.
        """
        super().__init__(**settings)
        self._former = dict(former or {})

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse the known words; exit with 2 if one of them is a former name."""
        for word in sys.argv[1:] if args is None else args:
            name = word.split("=")[0]
            if name in self._former:
                self.error(f"{name} is now {self._former[name]}")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print the usage and the error with a correction, and exit with 2."""
        found = _UNKNOWN.search(message)
        if found is not None:
            word = found["word"] or found["verb"]
            near = difflib.get_close_matches(word, list(_words(self)), n=1)
            message += f"; did you mean {near[0]}?" if near else ""
        super().error(message)


def _words(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the options and verbs of a parser and of its subparsers."""
    for action in parser._actions:
        if action.help != argparse.SUPPRESS:
            yield from (name for name in action.option_strings if name.startswith("--"))
        if isinstance(action, argparse._SubParsersAction):
            for verb, below in action.choices.items():
                yield verb
                yield from _words(below)
