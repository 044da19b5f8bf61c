"""The page's own files: fonts, and style sheets and modules without their comments."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, make_response, request, send_from_directory

FOLDER = Path(__file__).parent / "static"

# A comment that has its lines to itself. One after or inside a statement stays: there, only a parser could tell it from
# a string.
_COMMENT = re.compile(
    r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/[ \t]*|//[^\n]*)\n", re.MULTILINE | re.DOTALL
)


# In a style sheet, also the indentation.
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_EMPTY_AROUND_LINES = re.compile(r"\s*\n\s*")


def register(app: Flask) -> None:
    """Serve the files at /static; `app` must have no static folder of its own."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=_static_file)


def without_comments(source: str) -> str:
    """Return a JavaScript module without the comments that have lines to themselves.

    They are for people and for `tsc`, which reads the types in them, and are a quarter of what a phone would fetch.
    A string of several lines must hold no line that begins like a comment; a test looks for one.
    """
    return _COMMENT.sub("", source)


def compact_style(source: str) -> str:
    """Return a style sheet without comments, indentation and empty lines.

    No string in it may hold what looks like a comment; a test looks for one.
    """
    return _EMPTY_AROUND_LINES.sub("\n", _STYLE_COMMENT.sub("", source)).lstrip()


# Suffix to what shortens a file, and its media type.
_SHORTENED: dict[str, tuple[Callable[[str], str], str]] = {
    ".js": (without_comments, "text/javascript"),
    ".css": (compact_style, "text/css"),
}


def _static_file(filename: str) -> Response:
    response = send_from_directory(FOLDER, filename)
    path = FOLDER / filename
    if path.suffix not in _SHORTENED:
        return response
    shortened = make_response(_shortened(path, path.stat().st_mtime_ns))
    shortened.mimetype = _SHORTENED[path.suffix][1]
    shortened.last_modified = response.last_modified
    shortened.cache_control.no_cache = True
    shortened.add_etag()
    response.close()
    shortened.make_conditional(request)  # changes the response itself
    return shortened


@lru_cache(maxsize=128)
def _shortened(path: Path, modified_ns: int) -> str:
    """Return what is served of a file; a changed one is read again."""
    shorten, _ = _SHORTENED[path.suffix]
    return shorten(path.read_text("utf-8"))
