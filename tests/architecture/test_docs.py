"""What the site's settings add to the pages. `make docs` itself checks the links."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def conf() -> ModuleType:
    """Load the site's settings, which need no Sphinx."""
    spec = importlib.util.spec_from_file_location("conf", ROOT / "docs/conf.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_listed_by_reader_and_once(conf: ModuleType) -> None:
    page = "Start with the [README](../README.md).\n\n## Staff\n\n- [Updates](updates.md)\n- [All](a.toml)\n\n"
    page += "## Developers\n\n- [A part](updates.md#part), [again](updates.md), [out](https://a.b/c.md)\n- [API](api.md)\n"

    lines = [line for line in conf.reader_toctrees(page).splitlines() if line[:1] in ("/", ":")]

    assert [line for line in lines if line != ":hidden:"] == [
        ":caption: Start",
        "/README",
        ":caption: Staff",
        "/docs/updates",
        ":caption: Developers",
        "/docs/api",
    ]


def test_constants_are_shown_as_they_are_written(conf: ModuleType) -> None:
    shown = ["# How long, and", "# how often.", "FIRST_S, SECOND = 1.0, 2", "TABLE: dict = {", "}"]
    source = ["# Of the file.", "", *shown, "# Kept.", "_HIDDEN = 1", "def f():", "    LOCAL = 1"]

    assert conf.constants("\n".join(source)) == shown


def test_every_page_is_found_from_the_index(conf: ModuleType) -> None:
    listed = conf.reader_toctrees((ROOT / "docs/index.md").read_text("utf-8")).splitlines()
    pages = [path for folder in (ROOT, ROOT / "docs") for path in folder.glob("*.md")]

    for page in pages:
        name = page.relative_to(ROOT).with_suffix("").as_posix()
        assert f"/{name}" in listed or name == conf.root_doc, f"{name}: link it from docs/index.md"


def test_each_library_that_is_stood_in_for_is_used(conf: ModuleType) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "device").rglob("*.py"))

    for library in conf.autodoc_mock_imports:
        assert f"\nimport {library}" in code or f"\nfrom {library}" in code
