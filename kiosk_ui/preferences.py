"""A visitor's display preferences: language, text size, contrast, theme, reach.

Session cookies keep them for the length of the visit.
"""

from dataclasses import dataclass

from flask import Response, current_app, request

from kiosk_ui import security
from kiosk_ui.screen_config import Screen
from kiosk_ui.texts import Texts, closest, languages, load

# Each preference except the language, with its possible values. The configuration sets the defaults.
VALUES = {
    "text": ("normal", "large"),
    "contrast": ("normal", "high"),
    "theme": ("light", "dark"),
    "reach": ("normal", "low"),
}
# Query parameter that resets all preferences.
RESET = "anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorPreferences:
    """Display preferences of the current visitor.

    Attributes:
        texts: The page's texts, in the visitor's language.
        text: `normal` or `large`.
        contrast: `normal` or `high`.
        theme: `light` or `dark`.
        reach: `normal`, or `low` for all controls in the lower half of the screen.
        has_chosen: Whether the visitor has chosen any of them.
    """

    texts: Texts
    text: str
    contrast: str
    theme: str
    reach: str
    has_chosen: bool

    def other(self, name: str) -> str:
        """Return the other value of a preference, which its switch selects."""
        now = getattr(self, name)
        return next(value for value in VALUES[name] if value != now)


class PreferenceCookies:
    """Reads the preferences from each request, and stores new ones in session cookies."""

    def __init__(self, screen: Screen) -> None:
        """Take the defaults from the screen's configuration.

        Raises:
            ConfigError: When the configured language has no texts.
        """
        load(screen.language)
        self._screen = screen

    def current(self) -> VisitorPreferences:
        """Return the preferences of the request's visitor."""
        chosen = {} if RESET in request.args else _requested()
        return VisitorPreferences(
            texts=load(chosen.get("language") or self._language()),
            text=chosen.get("text", self._screen.text),
            contrast=chosen.get("contrast", self._screen.contrast),
            theme=chosen.get("theme", self._screen.theme),
            reach=chosen.get("reach", self._screen.reach),
            has_chosen=bool(chosen),
        )

    def context(self) -> dict[str, object]:
        """Return the variables that every template has."""
        preferences = self.current()
        return {
            "t": preferences.texts,
            "preferences": preferences,
            "languages": languages(),
            "is_stand": security.is_stand(),
            "has_style": self._screen.style is not None,
        }

    def remember(self, response: Response) -> Response:
        """Store the request's preferences in cookies of the response.

        They are session cookies, for this site alone and hidden from scripts.
        """
        if request.method != "GET" or request.endpoint == "static":
            return response
        for name, values in _all_values().items():
            value = request.args.get(name)
            if RESET in request.args and name in request.cookies:
                response.delete_cookie(name, httponly=True, samesite="Strict")
            elif value in values and not request.path.startswith("/api/"):
                response.set_cookie(name, str(value), httponly=True, samesite="Strict")
        return response

    def _language(self) -> str:
        """Return the default language: the stand's own, or the one of a guest's browser."""
        if security.is_stand():
            return self._screen.language
        return closest(request.accept_languages.values()) or self._screen.language


def visitor_language() -> str:
    """Return the BCP 47 tag of the language of the request's visitor."""
    preferences: PreferenceCookies = current_app.extensions["preferences"]
    return preferences.current().texts.language


def _all_values() -> dict[str, tuple[str, ...]]:
    return {"language": tuple(languages()), **VALUES}


def _requested() -> dict[str, str]:
    """Return the preferences in the address, or else in cookies.

    Unknown values are ignored, because a cookie may be older than this version.
    """
    found = {}
    for name, values in _all_values().items():
        for value in (request.args.get(name), request.cookies.get(name)):
            if value in values:
                found[name] = str(value)
                break
    return found
