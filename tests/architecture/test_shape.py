"""The shape of the code: sizes, names, docstrings, and what is caught."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

pytestmark = pytest.mark.slow  # thousands of tests, which make check runs

ROOT = Path(__file__).parents[2]
PACKAGES = ("device", "converter", "evaluation", "kiosk_ui", "bench", "systemd")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MOST_LINES, MANY_LINES = 400, 250
# Longer than most, and why they are still one thing. A module that grows past `MANY_LINES` is split, or named here.
MAY_BE_LONG = {
    "bench/delta_updates.py": "one benchmark: two generated bundles and what is fetched between them",
    "bench/soak.py": "one long run with its segments, its memory and its report",
    "converter/calibrate/thresholds.py": "one fit, with every rule that it keeps to",
    "converter/cli.py": "the options of every command",
    "converter/model/gptq.py": "one algorithm, with its sources",
    "converter/parity/compare.py": "the gate and every figure that it looks at",
    "converter/parity/evaluate.py": "one comparison, seen from both sides",
    "converter/pipeline.py": "the list of steps from a collection to a bundle",
    "converter/publish/tuf_repository.py": "one signed repository",
    "device/bundle/records.py": "one database and all that is asked of it",
    "device/cli.py": "the options of every command",
    "device/config.py": "every setting with its default and its meaning",
    "device/recognition/local/inverted_index.py": "one index: its files, its look-up, its consistency",
    "device/recognition/recogniser.py": "the straight line from a frame to an answer",
    "device/recognition/sheet/quad_candidates.py": "one search over lines, with its geometry",
    "device/service/capture/camera_loop.py": "one loop that must go on whatever a driver does",
    "device/store/bundles.py": "the states of one folder",
    "device/store/source.py": "two sources that keep one contract",
    "evaluation/queries.py": "the kinds of query, each with its sampling",
    "evaluation/simulate/hands.py": "one drawing of a hand",
    "systemd/installer/installation.py": "the list of steps of an installation",
}
MOST_IN_A_FUNCTION = 48
# Loops that must go on whatever happens, each logged with its traceback.
MAY_CATCH_EVERYTHING = {
    "device/service/query/query_queue.py",
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


def is_documented(node: ast.AST) -> TypeGuard[Function | ast.ClassDef]:
    """Return whether a node is one that may have a docstring."""
    return isinstance(node, Function | ast.ClassDef)


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


@pytest.mark.parametrize("path", sorted((ROOT / "device/service").rglob("*.py")), ids=name_of)
def test_each_class_of_the_service_says_which_threads_may_call_it(path: Path) -> None:
    """A frozen value or an enumeration has nothing to say: any thread may read it."""
    for name, node in public(parsed(path)):
        if not isinstance(node, ast.ClassDef):
            continue
        heads = " ".join(map(ast.unparse, [*node.decorator_list, *node.bases]))
        if "frozen=True" in heads or "Enum" in heads:
            continue
        said = [ast.get_docstring(each) or "" for each in (node, *node.body) if is_documented(each)]
        assert re.search(
            r"\bthread", " ".join(said)
        ), f"{name} doesn't say which threads may call it"


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


def product_modules() -> dict[str, Path]:
    """Return each product module that can be imported, with the test file that bears its name."""
    tests = {"systemd/installer": "systemd"}
    return {
        path.relative_to(ROOT).with_suffix("").as_posix(): ROOT
        / "tests"
        / tests.get(package, package)
        / path.relative_to(ROOT / package).parent
        / f"test_{path.name}"
        for package in ("device", "converter", "evaluation", "kiosk_ui", "systemd/installer")
        for path in (ROOT / package).rglob("*.py")
        if not path.name.startswith("__")
    }


def test_each_product_module_has_a_test_file_of_its_name_or_a_named_reason() -> None:
    groups = tomllib.loads((ROOT / "tests/architecture/tested_elsewhere.toml").read_text("utf-8"))[
        "group"
    ]
    elsewhere = [module for group in groups for module in group["modules"]]
    alone = {module for module, test in product_modules().items() if not test.is_file()}

    assert len(elsewhere) == len(set(elsewhere))
    assert set(elsewhere) == alone
    for group in groups:
        assert group["reason"]
        for test in group["tests"]:
            assert (ROOT / "tests" / test).is_file(), test


def test_only_tests_and_what_they_share_lie_among_the_tests() -> None:
    """pytest would pass over a test in any other file without a word."""
    for path in (ROOT / "tests").rglob("*.py"):
        is_test = path.name.startswith("test_") or path.name == "conftest.py"
        is_shared = {"standins", "screens"} & set(path.relative_to(ROOT).parts)
        assert is_test or is_shared or path.name == "shape.py", name_of(path)
