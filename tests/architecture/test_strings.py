"""Each language file has the keys and placeholders of English. Part of `make check`.

Reads the files alone, so that a translator's mistake is named within a second, without a kiosk or a browser.
"""

import tomllib
from pathlib import Path
from string import Formatter

import pytest

STRINGS = Path(__file__).parents[2] / "kiosk_ui" / "strings"
REFERENCE = "en.toml"


def file_faults(folder: Path) -> list[str]:
    """Return one line per fault of a folder of language files: file, key, expected, found."""
    english, faults = read_texts(folder / REFERENCE)
    for path in sorted(folder.glob("*.toml")):
        if path.name != REFERENCE:
            texts, unreadable = read_texts(path)
            faults += unreadable or differences(path.name, texts, english)
    return faults


def read_texts(path: Path) -> tuple[dict[str, str], list[str]]:
    """Return a file's texts by key, and one line for each entry that is not a text."""
    texts, faults = {}, []
    try:
        sections = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [f"{path.name}: expected UTF-8 and TOML, found {' '.join(str(error).split())}"]
    if not isinstance(sections.pop("name", None), str):
        faults.append(f"{path.name}: name: expected the language's own name, found none; add it")
    for section, entries in sections.items():
        if not isinstance(entries, dict):
            faults.append(f"{path.name}: {section}: expected a section, found {entries!r}")
            continue
        for key, text in entries.items():
            if isinstance(text, str) and text.strip():
                texts[f"{section}.{key}"] = text
            else:
                faults.append(f"{path.name}: {section}.{key}: expected a text, found {text!r}")
    return texts, faults


def differences(name: str, texts: dict[str, str], english: dict[str, str]) -> list[str]:
    """Return one line per missing key, unknown key and differing placeholder of one file."""
    missing = [
        f"{name}: {key}: expected as in {REFERENCE}, found none; add it"
        for key in english
        if key not in texts
    ]
    unknown = [
        f"{name}: {key}: expected a key of {REFERENCE}, found an unknown one; remove or correct it"
        for key in texts
        if key not in english
    ]
    differing = [
        f"{name}: {key}: expected {wanted}, found {found}; use the placeholders of {REFERENCE}"
        for key, text in texts.items()
        if key in english
        and (found := placeholders(text)) != (wanted := placeholders(english[key]))
    ]
    return [*missing, *unknown, *differing]


def placeholders(text: str) -> str:
    """Return a text's placeholders by name, such as `{count} {name}`, or words for none."""
    try:
        fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
    except ValueError as error:
        return f"unpaired braces ({error})"
    return " ".join(f"{{{field}}}" for field in sorted(fields)) or "no placeholder"


def test_every_language_has_the_keys_and_placeholders_of_english() -> None:
    if faults := file_faults(STRINGS):
        pytest.fail("\n".join(faults), pytrace=False)


ENGLISH = """name = "English"
[page]
title = "Which print is this?"
count = "{count} print"
count_many = "{count} prints"
"""
GERMAN = """name = "Deutsch"
[page]
title = "Welches Blatt ist das?"
count = "{count} Blatt"
count_many = "{count} Blätter"
"""


def write_files(folder: Path, german: str) -> Path:
    """Write a small English file and a German one."""
    (folder / "en.toml").write_text(ENGLISH, "utf-8")
    (folder / "de.toml").write_text(german, "utf-8")
    return folder


def test_two_files_that_agree_have_no_fault(tmp_path: Path) -> None:
    assert file_faults(write_files(tmp_path, GERMAN)) == []


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        pytest.param(
            'title = "Welches Blatt ist das?"\n',
            "",
            "de.toml: page.title: expected as in en.toml, found none; add it",
            id="missing key",
        ),
        pytest.param(
            "count_many",
            "count_more",
            "de.toml: page.count_many: expected as in en.toml, found none; add it\n"
            "de.toml: page.count_more: expected a key of en.toml, found an unknown one; remove or correct it",
            id="unknown key",
        ),
        pytest.param(
            "{count} Blätter",
            "{zahl} Blätter",
            "de.toml: page.count_many: expected {count}, found {zahl}; use the placeholders of en.toml",
            id="other placeholder",
        ),
        pytest.param(
            "{count} Blätter",
            "Blätter",
            "de.toml: page.count_many: expected {count}, found no placeholder;"
            " use the placeholders of en.toml",
            id="dropped placeholder",
        ),
        pytest.param(
            "Welches Blatt",
            "{name}: welches Blatt",
            "de.toml: page.title: expected no placeholder, found {name}; use the placeholders of en.toml",
            id="added placeholder",
        ),
        pytest.param(
            "{count} Blätter",
            "{count Blätter",
            "de.toml: page.count_many: expected {count}, found unpaired braces"
            " (expected '}' before end of string); use the placeholders of en.toml",
            id="unpaired brace",
        ),
        pytest.param(
            '"{count} Blatt"',
            "1",
            "de.toml: page.count: expected a text, found 1",
            id="number instead of a text",
        ),
        pytest.param(
            'name = "Deutsch"\n',
            "",
            "de.toml: name: expected the language's own name, found none; add it",
            id="missing name",
        ),
        pytest.param(
            "[page]",
            "[page",
            "de.toml: expected UTF-8 and TOML, found Expected ']' at the end of a table declaration"
            " (at line 2, column 6)",
            id="broken TOML",
        ),
    ],
)
def test_a_fault_is_named_with_file_and_key(
    tmp_path: Path, before: str, after: str, line: str
) -> None:
    assert before in GERMAN

    faults = file_faults(write_files(tmp_path, GERMAN.replace(before, after)))

    assert "\n".join(faults) == line
