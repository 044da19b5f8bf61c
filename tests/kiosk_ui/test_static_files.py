"""The page's own files are served: modules and style sheets without their comments."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk_ui.static_files import FOLDER, compact_style, without_comments


@pytest.mark.parametrize(
    ("source", "served"),
    [
        ("/** @type {number} */\nlet a = 1;\n", "let a = 1;\n"),
        ("  /**\n   * Turn.\n   *\n   * @param {number} by\n   */\n  turn(by) {}\n", "  turn(by) {}\n"),
        ("/** One. */\n/** Two. */\nf();\n", "f();\n"),
        ("const a = /** @type {T} */ (b);\n", "const a = /** @type {T} */ (b);\n"),
        ("  // Why.\nf(); // kept\n", "f(); // kept\n"),
        ("/* kept */\n", "/* kept */\n"),
        ('const a = "/** kept */";\n', 'const a = "/** kept */";\n'),
    ],
)  # fmt: skip
def test_only_a_comment_on_lines_of_its_own_is_left_out(source: str, served: str) -> None:
    assert without_comments(source) == served


@pytest.mark.parametrize("module", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_a_module_is_served_with_all_its_code(client: FlaskClient, module: Path) -> None:
    response = client.get(f"/static/{module.name}")

    assert response.mimetype == "text/javascript"
    written = module.read_text("utf-8").splitlines()
    left_out = [line for line in written if line not in set(response.text.splitlines())]
    assert all(re.match(r"\s*(/\*\*|\*|//)", line) for line in left_out)


@pytest.mark.parametrize("module", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_no_string_of_several_lines_holds_what_looks_like_a_comment(module: Path) -> None:
    without_comments_after_code = re.sub(r"(?m)\s//.*$", "", module.read_text("utf-8"))
    strings = re.findall(r"`[^`]*`", without_comments_after_code)
    assert not [text for text in strings if re.search(r"(?m)^\s*(//|/\*)", text)]


def test_a_style_sheet_is_served_without_comments_and_indentation(client: FlaskClient) -> None:
    source = "/* Why. */\n@media (width < 9em) {\n  a { color: red; } /* and\n why */\n\n}\n"

    assert compact_style(source) == "@media (width < 9em) {\na { color: red; }\n}\n"
    response = client.get("/static/kiosk.css")
    assert (response.mimetype, "/*" in response.text) == ("text/css", False)


@pytest.mark.parametrize("sheet", sorted(FOLDER.glob("*.css")), ids=lambda path: path.name)
def test_no_string_of_a_style_sheet_holds_what_looks_like_a_comment(sheet: Path) -> None:
    text = re.sub(r"(?s)/\*.*?\*/", "", sheet.read_text("utf-8"))

    assert not re.search(r"/\*|\*/", text)
    assert text.count("{") == text.count("}") == compact_style(sheet.read_text("utf-8")).count("{")


def test_an_unchanged_module_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/kiosk.js")
    again = client.get("/static/kiosk.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["none.js", "../app.py", "%2e%2e/app.py", "fonts"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404
