"""Turns the kiosk's state into plain values, so that the page's templates decide nothing.

Pure: no I/O, no clock, no Flask. The verdict alone decides what the page claims of a print; it never
shows a percentage.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from device.service import (
    ACCEPTED,
    Answer,
    FilterOptions,
    Filters,
    Hint,
    Option,
    Verdict,
)
from device.service.state import KioskState, Phase
from kiosk_ui.labels import Label, label

SceneName = Literal[
    "starting", "looking", "hold_still", "answer", "not_found", "camera_lost", "no_bundle", "invite"
]
Kind = Literal["same_print", "same_image", "in_reverse", "similar", "none", "part_of", "part_like"]

NEAREST_OTHERS = 5
NEAREST_WHEN_NONE = 3
MAX_CHIPS = 12

# Hints to the visitor. The scene itself says that no print is there.
HINTS = tuple(hint.value for hint in Hint if hint is not Hint.NOTHING_THERE)

# Facets whose field in a record has another name.
_FACET_FIELDS = {"maker": "makers", "relation": "relations"}
_SCENES: dict[Phase, SceneName] = {
    Phase.STARTING: "starting",
    Phase.ATTRACT: "looking",
    Phase.LOOKING: "looking",
    Phase.SEARCHING: "hold_still",
    Phase.FOUND: "answer",
    Phase.UNSURE: "answer",
    Phase.NOT_FOUND: "not_found",
    Phase.CAMERA_LOST: "camera_lost",
    Phase.NO_BUNDLE: "no_bundle",
}
_KINDS: dict[Verdict, Kind] = {
    Verdict.SAME_PRINT: "same_print",
    Verdict.SAME_IMAGE: "same_image",
    Verdict.SIMILAR_ONLY: "similar",
    Verdict.NOT_IN_COLLECTION: "none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """An answer as the page shows it: one large print and cards, or cards without a claim.

    Attributes:
        kind: What the page claims of the first match.
        hero: The large print; `None` without a claim.
        others: The prints on cards.
        outline: The sheet's corners, x and y in turn, in pixels of the visitor's picture; empty if
            none was found.
        hint: A hint to the visitor, as a key of the page's texts; `None` without one.
    """

    kind: Kind
    hero: Label | None
    others: tuple[Label, ...]
    outline: tuple[float, ...]
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The content of the screen: the scene's name, an answer if there is one, and a note.

    Attributes:
        note: The service's note on its state, for the page's small print.
        comparison_url: Address of the answer's comparison with its record; `None` without one.
        is_camera_busy: Whether another program uses the camera.
    """

    name: SceneName
    answer: AnswerPage | None
    note: str
    comparison_url: str | None = None
    is_camera_busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One value of a facet, and how many prints would remain with it."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A facet of the filters; the chips in `more` are folded, `language` is a BCP 47 tag."""

    name: str
    language: str | None = None
    chips: tuple[Chip, ...]
    more: tuple[Chip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiltersPage:
    """The values of the panel of filters.

    Attributes:
        remaining: Number of prints that pass the current filters.
        undated: Number of prints of the whole collection without a year.
        with_undated: Whether undated prints pass the filter on years.
        years: The collection's first and last year; `None` if no print has one.
        year_from, year_to: The years chosen, within `years`.
        words: The words searched for.
        whole: Name of the whole, such as a series, that prints must belong to; empty for all prints.
    """

    facets: tuple[Facet, ...]
    remaining: int
    undated: int
    with_undated: bool
    years: tuple[int, int] | None
    year_from: int
    year_to: int
    words: str
    whole: str = ""


def scene(state: KioskState, languages: Mapping[str, str], visitor: str) -> Scene:
    """Return the scene that shows a state of the stand.

    Args:
        state: The state.
        languages: Field to BCP 47 tag.
        visitor: BCP 47 tag of the visitor's language.
    """
    page = answer_page(state.answer, languages, visitor) if state.answer else None
    return Scene(
        name=_SCENES[state.phase],
        answer=page,
        note=state.note,
        is_camera_busy=state.is_camera_busy,
    )


def answer_scene(
    answer: Answer, languages: Mapping[str, str], visitor: str, *, of_part: bool = False
) -> Scene:
    """Return the scene of an upload's answer; `of_part` if a part of the print was searched."""
    page = answer_page(answer, languages, visitor, of_part=of_part)
    return Scene(name="not_found" if page.kind == "none" else "answer", answer=page, note="")


def answer_page(
    answer: Answer, languages: Mapping[str, str], visitor: str, *, of_part: bool = False
) -> AnswerPage:
    """Return the template's values for an answer: the large print, the cards and the hint."""
    kind = _kind_of_part(answer) if of_part else _kind(answer)
    labels = tuple(
        label(m.record, answer.bundle_id, languages, visitor, position=m.position)
        for m in answer.matches
    )
    is_none = kind == "none"
    return AnswerPage(
        kind=kind,
        hero=None if is_none else labels[0],
        others=labels[:NEAREST_WHEN_NONE] if is_none else labels[1 : 1 + NEAREST_OTHERS],
        outline=tuple(round(v, 1) for c in answer.sheet or () for v in (c.x, c.y)),
        hint=answer.hint if answer.hint in HINTS else None,
    )


def _kind(answer: Answer) -> Kind:
    """Return what the page claims of the first match."""
    if not answer.matches:
        return "none"
    kind = _KINDS[answer.verdict]
    return "in_reverse" if kind == "same_image" and answer.mirrored else kind


def _kind_of_part(answer: Answer) -> Kind:
    """Return what the page claims of a part's first match.

    A similar print is a result here, because the visitor searched for similar parts.
    """
    if not answer.matches:
        return "none"
    return "part_of" if answer.verdict in ACCEPTED else "part_like"


def filters_page(
    options: FilterOptions, filters: Filters, languages: Mapping[str, str] | None = None
) -> FiltersPage:
    """Return the panel of filters, the set ones chosen; `languages` are BCP 47 tags by field."""
    years = None
    if options.year_min is not None and options.year_max is not None:
        years = (options.year_min, options.year_max)
    low, high = years or (0, 0)
    return FiltersPage(
        facets=tuple(
            facet
            for name, found in options.facets.items()
            if (facet := _facet(name, found, filters.terms.get(name, ()), languages or {})).chips
        ),
        remaining=options.remaining,
        undated=options.undated,
        with_undated=filters.undated,
        years=years,
        year_from=low if filters.year_from is None else max(low, min(filters.year_from, high)),
        year_to=high if filters.year_to is None else min(high, max(filters.year_to, low)),
        words=filters.words,
        whole=filters.whole,
    )


def language_of(facet: str, languages: Mapping[str, str]) -> str | None:
    """Return the BCP 47 tag of a facet's values, or None if the museum doesn't state it."""
    return languages.get(_FACET_FIELDS.get(facet, facet))


def _facet(
    name: str, options: tuple[Option, ...], chosen: tuple[str, ...], languages: Mapping[str, str]
) -> Facet:
    """Return a facet with its chips, or without any if there is no choice.

    Chosen values keep their chips even if no print remains with them.
    """
    counts = {option.value: option.count for option in options}
    counts |= {value: 0 for value in chosen if value not in counts}
    if len(counts) < 2 and not chosen:
        return Facet(name=name, chips=(), more=())
    chips = [Chip(value=v, count=n, chosen=v in chosen) for v, n in counts.items()]
    chips.sort(key=lambda chip: not chip.chosen)  # stable: chosen ones first, then by count
    return Facet(
        name=name,
        language=language_of(name, languages),
        chips=tuple(chips[:MAX_CHIPS]),
        more=tuple(chips[MAX_CHIPS:]),
    )
