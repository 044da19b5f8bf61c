"""The matrix of screenshot variants: screen size, language and display preferences."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

LANGUAGES = ("de", "en", "fr", "it")
STAND_SIZES = ((800, 480), (1280, 800), (1280, 720), (720, 1280))
GUEST_SIZES = ((390, 844), (1280, 800))


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One combination of screen size, language and display preferences.

    Attributes:
        size: The screen's, in CSS pixels: width, height.
        language: As a BCP 47 tag.
        text: `normal` or `large`.
        contrast: `normal` or `high`.
        theme: `light` or `dark`.
    """

    size: tuple[int, int]
    language: str
    text: str
    contrast: str
    theme: str

    @property
    def name(self) -> str:
        """The end of its screenshots' file names."""
        width, height = self.size
        return f"{width}x{height}-{self.language}-{self.text}-{self.contrast}-{self.theme}"

    @property
    def query(self) -> str:
        """The query that selects its language and preferences in an address."""
        return (
            f"language={self.language}&text={self.text}"
            f"&contrast={self.contrast}&theme={self.theme}"
        )


def all_variants(sizes: tuple[tuple[int, int], ...]) -> Iterator[Variant]:
    """Yield every combination for the given sizes."""
    for size, language, text, contrast, theme in itertools.product(
        sizes, LANGUAGES, ("normal", "large"), ("normal", "high"), ("light", "dark")
    ):
        yield Variant(size=size, language=language, text=text, contrast=contrast, theme=theme)


def pairwise(sizes: tuple[tuple[int, int], ...]) -> Iterator[Variant]:
    """Yield a small set in which every two choices occur together.

    It is an orthogonal array of bits, two for each size and language.
    """
    for (i, size), (j, language) in itertools.product(enumerate(sizes), enumerate(LANGUAGES)):
        yield Variant(
            size=size,
            language=language,
            text=("normal", "large")[(i ^ j) & 1],
            contrast=("normal", "high")[(i ^ j) >> 1 & 1],
            theme=("light", "dark")[(i & 1) ^ (j >> 1)],
        )


def open_page(browser: Browser, variant: Variant) -> Page:
    """Open an empty page of the variant's size, with reduced motion."""
    width, height = variant.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if width < 500 else 1,
        has_touch=True,
        reduced_motion="reduce",
    )
    return context.new_page()
