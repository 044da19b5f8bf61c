"""Where a field's text comes from: columns, lists in their cells, or a constant.

In `collection.toml` a column is text, or a table:

    makers = "artist"
    makers = {column = "artist", split = "|"}
    makers = {columns = ["Prefix", "Name"], join = " ", split = "|"}
    makers = {column = "Name", roles = "Role", prefixes = "Prefix", split = "|"}
    institution = {constant = "Kunsthaus"}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from converter.ingest.mapping.makers import with_role
from converter.ingest.table import LIST_SEPARATOR

KEYS = ("column", "columns", "join", "split", "roles", "prefixes", "constant")
# A list separator is white space to `str.strip`, so only these are removed.
_SPACE = " \t\r\n\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """One field's place in the museum's table.

    Attributes:
        columns: The columns that hold its text.
        join: Between the texts of several columns.
        split: Between the values in one cell; empty where a cell holds one value.
        roles: The column of the makers' roles, in step with the names; empty for none.
        prefixes: The column of words such as "after", in step with the names; empty for none.
        constant: The text of every record, without a column; empty for none.
    """

    columns: tuple[str, ...] = ()
    join: str = " "
    split: str = ""
    roles: str = ""
    prefixes: str = ""
    constant: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        """All columns that are read."""
        return (*self.columns, *(name for name in (self.roles, self.prefixes) if name))

    @property
    def label(self) -> str:
        """What a report calls it: the column's name, such as "Prefix + Name"."""
        return " + ".join(self.used) if self.used else repr(self.constant)

    def renamed(self, name: Callable[[str], str]) -> "ColumnSpec":
        """Return it with each column's name passed through `name`."""
        return replace(
            self,
            columns=tuple(map(name, self.columns)),
            roles=name(self.roles),
            prefixes=name(self.prefixes),
        )

    def text(self, cell: Callable[[str], str]) -> str:
        """Return a row's text, with `LIST_SEPARATOR` between the values of a list.

        Args:
            cell: Returns the cell of a column.
        """
        if self.constant:
            return self.constant
        if len(self.columns) == 1 and not (self.split or self.roles or self.prefixes):
            return cell(self.columns[0])
        lists = [_values(cell(name), self.split) for name in self.columns]
        names = [self.join.join(filter(None, row)) for row in zip_longest(*lists, fillvalue="")]
        roles = self._in_step(self.roles, len(names), cell)
        prefixes = self._in_step(self.prefixes, len(names), cell)
        made = [
            with_role(name, role, prefix)
            for name, role, prefix in zip(names, roles, prefixes, strict=True)
        ]
        return LIST_SEPARATOR.join(filter(None, made))

    def _in_step(self, column: str, count: int, cell: Callable[[str], str]) -> Sequence[str]:
        """Return the values next to `count` names, all empty if the lists differ in length."""
        values = _values(cell(column), self.split) if column else []
        return values if len(values) == count else [""] * count


def parse(value: Any) -> tuple[ColumnSpec, list[str]]:
    """Return the specification that a value of `[columns]` states, and its faults.

    The faults say what was expected and what was found; the caller names the place.
    """
    if isinstance(value, str):
        return ColumnSpec(columns=(value,) if value else ()), []
    if not isinstance(value, Mapping):
        return ColumnSpec(), [f"expected a column's name or a table, found {value!r}"]
    faults = [f"{key} isn't known; there are {', '.join(KEYS)}" for key in value if key not in KEYS]
    faults += [
        f"{key}: expected text, found {value[key]!r}"
        for key in KEYS
        if key != "columns" and not isinstance(value.get(key, ""), str)
    ]
    columns = value.get("columns", [])
    if not isinstance(columns, list) or not all(isinstance(one, str) and one for one in columns):
        faults.append(f"columns: expected a list of column names, found {columns!r}")
    if faults:
        return ColumnSpec(), faults
    sources = [key for key in ("column", "columns", "constant") if value.get(key)]
    if len(sources) != 1:
        found = " and ".join(sources) or "none"
        return ColumnSpec(), [f"expected one of column, columns and constant, found {found}"]
    texts = {key: value[key] for key in ("join", "split", "roles", "prefixes") if key in value}
    names = tuple(columns) or ((value["column"],) if "column" in value else ())
    return ColumnSpec(columns=names, constant=value.get("constant", ""), **texts), []


def _values(cell: str, sign: str) -> list[str]:
    parts = cell.split(LIST_SEPARATOR)
    if sign:
        parts = [piece for part in parts for piece in part.split(sign)]
    return [part.strip(_SPACE) for part in parts]
