"""What the page shows, computed from values alone."""

from dataclasses import replace

import pytest
from record_values import a_record

from device.bundle.records import RecordPicture
from device.service import (
    Answer,
    Corner,
    FilterOptions,
    Filters,
    Match,
    Option,
    Record,
    Verdict,
)
from device.service.state import KioskState, Phase
from kiosk_ui import presenter


def an_answer(verdict: Verdict, *records: Record, mirrored: bool = False, **more: object) -> Answer:
    values: dict[str, object] = {"sheet": None, "hint": None} | more
    return Answer(
        bundle_id="b1",
        verdict=verdict,
        matches=tuple(Match(record=record, score=0.9) for record in records),
        turn_deg=0,
        mirrored=mirrored,
        timings_ms={},
        **values,  # type: ignore[arg-type]  # the caller's business
    )


def a_state(phase: Phase, answer: Answer | None = None) -> KioskState:
    return KioskState(
        phase=phase, answer=answer, since_s=0, bundle_id="b1", note="why", camera_ready=True
    )


VERSO = RecordPicture(width=30, height=20)
MANY = tuple(a_record(str(n)) for n in range(10))


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_a_scene(phase: Phase) -> None:
    assert presenter.scene(a_state(phase), {}, "en").name in presenter.SceneName.__args__  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("verdict", "mirrored", "kind"),
    [
        (Verdict.SAME_PRINT, False, "same_print"),
        (Verdict.SAME_IMAGE, False, "same_image"),
        (Verdict.SAME_IMAGE, True, "in_reverse"),
        (Verdict.SIMILAR_ONLY, False, "similar"),
    ],
)
def test_an_answer_claims_what_its_verdict_does_with_one_hero_and_a_few_others(
    verdict: Verdict, mirrored: bool, kind: str
) -> None:
    page = presenter.answer_page(an_answer(verdict, *MANY, mirrored=mirrored), {}, "en")
    assert (page.kind, page.hero and page.hero.record_id) == (kind, "0")
    assert [o.record_id for o in page.others] == ["1", "2", "3", "4", "5"]


def test_not_found_claims_nothing_and_shows_the_nearest_three() -> None:
    page = presenter.answer_page(an_answer(Verdict.NOT_IN_COLLECTION, *MANY), {}, "en")
    assert page.hero is None
    assert [o.record_id for o in page.others] == ["0", "1", "2"]


def test_an_answer_shows_the_sheets_corners_and_a_hint() -> None:
    sheet = tuple(Corner(x=x, y=y) for x, y in ((1, 2), (30, 2), (30, 40), (1.26, 40)))
    page = presenter.answer_page(
        an_answer(Verdict.NOT_IN_COLLECTION, *MANY, sheet=sheet, hint="glare"), {}, "en"
    )
    assert page.outline == (1, 2, 30, 2, 30, 40, 1.3, 40)
    assert page.hint == "glare"


@pytest.mark.parametrize("hint", [None, "nothing_there", "of another version"])
def test_a_hint_without_a_text_is_not_shown(hint: str | None) -> None:
    page = presenter.answer_page(an_answer(Verdict.NOT_IN_COLLECTION, *MANY, hint=hint), {}, "en")
    assert (page.hint, page.outline) == (None, ())


@pytest.mark.parametrize("verdict", Verdict)
def test_an_answer_without_matches_claims_nothing(verdict: Verdict) -> None:
    page = presenter.answer_page(an_answer(verdict), {}, "en")
    assert (page.kind, page.hero, page.others) == ("none", None, ())


def options(**facets: tuple[Option, ...]) -> FilterOptions:
    return FilterOptions(remaining=7, undated=2, year_min=1450, year_max=1900, facets=facets)


def test_a_facet_without_a_choice_is_left_out() -> None:
    page = presenter.filters_page(options(technique=(Option(value="etching", count=7),)), Filters())
    assert page.facets == ()


def test_chosen_values_come_first_and_stay_even_without_prints() -> None:
    found = options(technique=(Option(value="etching", count=5), Option(value="woodcut", count=2)))
    page = presenter.filters_page(found, Filters(terms={"technique": ("woodcut", "lithograph")}))
    chips = [(c.value, c.count, c.chosen) for c in page.facets[0].chips]
    assert chips == [("woodcut", 2, True), ("lithograph", 0, True), ("etching", 5, False)]


def test_values_beyond_the_limit_are_folded() -> None:
    many = tuple(Option(value=f"maker {n}", count=1) for n in range(30))
    facet = presenter.filters_page(options(maker=many), Filters()).facets[0]
    assert (len(facet.chips), len(facet.more)) == (12, 18)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [((None, None), (1450, 1900)), ((1000, 2500), (1450, 1900)), ((1500, 1600), (1500, 1600))],
)
def test_years_stay_within_the_collections(
    asked: tuple[int | None, int | None], shown: tuple[int, int]
) -> None:
    page = presenter.filters_page(options(), Filters(year_from=asked[0], year_to=asked[1]))
    assert (page.year_from, page.year_to) == shown


def test_a_collection_without_years_offers_no_year_filter() -> None:
    found = FilterOptions(remaining=1, undated=1, year_min=None, year_max=None, facets={})
    assert presenter.filters_page(found, Filters()).years is None


def test_a_facets_values_have_the_museums_language() -> None:
    two = (Option(value="a", count=1), Option(value="b", count=1))
    tags = {"makers": "it", "technique": "en"}
    page = presenter.filters_page(options(maker=two, technique=two, relation=two), Filters(), tags)
    assert {facet.name: facet.language for facet in page.facets} == {
        "maker": "it",
        "technique": "en",
        "relation": None,
    }


def test_a_label_shows_the_picture_that_matched_and_offers_the_others() -> None:
    answer = an_answer(Verdict.SAME_PRINT, a_record("a/b", more_pictures=(VERSO,)))
    matched = replace(answer, matches=(replace(answer.matches[0], position=1),))

    hero = presenter.answer_page(matched, {}, "en").hero

    assert hero is not None
    assert (hero.position, hero.width, hero.height) == (1, 30, 20)
    assert hero.thumb == "/api/v1/records/a/b/picture?bundle=b1&size=thumb&position=1"
    assert [picture.screen for picture in hero.pictures] == [
        "/api/v1/records/a/b/picture?bundle=b1&size=screen",
        "/api/v1/records/a/b/picture?bundle=b1&size=screen&position=1",
    ]
