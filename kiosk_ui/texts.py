"""The page's words, one TOML file a language: adding a language is adding a file."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from device.errors import ConfigError


class Texts:
    """One language's words by key, such as `looking.ask`."""

    def __init__(self, language: str, words: dict[str, str]) -> None:
        self.language = language
        self._words = words

    def __call__(self, key: str, **values: object) -> str:
        """Give the words of a key, with the values named in braces filled in.

        A `count` other than 1 takes the key's plural, `KEY_many`, where there is one.
        """
        if values.get("count", 1) != 1 and f"{key}_many" in self._words:
            key = f"{key}_many"
        return self._words[key].format(**values)

    def keys(self) -> frozenset[str]:
        """Give all keys, for comparing languages."""
        return frozenset(self._words)


@cache
def load(language: str) -> Texts:
    """Read a language's words.

    Raises:
        ConfigError: When there is no such language.
    """
    path = resources.files("kiosk_ui").joinpath("strings", f"{language}.toml")
    try:
        sections = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"language {language!r}: there is no strings/{language}.toml") from error
    return Texts(language, dict(_flat(sections)))


def _flat(sections: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (f"{name}.{key}", words) for name, keys in sections.items() for key, words in keys.items()
    ]
