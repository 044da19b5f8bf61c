"""The page's own files: style sheets, fonts, and modules without their comments."""

import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, make_response, request, send_from_directory

FOLDER = Path(__file__).parent / "static"

# A comment that has its lines to itself. One after or inside a statement stays: there, only a parser could tell it from
# a string.
_COMMENT = re.compile(
    r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/[ \t]*|//[^\n]*)\n", re.MULTILINE | re.DOTALL
)


def register(app: Flask) -> None:
    """Serve the files at /static; `app` must have no static folder of its own."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=_static_file)


def without_comments(source: str) -> str:
    """Return a JavaScript module without the comments that have lines to themselves.

    They are for people and for `tsc`, which reads the types in them, and are a quarter of what a phone would fetch.
    A string of several lines must hold no line that begins like a comment; a test looks for one.
    """
    return _COMMENT.sub("", source)


def _static_file(filename: str) -> Response:
    response = send_from_directory(FOLDER, filename)
    if not filename.endswith(".js"):
        return response
    path = FOLDER / filename
    module = make_response(_module(path, path.stat().st_mtime_ns))
    module.mimetype, module.last_modified = "text/javascript", response.last_modified
    module.cache_control.no_cache = True
    module.add_etag()
    response.close()
    module.make_conditional(request)  # changes the response itself
    return module


@lru_cache(maxsize=128)
def _module(path: Path, modified_ns: int) -> str:
    """Return what is served of a module; a changed file is read again."""
    return without_comments(path.read_text("utf-8"))
