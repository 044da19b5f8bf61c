"""Choose the column of each field by its name, and note every doubt for the museum."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from converter.ingest.columns import FIELDS
from converter.ingest.dates.given_years import year_of
from converter.ingest.mapping.column_names import ALIASES, normalised
from converter.ingest.mapping.titles import title_field
from converter.ingest.start import nested_names
from converter.ingest.start.picture_rule import PictureRule
from converter.ingest.start.profile import ExportProfile, one_line
from converter.ingest.start.weak_names import WEAK_NAMES

_NEVER_BY_NAME = ("record_id",)  # chosen by its values, too
_YEARS = ("year_from", "year_to", "year")
_IDS = ("record_id", "inventory_number")


@dataclass(slots=True, kw_only=True)
class Choice:
    """The columns that were chosen.

    Attributes:
        columns: Field to column.
        doubts: Field to lines for the museum to look at.
    """

    columns: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, list[str]] = field(default_factory=dict)

    def doubt(self, name: str, line: str) -> None:
        """Note a doubt about a field."""
        self.doubts.setdefault(name, []).append(line)


def choose(profile: ExportProfile, rule: PictureRule | None) -> Choice:
    """Return the column of each field.

    Args:
        profile: What the export holds.
        rule: How pictures are found; its column is an id, or the pictures' own.
    """
    choice = Choice()
    if rule and rule.before is None:
        choice.columns["image"] = rule.column
    for name in FIELDS:
        if name not in _NEVER_BY_NAME and name not in choice.columns:
            _choose_by_name(name, profile, choice, has_pictures=rule is not None)
    _choose_id(profile, rule, choice)
    _drop_halves_of_years(choice)
    for column in profile.header:
        title = title_field(column)
        if title and column not in choice.columns.values():
            choice.columns.setdefault(title, column)
    return choice


def _choose_by_name(
    name: str, profile: ExportProfile, choice: Choice, *, has_pictures: bool
) -> None:
    ranked = _ranked(name, profile, choice.columns)
    if name in _YEARS:
        ranked = [column for column in ranked if _holds_years(profile, column)]
    if name == "image" and has_pictures:
        return
    if not ranked:
        return
    # An empty column says nothing about what the museum means, so a filled one is chosen first.
    filled = [column for column in ranked if profile.columns[column].filled]
    best = (filled or ranked)[0]
    choice.columns[name] = best
    others = [column for column in filled if column != best]
    if others:
        listed = ", ".join(repr(one_line(column)) for column in others)
        choice.doubt(name, f"could also be {listed}")
    weak = set(map(normalised, WEAK_NAMES.get(name, ())))
    if normalised(best) in weak:
        choice.doubt(name, "chosen by a name that may mean something else")


def _ranked(name: str, profile: ExportProfile, taken: Mapping[str, str]) -> list[str]:
    """Return the columns that a field's names mean, the best first."""
    strong, weak = (name, *ALIASES.get(name, ())), WEAK_NAMES.get(name, ())
    order = {normalised(one): rank for rank, one in reversed(list(enumerate((*strong, *weak))))}
    free = [column for column in profile.header if column not in taken.values()]
    ranks = {column: _rank(name, column, order) for column in free}
    found = [column for column, rank in ranks.items() if rank is not None]
    # A key of the work itself before one of its parts, but a usual name before one that may mean something else.
    return sorted(
        found,
        key=lambda one: ((ranks[one] or 0) >= len(strong), nested_names.depth(one), ranks[one]),
    )


def _rank(name: str, column: str, order: Mapping[str, int]) -> int | None:
    known = order.get(normalised(column))
    if known is not None or not nested_names.depth(column):
        return known
    return nested_names.rank(name, column, order)


def _holds_years(profile: ExportProfile, column: str) -> bool:
    values = profile.columns[column].values
    return not values or any(year_of(value) is not None for value in values)


def _drop_halves_of_years(choice: Choice) -> None:
    """Drop a weak name such as "Von" that has no partner: it may be anything."""
    weak = {normalised(one) for name in ("year_from", "year_to") for one in WEAK_NAMES[name]}
    for name, other in (("year_from", "year_to"), ("year_to", "year_from")):
        column = choice.columns.get(name)
        if column and normalised(column) in weak and other not in choice.columns:
            del choice.columns[name]


def _choose_id(profile: ExportProfile, rule: PictureRule | None, choice: Choice) -> None:
    """Choose the column of ids: what the files are named by, an inventory number, then any id."""
    named = rule.column if rule and rule.before is not None else None
    own = [column for column in profile.header if normalised(column) == "recordid"]
    number = choice.columns.get("inventory_number")
    others = _ranked("record_id", profile, choice.columns)
    candidates = [one for one in (named, *own, number, *others) if one]
    unique = [one for one in dict.fromkeys(candidates) if profile.is_id(one)]
    if not unique:
        unique = _repeated_ids(profile, candidates, choice)
    if not unique:
        more = [one for one in profile.header if profile.is_id(one)][:5]
        listed = ", ".join(map(repr, more)) or "no column has a value of its own in every row"
        choice.doubt("record_id", f"no column is known to hold it; write its name here ({listed})")
        return
    choice.columns["record_id"] = best = unique[0]
    for name in [name for name, column in choice.columns.items() if column == best]:
        if name not in _IDS:
            del choice.columns[name]
    if len(unique) > 1:
        listed = ", ".join(repr(one_line(one)) for one in unique[1:])
        choice.doubt("record_id", f"could also be {listed}; it names a print in updates and links")


def _repeated_ids(profile: ExportProfile, candidates: list[str], choice: Choice) -> list[str]:
    """Return the best column whose values repeat or are missing, with a doubt that says so."""
    for one in dict.fromkeys(candidates):
        column = profile.columns[one]
        if column.filled:
            missing = profile.count - column.filled
            if missing:
                choice.doubt("record_id", f"{missing} of {profile.count} rows have none in {one!r}")
            if column.repeated:
                choice.doubt("record_id", f"several rows have {one_line(column.repeated)!r}")
            return [one]
    return []
