"""Clean the text of one cell: markup, invisible characters, encodings, Unicode forms.

Everything else in the ingest sees only cleaned text, so that table, facets and search agree. The rules are narrow:
text that might be meant as it stands is left alone.

- A tag is removed only if HTML knows its name, so "A <1> B" stays. An entity needs its semicolon, so "AT&T" stays.
- Joiners stay after letters of scripts that need them, and in emoji. Direction marks stay inside text that has
  right-to-left letters. At the ends of a cell they go, because the page takes a text's direction from its letters.
- Mojibake is repaired only where every step is a re-encoding that loses nothing. Other mojibake is noticed and kept.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

import ftfy
from ftfy.badness import is_bad

from converter.ingest.table import LIST_SEPARATOR


class TextFault(StrEnum):
    """A kind of fault in a text; the value is its name in reports."""

    MARKUP = "HTML tags and entities"
    INVISIBLE = "invisible and control characters"
    MOJIBAKE = "wrong encoding, repaired"
    LIKELY_MOJIBAKE = "probably wrong encoding, left as it is"
    FORM = "Unicode form (NFC)"
    SPREADSHEET_ERROR = "error value of a spreadsheet, emptied"
    DECIMALS = "whole number with decimals"


# Excel's errors in the languages that it writes them in, such as "#N/A", "#NV", "#BEZUG!", "#¿NOMBRE?".
_SPREADSHEET_ERROR = re.compile(
    r"#(?:N/A|N/D|N/B|NV|N/A N/A|DIV/0!|DEEL/0!|(?:NULL|NUL|NULO|¡NULO|LEEG|NUM|¡NUM|ZAHL|NOMBRE|GETAL|REF|¡REF|RIF|BEZUG|VERW"
    r"|VALUE|VALEUR|VALORE|¡VALOR|WERT|WAARDE|SPILL|CALC|¡DIV/0)!|(?:NAME|NOM|NOME|¿NOMBRE|NAAM)\?)"
)
_PLAIN = re.compile(r"[ -%'-;=-~]*")  # printable ASCII without "&" and "<"
_HTML_NAMES = (
    "a|abbr|article|b|big|blockquote|body|br|center|cite|code|dd|del|dfn|div|dl|dt|em|figure|font|h[1-6]|head|hr|html|i|img"
    "|ins|kbd|li|mark|ol|p|pre|q|s|samp|section|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|wbr"
)
_HIDDEN_PART = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rf"</?({_HTML_NAMES})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BREAKING = re.compile(
    "article|blockquote|br|center|d[dlt]|div|figure|h[1-6]|hr|li|ol|p|pre|section|table|tr|ul",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_TWICE = 3  # "&amp;lt;i&amp;gt;" takes three rounds
_LINE_ENDS = dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
_DIRECTION_MARKS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
# Format characters that are seen: signs around Arabic, Syriac and Kaithi numbers.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd")
_CONTROLS = re.compile("[\x80-\x9f]")
_WINDOWS_PUNCTUATION = frozenset("\x82\x84\x85\x91\x92\x93\x94\x95\x96\x97")
_LEAD_BYTES = re.compile("[\xc2-\xc5]")  # what UTF-8 begins European letters with
_MOJIBAKE = re.compile("[\x80-\u00ff\u0100-\u02ff\u0370-\u05ff\u2000-\u2bff\ufb00-\ufb06\ufffd]")


def is_plain(text: str) -> bool:
    """Return whether a text surely has no fault that `clean` would find."""
    return "#" not in text and bool(_PLAIN.fullmatch(text))


def clean(text: str, is_literal: bool = False) -> tuple[str, tuple[TextFault, ...]]:
    """Return a cell's text cleaned, and the kinds of its faults in the order of repair.

    Args:
        text: A cell, perhaps with values separated by `LIST_SEPARATOR`.
        is_literal: Whether the text names something outside the export, such as an id or a file. Such a text keeps
            its characters; only error values of spreadsheets are emptied.
    """
    if _SPREADSHEET_ERROR.fullmatch(text):
        return "", (TextFault.SPREADSHEET_ERROR,)
    if is_literal or _PLAIN.fullmatch(text):
        return text, ()
    faults: dict[TextFault, None] = {}
    values = [_clean_value(value, faults) for value in text.split(LIST_SEPARATOR)]
    return LIST_SEPARATOR.join(values), tuple(faults)


def clean_name(name: str) -> str:
    """Return the name of a column without invisible characters, in Unicode's form NFC."""
    return " ".join(unicodedata.normalize("NFC", _without_invisible(name)).split())


def _clean_value(text: str, faults: dict[TextFault, None]) -> str:
    plain = _without_markup(text)
    if plain != text:
        faults[TextFault.MARKUP] = None
    text, repaired = plain, _repaired(plain)
    if repaired is None:
        faults[TextFault.LIKELY_MOJIBAKE] = None
    elif repaired != text:
        faults[TextFault.MOJIBAKE] = None
        text = repaired
    seen = _without_invisible(text)
    if seen != text:
        faults[TextFault.INVISIBLE] = None
    composed = unicodedata.normalize("NFC", seen)
    if composed != seen:
        faults[TextFault.FORM] = None
    return composed.strip()


def _without_markup(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    original = text
    for _ in range(_ESCAPED_TWICE):
        before = text
        text = _TAG.sub(_in_place_of_tag, _HIDDEN_PART.sub("", text))
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        if text == before:
            break
    if text == original or "\n" not in text:
        return text
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _in_place_of_tag(found: re.Match[str]) -> str:
    if _BREAKING.fullmatch(found[1]):
        return "\n"
    return " " if found[1].lower() in ("td", "th") else ""


def _repaired(text: str) -> str | None:
    """Return a text in its right encoding, or `None` if no repair is sure."""
    if "\ufffd" in text:
        return None  # a letter is lost
    if not _MOJIBAKE.search(text) or not (is_bad(text) or _LEAD_BYTES.search(text)):
        return text
    fixed, steps = ftfy.fix_encoding_and_explain(text)
    if fixed == text:
        return None if is_bad(text) else text
    is_sure = all(step.action in ("encode", "decode") for step in steps or ())
    if not any(step.parameter == "utf-8" for step in steps or ()):
        # Codes 0x80 to 0x9f alone: quotes and dashes of Windows. A letter among them may also come from a Macintosh.
        is_sure = is_sure and not set(_CONTROLS.findall(text)) - _WINDOWS_PUNCTUATION
    return fixed if is_sure else None


def _without_invisible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(_seen(text.translate(_LINE_ENDS))).strip("".join(_DIRECTION_MARKS) + " \n\r\t")


def _seen(text: str) -> Iterator[str]:
    is_right_to_left = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
    last = ""
    for sign in text:
        category = unicodedata.category(sign)
        keep = category not in ("Cc", "Cf") or sign in "\t\n\r" or sign in _SEEN
        keep = keep or (sign in _DIRECTION_MARKS and is_right_to_left)
        keep = keep or (sign in _JOINERS and _is_joined(last))
        if keep:
            yield sign
            last = sign


def _is_joined(sign: str) -> bool:
    """Return whether a joiner may follow: in Arabic to Mongolian scripts, and in emoji."""
    return "\u0600" <= sign <= "\u18ff" or (
        sign >= "\u2600" and unicodedata.category(sign) in ("So", "Sk", "Mn")
    )
