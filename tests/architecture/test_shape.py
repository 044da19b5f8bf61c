"""The shape of the code: sizes, names, docstrings, and what is caught."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("device", "converter", "evaluation", "kiosk_ui", "bench", "systemd")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MOST_LINES, MANY_LINES = 400, 250
# Longer than most, and why they are still one thing. A module that grows past `MANY_LINES` is split, or named here.
MAY_BE_LONG: dict[str, str] = {}
MOST_IN_A_FUNCTION = 50
# Loops that must go on whatever happens, each logged with its traceback.
MAY_CATCH_EVERYTHING = {
    "device/service/query/answer_queue.py",
    "device/service/capture/camera_loop.py",
}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "lib", "tools"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """Return a file's path within the project."""
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


def body_lines(function: Function) -> int:
    """Return the number of lines of a function's body, without its docstring."""
    body = function.body
    has_docstring = ast.get_docstring(function) is not None
    if has_docstring:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def public(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Yield the public functions, classes and methods of a module, by name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{node.name}.")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_can_be_read_in_one_go(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())

    assert lines <= MOST_LINES


def test_modules_of_many_lines_are_named_with_a_reason() -> None:
    long = {
        name_of(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > MANY_LINES
    }

    assert long == set(MAY_BE_LONG)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            assert body_lines(node) <= MOST_IN_A_FUNCTION, node.name


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_everything_public_says_what_it_gives(path: Path) -> None:
    tree = parsed(path)

    assert ast.get_docstring(tree), "the module has no docstring"
    for name, node in public(tree):
        text = ast.get_docstring(node)
        # A descendant's method promises what its ancestor's docstring does.
        is_inherited = any("override" in ast.unparse(d) for d in node.decorator_list)
        assert text or is_inherited, f"{name} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_asserted_at_run_time(path: Path) -> None:
    """A unit may run Python with -O."""
    assert not [node.lineno for node in ast.walk(parsed(path)) if isinstance(node, ast.Assert)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_loops_that_must_go_on_catch_everything(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = "everything" if node.type is None else ast.unparse(node.type)
        assert caught != "everything" and "BaseException" not in caught, f"line {node.lineno}"
        if "Exception" in caught.replace("(", " ").replace(",", " ").replace(")", " ").split():
            assert name_of(path) in MAY_CATCH_EVERYTHING, f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_has_a_name_that_says_something(path: Path) -> None:
    assert path.stem.strip("_") not in NAMELESS


def test_no_package_stands_where_it_would_hide_a_real_one() -> None:
    """`tests/systemd/__init__.py` would be found as `systemd`."""
    for folder in ("tests", "systemd"):
        assert not list((ROOT / folder).rglob("__init__.py"))


def test_test_files_have_names_of_their_own_folder() -> None:
    """Every test module lies where the module it tests does."""
    for path in (ROOT / "tests").rglob("*.py"):
        is_test = path.name.startswith("test_") or path.name == "conftest.py"
        is_beside = {"standins", "screens", "hardware"} & set(path.relative_to(ROOT).parts)
        assert is_test or is_beside, name_of(path)
