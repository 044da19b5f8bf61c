"""What a reader has asked of the page: language, size of text, contrast, ground, reach. Kept for the visit, in cookies of it."""

from dataclasses import dataclass

from flask import Response, request

from kiosk_ui import security
from kiosk_ui.screen_config import Screen
from kiosk_ui.texts import Texts, closest, languages, load

# Each thing that can be switched, besides the language, and what it can be; what a screen begins with is configured.
CHOICES = {
    "text": ("normal", "large"),
    "contrast": ("normal", "high"),
    "theme": ("light", "dark"),
    "reach": ("normal", "low"),
}
# In an address: forget all that was asked.
ANEW = "anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorPreferences:
    """How the page is to be for who reads it.

    Attributes:
        texts: The words, in the reader's language.
        text: `normal` or `large`.
        contrast: `normal` or `high`.
        theme: `light` or `dark`.
        reach: `normal`, or `low` for all that is pressed in the lower half.
        has_chosen: Whether any of it is the reader's own choice.
    """

    texts: Texts
    text: str
    contrast: str
    theme: str
    reach: str
    has_chosen: bool

    def other(self, name: str) -> str:
        """Give what a switch leads to."""
        now = getattr(self, name)
        return next(value for value in CHOICES[name] if value != now)


class PreferenceCookies:
    """Reads what is asked with each request, and lets the browser remember it until the visit ends."""

    def __init__(self, screen: Screen) -> None:
        """Begin.

        Raises:
            ConfigError: When the configured language has no words.
        """
        load(screen.language)
        self._screen = screen

    def reader(self) -> VisitorPreferences:
        """Give who reads the answer to this request."""
        asked = {} if ANEW in request.args else _asked()
        return VisitorPreferences(
            texts=load(asked.get("language") or self._language()),
            text=asked.get("text", self._screen.text),
            contrast=asked.get("contrast", self._screen.contrast),
            theme=asked.get("theme", self._screen.theme),
            reach=asked.get("reach", self._screen.reach),
            has_chosen=bool(asked),
        )

    def context(self) -> dict[str, object]:
        """Give what every template knows."""
        reader = self.reader()
        return {
            "t": reader.texts,
            "reader": reader,
            "languages": languages(),
            "is_stand": security.is_stand(),
            "has_style": self._screen.style is not None,
        }

    def remember(self, response: Response) -> Response:
        """Give the response with what was asked in cookies: of this visit, this site, and of no use to a script."""
        if request.method != "GET" or request.endpoint == "static":
            return response
        for name, values in _choices().items():
            value = request.args.get(name)
            if ANEW in request.args and name in request.cookies:
                response.delete_cookie(name, httponly=True, samesite="Strict")
            elif value in values and not request.path.startswith("/api/"):
                response.set_cookie(name, str(value), httponly=True, samesite="Strict")
        return response

    def _language(self) -> str:
        """Give the language of who asked for none: the stand's own, a guest's as their browser says."""
        if security.is_stand():
            return self._screen.language
        return closest(request.accept_languages.values()) or self._screen.language


def _choices() -> dict[str, tuple[str, ...]]:
    return {"language": tuple(languages()), **CHOICES}


def _asked() -> dict[str, str]:
    """Give what is asked in the address or remembered; what isn't known is passed over, for a cookie can be old."""
    asked = {}
    for name, values in _choices().items():
        for value in (request.args.get(name), request.cookies.get(name)):
            if value in values:
                asked[name] = str(value)
                break
    return asked
