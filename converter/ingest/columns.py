"""Map a museum's columns to fields, by its own column map or by well-known names.

Nothing is guessed from the cells. Two columns that could both be meant are an error.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from converter.ingest.mapping.column_names import ALIASES, normalised
from converter.ingest.mapping.column_spec import ColumnSpec
from converter.ingest.mapping.titles import is_title, title_field
from device.bundle.metadata_fields import COLUMNS, REQUIRED

# The fields that a museum's column may hold, by their names in `collection.toml`; `title_de` and the like as well.
FIELDS = (*COLUMNS.values(), "year_from", "year_to", "year", "relations", "image")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """The column of each field.

    Attributes:
        names: Field to the museum's column, or to what a report calls several of them.
        positions: Field to the column's index in a row, from 0, for fields that are one column as it is.
        unused: The museum's columns that no field uses.
        width: Number of cells in a row.
        specs: Field to columns, for fields that need more than one cell as it is.
        header: The museum's columns, in order.
    """

    names: Mapping[str, str]
    positions: Mapping[str, int]
    unused: tuple[str, ...]
    width: int
    specs: Mapping[str, ColumnSpec] = field(default_factory=dict)
    header: tuple[str, ...] = ()

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """Return field to text of one row, with `LIST_SEPARATOR` between a list's values."""
        found = {
            name: cells[position]
            for name, position in self.positions.items()
            if position < len(cells)
        }
        if self.specs:
            by_column = dict(zip(self.header, cells, strict=False))
            for name, spec in self.specs.items():
                found[name] = spec.text(lambda column: by_column.get(column, ""))
        return found

    def cells_of(self, field_name: str) -> frozenset[int]:
        """Return the indexes of the cells that a field's text comes from; none without a column."""
        if field_name in self.positions:
            return frozenset((self.positions[field_name],))
        spec = self.specs.get(field_name)
        return frozenset(map(self.header.index, spec.used)) if spec else frozenset()


def is_field(name: str) -> bool:
    """Return whether `collection.toml` may name this field."""
    return name in FIELDS or is_title(name)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the end of an error: the known word that was probably meant, else all of them."""
    by_lower = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_lower, n=1)
    return f"did you mean {by_lower[near[0]]!r}?" if near else f"there are {', '.join(known)}"


def map_columns(
    header: Sequence[str], chosen: Mapping[str, str | ColumnSpec], *, needs_image: bool
) -> tuple[ColumnMap, list[str]]:
    """Map each field to a column, and return the map with every fault found.

    Args:
        header: The museum's column names, in order.
        chosen: Field to column, from the museum's column map; an empty column leaves the field out.
        needs_image: Whether a column must hold the name of the picture file.

    Returns:
        The map, and the faults as parts of an error message; without faults the map is complete.
    """
    faults = _header_faults(header)
    specs = {name: _spec(value) for name, value in chosen.items()}
    for name, spec in specs.items():
        faults += [
            f"{name}: no column {column!r}; {did_you_mean(column, header)}"
            for column in spec.used
            if column not in header
        ]
    specs = {
        name: spec
        for name, spec in specs.items()
        if (spec.used or spec.constant) and set(spec.used) <= set(header)
    }
    taken = {column for spec in specs.values() for column in spec.used}
    names = {name: spec.label for name, spec in specs.items()}
    free = [name for name in header if name and name not in taken]
    for name in FIELDS:
        if name not in chosen:
            faults += _map_known(name, free, names)
    for column in free:
        title = title_field(column)
        if title and title not in chosen and column not in names.values():
            names.setdefault(title, column)
    faults += _missing(names, chosen, needs_image, header)
    plain = {name for name in names if name not in specs or specs[name] == _spec(names[name])}
    used = taken | {names[name] for name in plain}
    found = ColumnMap(
        names=names,
        positions={name: list(header).index(names[name]) for name in names if name in plain},
        unused=tuple(name for name in header if name and name not in used),
        width=len(header),
        specs={name: spec for name, spec in specs.items() if name not in plain},
        header=tuple(header),
    )
    return found, faults


def _spec(value: str | ColumnSpec) -> ColumnSpec:
    if isinstance(value, ColumnSpec):
        return value
    return ColumnSpec(columns=(value,) if value else ())


def _header_faults(header: Sequence[str]) -> list[str]:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    return [
        f"column {name!r} is in the header {header.count(name)} times; rename all but one"
        for name in twice
    ]


def _map_known(field: str, free: Sequence[str], names: dict[str, str]) -> list[str]:
    own = [column for column in dict.fromkeys(free) if normalised(column) == normalised(field)]
    aliases = {normalised(alias) for alias in ALIASES.get(field, ())}
    found = own or [column for column in dict.fromkeys(free) if normalised(column) in aliases]
    if len(found) > 1:
        listed = " and ".join(map(repr, found))
        return [
            f"{field}: {listed} could both be meant; name one in collection.toml under [columns]"
        ]
    if found:
        names[field] = found[0]
    return []


def _missing(
    names: Mapping[str, str],
    chosen: Mapping[str, str | ColumnSpec],
    needs_image: bool,
    header: Sequence[str],
) -> list[str]:
    wanted = (*REQUIRED, "image") if needs_image else REQUIRED
    return [
        f"{name}: no column is known to hold it; {_advice(name, names, header)}"
        for name in wanted
        if name not in names
        and not _spec(chosen.get(name, "")).used
        and not (name == "title" and any(map(is_title, names)))
    ]


def _advice(name: str, names: Mapping[str, str], header: Sequence[str]) -> str:
    """Return what to write into `collection.toml` for a field without a column."""
    columns = ", ".join(one for one in header if one)
    if name == "record_id" and "inventory_number" in names:
        found = names["inventory_number"]
        return (
            f"{found!r} could; if it is different for each record, write record_id = {found!r} in collection.toml"
            " under [columns]"
        )
    if name == "image":
        return (
            'if the files are named by a number, set image_names = "{record_id}.*" in collection.toml under'
            f" [collection]; else name the column of file names under [columns] (there are {columns})"
        )
    return f"name it in collection.toml under [columns] (there are {columns})"
