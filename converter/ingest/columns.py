"""Map a museum's columns to fields, by its own column map or by well-known names.

Nothing is guessed from the cells. Two columns that could both be meant are an error.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from device.bundle.metadata_fields import COLUMNS, REQUIRED

# The fields that a museum's column may hold, by their names in `collection.toml`.
FIELDS = (*COLUMNS.values(), "relations", "image")

# Compared without case, spaces and punctuation: "Record ID", "record_id" and "recordID" are one name. A field's own name
# is always known. The list includes the fields of MuseumPlus exports as ETH's collection of prints uses them (recordID,
# invNr, person, matTec, institutionIsil, recordURL, imageLicence) and those of Dublin Core.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "record_id": ("id", "identifier", "object_id"),
    "title": ("titel", "titre", "titolo", "object_title"),
    "makers": (
        "maker",
        "creator",
        "creators",
        "person",
        "persons",
        "artist",
        "artists",
        "artist_display_name",
    ),
    "date": ("date_text", "dated", "datierung", "datation", "datazione", "object_date"),
    "classification": ("object_type", "objektart"),
    "technique": (
        "material_technique",
        "mat_tec",
        "material_and_technique",
        "medium",
        "technik",
        "technique_materiaux",
        "tecnica",
    ),
    "institution": ("institution_isil", "repository", "museum"),
    "inventory_number": (
        "inv_nr",
        "inventory_no",
        "inventarnummer",
        "accession_number",
        "object_number",
    ),
    "relations": ("relation", "related_works"),
    "rights": ("licence", "license", "image_licence", "image_license"),
    "credit": ("credit_line", "creditline", "source_title"),
    "source_url": ("record_url", "record_link", "link_resource", "source_url_or_repo"),
    "image": ("image_file", "file_name", "filename", "image_path"),
    "note": ("notes", "description", "remark", "bemerkung"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """The column of each field.

    Attributes:
        names: Field to the museum's column.
        positions: Field to the column's index in a row, from 0.
        unused: The museum's columns that no field uses.
        width: Number of cells in a row.
    """

    names: Mapping[str, str]
    positions: Mapping[str, int]
    unused: tuple[str, ...]
    width: int


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the end of an error: the known word that was probably meant, else all of them."""
    by_lower = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_lower, n=1)
    return f"did you mean {by_lower[near[0]]!r}?" if near else f"there are {', '.join(known)}"


def map_columns(
    header: Sequence[str], chosen: Mapping[str, str], *, needs_image: bool
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
    names: dict[str, str] = {}
    for field, column in chosen.items():
        if column and column not in header:
            faults.append(f"{field}: no column {column!r}; {did_you_mean(column, header)}")
        elif column:
            names[field] = column
    free = [name for name in header if name and name not in names.values()]
    for field in FIELDS:
        if field not in chosen:
            faults += _map_known(field, free, names)
    faults += _missing(names, chosen, needs_image, header)
    positions = {field: list(header).index(column) for field, column in names.items()}
    unused = tuple(name for name in header if name and name not in names.values())
    return ColumnMap(names=names, positions=positions, unused=unused, width=len(header)), faults


def _header_faults(header: Sequence[str]) -> list[str]:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    return [
        f"column {name!r} is in the header {header.count(name)} times; rename all but one"
        for name in twice
    ]


def _map_known(field: str, free: Sequence[str], names: dict[str, str]) -> list[str]:
    own = [column for column in dict.fromkeys(free) if _normalised(column) == _normalised(field)]
    aliases = {_normalised(alias) for alias in ALIASES.get(field, ())}
    found = own or [column for column in dict.fromkeys(free) if _normalised(column) in aliases]
    if len(found) > 1:
        listed = " and ".join(map(repr, found))
        return [
            f"{field}: {listed} could both be meant; name one in collection.toml under [columns]"
        ]
    if found:
        names[field] = found[0]
    return []


def _missing(
    names: Mapping[str, str], chosen: Mapping[str, str], needs_image: bool, header: Sequence[str]
) -> list[str]:
    wanted = (*REQUIRED, "image") if needs_image else REQUIRED
    return [
        f"{field}: no column is known to hold it; name it in collection.toml under [columns]"
        f" (there are {', '.join(name for name in header if name)})"
        for field in wanted
        if field not in names and not chosen.get(field)
    ]


def _normalised(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
