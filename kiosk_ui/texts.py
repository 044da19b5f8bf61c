"""The page's words, one TOML file a language: adding a language is adding a file.

Numbers and plurals are said as the language says them, by Babel.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.dates import format_date
from babel.numbers import format_decimal

from device.errors import ConfigError

_FOLDER = resources.files("kiosk_ui").joinpath("strings")


class Texts:
    """One language's words by key, such as `looking.ask`.

    Attributes:
        language: Its BCP 47 tag, such as `de`.
        name: What it calls itself, such as `Deutsch`.
    """

    def __init__(self, language: str, words: Mapping[str, str], name: str = "") -> None:
        self.language = language
        self.name = name
        self._words = words
        self._locale = Locale.parse(language, sep="-")

    def __call__(self, key: str, **values: object) -> str:
        """Give the words of a key, with the values named in braces filled in.

        A `count` that the language doesn't take for one takes the key's plural, `KEY_many`, where there is one.
        """
        count = values.get("count", 1)
        if isinstance(count, int) and self._locale.plural_form(count) != "one":
            key = f"{key}_many" if f"{key}_many" in self._words else key
        said = {name: self._said(value) for name, value in values.items()}
        return self._words[key].format(**said)

    def number(self, value: int) -> str:
        """Give a count as the language writes it, such as `12.400` in German. No years: those are never grouped."""
        return format_decimal(value, locale=self._locale)

    def day(self, value: date) -> str:
        """Give a day as the language writes it, such as `23.11.2026`."""
        return format_date(value, format="medium", locale=self._locale)

    def _said(self, value: object) -> object:
        if isinstance(value, int):
            return self.number(value)
        return self.day(value) if isinstance(value, date) else value

    def raw(self, key: str) -> str:
        """Give the words of a key as the file has them, for comparing languages."""
        return self._words[key]

    def keys(self) -> frozenset[str]:
        """Give all keys, for comparing languages."""
        return frozenset(self._words)


@cache
def languages() -> Mapping[str, str]:
    """Give the languages there are: BCP 47 tag to the language's own name, by tag."""
    tags = sorted(
        path.name.removesuffix(".toml") for path in _FOLDER.iterdir() if path.name.endswith(".toml")
    )
    return {tag: load(tag).name for tag in tags}


def closest(wanted: Iterable[str]) -> str | None:
    """Give the language there is for the first of the wanted tags that has one, `fr` for `fr-CH`; `None` for none."""
    return negotiate_locale(list(wanted), list(languages()), sep="-")


@cache
def load(language: str) -> Texts:
    """Read a language's words.

    Raises:
        ConfigError: When there is no such language, or its file names none that Babel knows.
    """
    try:
        sections = tomllib.loads(_FOLDER.joinpath(f"{language}.toml").read_text("utf-8"))
        return Texts(language, dict(_flat(sections)), name=sections["name"])
    except FileNotFoundError as error:
        raise ConfigError(f"language {language!r}: there is no strings/{language}.toml") from error
    except (UnknownLocaleError, ValueError, KeyError) as error:
        raise ConfigError(
            f"strings/{language}.toml: expected a language's tag as its name, and `name` in it; {error}"
        ) from error


def _flat(sections: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (f"{name}.{key}", words)
        for name, keys in sections.items()
        if name != "name"
        for key, words in keys.items()
    ]
