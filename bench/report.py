"""The results as text for a terminal, as JSON, and as one HTML page without other files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from bench.results import Section, Table, Target
from converter import page_template


def text(sections: Sequence[Section], machine: Mapping[str, str]) -> str:
    """Return the tables and targets as lines for a terminal."""
    parts = ["\n".join(f"{name}: {value}" for name, value in machine.items())]
    for section in sections:
        lines = ["", section.title, "=" * len(section.title), section.method]
        for table in section.tables:
            lines += ["", *([table.title] if table.title else []), *_columns(table)]
        lines += ["", *(_target(target) for target in section.targets)] if section.targets else []
        parts.append("\n".join(lines))
    return "\n".join(parts) + "\n"


def to_json(sections: Sequence[Section], machine: Mapping[str, str]) -> str:
    """Return all results as JSON, ending in a newline."""
    data = {"machine": dict(machine), "sections": [asdict(section) for section in sections]}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def page(sections: Sequence[Section], machine: Mapping[str, str]) -> str:
    """Return the results as one HTML page without other files."""
    return page_template.load("bench.html", package="bench").render(
        sections=sections, machine=machine, verdict=verdict
    )


def verdict(target: Target) -> str:
    """Return whether a target was met, in words."""
    return {True: "met", False: "missed", None: "not judged here"}[target.met]


def _target(target: Target) -> str:
    return f"[{verdict(target)}] {target.name}: {target.found} (target: {target.wanted})"


def _columns(table: Table) -> list[str]:
    rows = [table.columns, *table.rows]
    widths = [max(len(row[number]) for row in rows) for number in range(len(table.columns))]
    return [
        "  ".join(_cell(c, w, n) for n, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def _cell(word: str, width: int, number: int) -> str:
    is_words = number == 0 or (" " in word.strip() and not word[:1].isdigit())
    return word.ljust(width) if is_words else word.rjust(width)
