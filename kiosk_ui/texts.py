"""The page's texts, one TOML file per language; a new file adds a language.

Babel formats numbers, dates and plurals by the language's rules.
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
    """One language's texts by key, such as `looking.ask`.

    Attributes:
        language: Its BCP 47 tag, such as `de`.
        name: The language's name in itself, such as `Deutsch`.
    """

    def __init__(self, language: str, words: Mapping[str, str], name: str = "") -> None:
        self.language = language
        self.name = name
        self._words = words
        self._locale = Locale.parse(language, sep="-")

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key, with the values named in braces filled in.

        A `count` that isn't singular in the language selects the text `KEY_many`, if there is one.
        """
        count = values.get("count", 1)
        if isinstance(count, int) and self._locale.plural_form(count) != "one":
            key = f"{key}_many" if f"{key}_many" in self._words else key
        formatted = {name: self._formatted(value) for name, value in values.items()}
        return self._words[key].format(**formatted)

    def number(self, value: int) -> str:
        """Return a count in the language's format, such as `12.400` in German; not for years."""
        return format_decimal(value, locale=self._locale)

    def day(self, value: date) -> str:
        """Return a date in the language's format, such as `23.11.2026`."""
        return format_date(value, format="medium", locale=self._locale)

    def _formatted(self, value: object) -> object:
        if isinstance(value, int):
            return self.number(value)
        return self.day(value) if isinstance(value, date) else value

    def raw(self, key: str) -> str:
        """Return the text of a key as in the file, to compare languages."""
        return self._words[key]

    def keys(self) -> frozenset[str]:
        """Return all keys, to compare languages."""
        return frozenset(self._words)


@cache
def languages() -> Mapping[str, str]:
    """Return the available languages: BCP 47 tag to the language's own name, sorted by tag."""
    tags = sorted(
        path.name.removesuffix(".toml") for path in _FOLDER.iterdir() if path.name.endswith(".toml")
    )
    return {tag: load(tag).name for tag in tags}


def closest(wanted: Iterable[str]) -> str | None:
    """Return the available language for the first wanted tag that has one; `None` without any.

    `fr` serves `fr-CH`.
    """
    return negotiate_locale(list(wanted), list(languages()), sep="-")


@cache
def load(language: str) -> Texts:
    """Load a language's texts.

    Raises:
        ConfigError: When the language has no file, or Babel doesn't know the file's language.
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
