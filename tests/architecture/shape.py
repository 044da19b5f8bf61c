"""Print how the code is shaped, next to the limits, for `make shape`.

Exits with 1 where a limit is exceeded. Reads the source as text and runs none of it. What the language must look like is in `test_language.py`.
"""

import ast
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Import names to folders: the installer is imported from the folder that holds it.
PACKAGES = {
    "device": ROOT / "device",
    "converter": ROOT / "converter",
    "evaluation": ROOT / "evaluation",
    "kiosk_ui": ROOT / "kiosk_ui",
    "bench": ROOT / "bench",
    "installer": ROOT / "systemd/installer",
}
PRODUCT = ("device", "converter", "evaluation", "kiosk_ui", "installer")
MOST_IMPORT_ARROWS = {"converter": 45, "device.service": 35, "device.recognition": 15}
MOST_FILES_IN_A_FOLDER = 20
MOST_LINES = 400
MOST_LINES_IN_A_FUNCTION = 48
LONGEST_MEDIAN_FUNCTION = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module of ours: its dotted name, its file and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Number of lines of the file."""
        return len(self.path.read_text("utf-8").splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One row of the table: what was measured, what was found, and the most that is wanted."""

    name: str
    found: float
    most: float
    where: str = ""

    @property
    def is_met(self) -> bool:
        """Whether what was found is no more than what is wanted."""
        return self.found <= self.most


def modules() -> list[Module]:
    """Return every module of our packages, by name."""
    return [
        Module(
            name=_dotted(package, path, folder), path=path, tree=ast.parse(path.read_text("utf-8"))
        )
        for package, folder in PACKAGES.items()
        for path in sorted(folder.rglob("*.py"))
    ]


def _dotted(package: str, path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join((package, *(part for part in parts if part != "__init__")))


def imports(module: Module, known: frozenset[str]) -> set[str]:
    """Return the modules of ours that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                found.add(deeper if deeper in known else node.module)
    return found & known - {module.name}


def arrows(edges: dict[str, set[str]], folder: str) -> set[tuple[str, str]]:
    """Return the pairs of a folder's direct children of which the first imports the second.

    The folder's own `__init__` counts as a child: what it hands out is part of the tangle.
    """
    prefix = f"{folder}."

    def child(name: str) -> str | None:
        if name == folder:
            return "__init__"
        return name.removeprefix(prefix).split(".")[0] if name.startswith(prefix) else None

    pairs = {
        (child(source), child(target)) for source, targets in edges.items() for target in targets
    }
    return {(a, b) for a, b in pairs if a and b and a != b}


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other in a circle (Tarjan)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for target in edges[name]:
            if target not in order:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], order[target])
        if low[name] == order[name]:
            group = []
            while not group or group[-1] != name:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(group)

    for name in edges:
        if name not in order:
            visit(name)
    return found


def body_lines(function: Function) -> int:
    """Return the number of lines of a function's body, without its docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions(found: list[Module]) -> Iterator[tuple[Module, Function]]:
    """Yield every function and method."""
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, Function):
                yield module, node


def is_annotated(function: Function) -> bool:
    """Return whether every parameter but `self` and `cls`, and the result, has a type."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [each for each in (arguments.vararg, arguments.kwarg) if each]
    has_result = function.returns is not None or function.name == "__init__"
    return has_result and all(
        each.annotation is not None for each in named if each.arg not in ("self", "cls")
    )


def classes_of_two_meanings(found: list[Module]) -> dict[str, list[str]]:
    """Return the public class names that more than one module defines, with these modules."""
    where = defaultdict(list)
    for module in found:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[node.name].append(module.name)
    return {name: places for name, places in where.items() if len(places) > 1}


def measures() -> list[Measure]:
    """Return the rows of the table."""
    found = modules()
    product = [module for module in found if module.name.split(".")[0] in PRODUCT]
    known = frozenset(module.name for module in found)
    edges = {module.name: imports(module, known) for module in found}
    rows = [_fullest_folder(product)]
    rows += [
        Measure(name=f"import arrows within {folder}", found=len(arrows(edges, folder)), most=most)
        for folder, most in MOST_IMPORT_ARROWS.items()
    ]
    groups = circles(edges)
    twice = classes_of_two_meanings(found)
    sizes = {f"{m.name}.{node.name}": body_lines(node) for m, node in functions(product)}
    longest_file = max(product, key=lambda module: module.lines)
    longest = max(sizes, key=lambda name: sizes[name])
    bare = [f"{m.name}.{node.name}" for m, node in functions(found) if not is_annotated(node)]
    return [
        *rows,
        Measure(name="import circles", found=len(groups), most=0, where=str(groups or "")),
        Measure(
            name="public class names with two meanings",
            found=len(twice),
            most=0,
            where=str(twice or ""),
        ),
        Measure(
            name="lines of a function, median",
            found=statistics.median(sizes.values()),
            most=LONGEST_MEDIAN_FUNCTION,
        ),
        Measure(
            name="lines of a function, longest",
            found=sizes[longest],
            most=MOST_LINES_IN_A_FUNCTION,
            where=longest,
        ),
        Measure(
            name="lines of a file, longest",
            found=longest_file.lines,
            most=MOST_LINES,
            where=longest_file.name,
        ),
        Measure(
            name="functions without all their types",
            found=len(bare),
            most=0,
            where=", ".join(bare[:5]),
        ),
    ]


def _fullest_folder(product: list[Module]) -> Measure:
    counts: dict[Path, int] = defaultdict(int)
    for module in product:
        counts[module.path.parent] += 1
    fullest = max(counts, key=lambda folder: counts[folder])
    return Measure(
        name="files directly in one package folder",
        found=counts[fullest],
        most=MOST_FILES_IN_A_FOLDER,
        where=fullest.relative_to(ROOT).as_posix(),
    )


def main() -> int:
    """Print the table, and return 1 where a row falls short."""
    rows = measures()
    for row in rows:
        state = "ok  " if row.is_met else "MISS"
        print(f"{state} {row.name:42} {row.found:6g}  wanted <= {row.most:g}  {row.where}".rstrip())
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
