"""Notice lists in cells, columns of roles, and rows that are pictures of one work."""

from collections.abc import Mapping

from converter.ingest.facets import split
from converter.ingest.mapping.column_names import normalised
from converter.ingest.start.profile import ExportProfile

# A semicolon separates makers without being named, and a comma may be part of a name.
_SIGNS = ("|", "\n", " / ", " // ", "¦", "•")
_LISTS = ("makers", "classification", "technique", "relations", "institution")
_ROLES = ("role", "roles", "rolle", "rollen", "artistrole", "makerrole", "funktion", "ruolo", "rol")
_PREFIXES = ("prefix", "artistprefix", "attributionprefix", "attributionqualifier", "zuschreibung")
_FEWEST_COMMAS = 2
_MOSTLY = 0.5  # share of rows whose roles are in step; a museum's own slips are left out later


def separator(profile: ExportProfile, field: str, column: str) -> str:
    """Return the sign between the values in a column's cells; empty if each holds one value."""
    if field not in _LISTS:
        return ""
    one = profile.columns[column]
    for sign in _SIGNS:
        if one.holding(sign):
            return sign
    return ", " if field == "makers" and _lists_names(one.values) else ""


def _lists_names(values: tuple[str, ...]) -> bool:
    """Return whether commas stand between whole names, as in "Mary Example, John Sample".

    "Example, Mary" has a part of one word, so it is one name.
    """
    listed = [split(value, ",") for value in values if "," in value]
    whole = [parts for parts in listed if all(len(part.split()) > 1 for part in parts)]
    has_digits = any(sign.isdigit() for parts in whole for part in parts for sign in part)
    return len(whole) >= _FEWEST_COMMAS and len(whole) == len(listed) and not has_digits


def parallel_columns(profile: ExportProfile, makers: str, sign: str) -> dict[str, str]:
    """Return the columns of roles and prefixes that are in step with the makers, by key."""
    found: dict[str, str] = {}
    for key, known in (("roles", _ROLES), ("prefixes", _PREFIXES)):
        for column in profile.header:
            above, _, last = column.rpartition(".")  # "creators.role" next to "creators.name"
            name = normalised(last if above == makers.rpartition(".")[0] else column)
            if name in known and _in_step(profile, makers, column, sign):
                found.setdefault(key, column)
    return found


def _in_step(profile: ExportProfile, makers: str, column: str, sign: str) -> bool:
    one, other = profile.places[makers], profile.places[column]
    pairs = [(row[one], row[other]) for row in profile.rows if row[other] and row[one]]
    if not sign:
        return bool(pairs)
    equal = sum(names.count(sign) == roles.count(sign) for names, roles in pairs)
    return bool(pairs) and equal >= _MOSTLY * len(pairs)


def rows_are_pictures(profile: ExportProfile, columns: Mapping[str, str]) -> bool:
    """Return whether rows with one id are pictures of one work: no other field differs.

    Args:
        profile: What the export holds.
        columns: Field to column. Any column of no field, such as "recto" and "verso", may differ.
    """
    record_id, image = columns.get("record_id"), columns.get("image")
    if not record_id or not image or profile.is_id(record_id):
        return False
    at, picture = profile.places[record_id], profile.places[image]
    same = [profile.places[one] for name, one in columns.items() if name != "image"]
    first: dict[str, tuple[str, ...]] = {}
    repeated = 0
    for row in profile.rows:
        known = first.setdefault(row[at], row)
        if known is row or not row[at]:
            continue
        repeated += 1
        if known[picture] == row[picture] or any(known[one] != row[one] for one in same):
            return False
    return repeated > 0
