"""Settings of the documentation site, which `make docs` builds with Sphinx.

The source folder is the repository itself, so that a link between pages, or from a page to a file, means the same here
and on a forge. Nothing is fetched while the site is built.
"""

import ast
import inspect
import posixpath
import re
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import device

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "printkiosk"
author = "the printkiosk authors"
copyright = "the printkiosk authors, MIT licence"
version = release = device.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/*.md",
    "docs/api/*.rst",
    "demo/collection/SOURCES.md",
    "tests/hardware/README.md",
]
# Folders that need not even be walked through.
exclude_patterns = [".*", "node_modules", "out", "build", "*.egg-info"]
templates_path = [str(Path(__file__).parent / "templates")]
highlight_language = "text"
# Deep enough for every link to a heading; forges give all headings a name.
myst_heading_anchors = 4

# Modules are imported for their docstrings and types. Libraries that are large, or need a compiler, are stood in for:
# our signatures name numpy's types and our own.
autodoc_mock_imports = ["PIL", "annoy", "cv2", "threadpoolctl", "tuf", "urllib3"]
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
autoclass_content = "both"
# Of a package, list all modules, and not only those that it hands out.
autosummary_ignore_module_all = True
add_module_names = False
toc_object_entries_show_parents = "hide"
python_maximum_signature_line_length = 88
napoleon_numpy_docstring = False
# A list without types: these are in the class's signature.
napoleon_custom_sections = [("Attributes", "params_style")]
default_role = "code"  # single backticks, as in Markdown

# Each name in a signature must lead to its page, except for those that have none on this site.
nitpicky = True
_ELSEWHERE = ("PIL", "numpy", *sys.stdlib_module_names)
_NOT_DESCRIBED = "cameras|config|sd_notify|staff|store"
nitpick_ignore_regex = [
    (r"py:.*", rf"({'|'.join(_ELSEWHERE)})(\..*)?"),
    (r"py:.*", rf"device\.({_NOT_DESCRIBED})\..*"),
    (r"py:.*", r".*\.T"),  # variables of types
]

html_theme = "furo"
html_title = f"printkiosk {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_additional_pages = {"index": "redirect.html"}


# numpy's array types as Sphinx writes them, which is not how the code does.
_ARRAY = re.compile(r"~numpy\.ndarray\[tuple\[~typing\.Any, \.\.\.\], ~numpy\.dtype\[([^]]+)\]\]")


def reader_toctrees(page: str) -> str:
    """Return a hidden toctree for each part of docs/index.md, with the pages that it links.

    Args:
        page: The Markdown of docs/index.md. A page that is linked in several parts is listed in the first.
    """
    trees: list[str] = []
    listed: set[str] = set()
    for part in re.split(r"(?m)^## ", page):
        links = re.findall(r"\]\(([^)#:]+)\.md\)", part)
        pages = dict.fromkeys(posixpath.normpath(f"/docs/{link}") for link in links)
        new = [name for name in pages if name not in listed]
        listed.update(new)
        caption = part.splitlines()[0] if trees else "Start"
        trees.append(
            "\n".join(["\n```{toctree}", ":hidden:", f":caption: {caption}", "", *new, "```\n"])
        )
    return "".join(trees)


def constants(source: str) -> list[str]:
    """Return the lines of a module's public constants and type aliases, with the comments above them."""
    lines = source.splitlines()
    found: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign):
            name = ast.unparse(node.targets[0]).strip("(")
        elif isinstance(node, ast.AnnAssign):
            name = ast.unparse(node.target)
        else:
            continue
        if name.startswith("_"):
            continue
        first = node.lineno - 1
        while first and lines[first - 1].startswith("# "):
            first -= 1
        found += lines[first : node.end_lineno]
    return found


def _add_toctrees(app: "Sphinx", docname: str, source: list[str]) -> None:
    if docname == root_doc:
        source[0] += reader_toctrees(source[0])


def _link_to(package: Any, name: str) -> str:
    """Return a link to what a package hands out, or its name alone if it doesn't know its module."""
    home = getattr(getattr(package, name), "__module__", None)
    return f":py:obj:`{name} <{home}.{name}>`" if home else f"``{name}``"


def _add_to_module(
    app: "Sphinx", what: str, path: str, module: Any, options: Any, lines: list[str]
) -> None:
    """Add what a package hands out, and a module's constants, to its docstring."""
    if what != "module":
        return
    if module.__spec__.submodule_search_locations and hasattr(module, "__all__"):
        exports = [_link_to(module, name) for name in module.__all__]
        lines += ["", f"It hands out {', '.join(exports)}."]
    elif found := constants(inspect.getsource(module)):
        lines += ["", ".. code-block:: python", "", *(f"   {line}" for line in found), ""]


def _keep_enum_members(
    app: "Sphinx", what: str, name: str, member: Any, skip: bool, options: Any
) -> bool | None:
    return False if isinstance(member, Enum) else None


def _drop_object(app: "Sphinx", domain: str, kind: str, content: Any) -> None:
    """Drop the line of a class that descends from no other."""
    if content.children and content[0].astext() == "Bases: object":
        del content[0]


def _shorten_signature(
    app: "Sphinx",
    what: str,
    name: str,
    obj: Any,
    options: Any,
    signature: str | None,
    returned: str | None,
) -> tuple[str | None, str | None]:
    """Write numpy's array types as the code does, and a default from a factory as dots.

    Sphinx can't read the signature of a dataclass with "<factory>" in it.
    """
    shortened = [
        text and _ARRAY.sub(r"~numpy.typing.NDArray[\1]", text).replace("<factory>", "...")
        for text in (signature, returned)
    ]
    return shortened[0], shortened[1]


def setup(app: "Sphinx") -> None:
    """Connect what no setting can say."""
    app.connect("source-read", _add_toctrees)
    app.connect("autodoc-process-docstring", _add_to_module)
    app.connect("autodoc-process-signature", _shorten_signature)
    app.connect("object-description-transform", _drop_object)
    app.connect("autodoc-skip-member", _keep_enum_members)
