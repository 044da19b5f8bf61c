"""The rules of language that a machine can check: words, summaries, sentences, subjects.

The rules themselves, with their reasons, are in CONTRIBUTING.md, "Language".
"""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # thousands of tests, which make check runs

ROOT = Path(__file__).parents[2]
CODE = ("device", "converter", "evaluation", "kiosk_ui", "bench", "systemd", "tests")
# Old-fashioned, or a riddle to a reader who learned English at school; what to say instead is in the second column.
BANNED = {
    r"anew": "again",
    r"whoever": "anyone who",
    r"nobody": "no one, or name who",
    r"somebody": "name who",
    r"besides?": "next to, as well as",
    r"borne out": "supported",
    r"so many": "a number, at most",
    r"so long": "a time, as long as",
    r"hardly": "rarely, barely",
    r"told of": "notified",
    r"no good": "invalid",
    r"put right": "fix, correct",
    r"gone on with": "resumed",
    r"begun": "started",
    r"unbidden": "automatically",
    r"is to be had": "is available",
}
WORDS = re.compile(rf"\b(?:{'|'.join(BANNED)})\b", re.IGNORECASE)
# Identifiers that reach a browser's address bar or an old page's cookie, kept for them.
EXEMPT = re.compile(r"[?&]anew|\"anew\"|'anew'|--fit-anew")
MOST_IN_A_SUMMARY = 88
MOST_WORDS_IN_A_SENTENCE = 25
MOST_WORDS_ON_AVERAGE = 18
MOST_IN_A_SUBJECT = 72
# The last commit before the rule for subjects.
BEFORE_THE_RULE = "1143e10"
NOT_PROSE = {
    ".jpg",
    ".webp",
    ".png",
    ".npy",
    ".npz",
    ".tflite",
    ".ann",
    ".sqlite",
    ".zip",
    ".woff2",
    ".csv",
    ".lock",
    ".json",
}

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def texts() -> list[Path]:
    """Return every file with words, except this one and those of other languages."""
    found = [path for folder in (*CODE, "docs") for path in (ROOT / folder).rglob("*")]
    found += [path for path in ROOT.iterdir() if path.name != "LICENSE"]
    foreign = {"de.toml", "fr.toml", "it.toml"}
    return sorted(
        path
        for path in found
        if path.is_file()
        and path.suffix not in NOT_PROSE
        and path.name not in foreign
        and path
        not in (Path(__file__), ROOT / "tests/kiosk_ui/test_texts.py")  # both list the words
        and not {"__pycache__", "fonts", "calibration_prints"} & set(path.parts)
        and (not path.name.startswith(".") or path.name == ".gitignore")
    )


def python_files() -> list[Path]:
    """Return every Python file of ours."""
    return sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """Return a file's path within the project."""
    return path.relative_to(ROOT).as_posix()


def summaries(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each docstring's first paragraph with its line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text.split("\n\n")[0]


def sentences(markdown: str) -> list[str]:
    """Return a page's sentences, without code and headings; cells and items count singly."""
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`]*`", "code", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    pieces: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*|#>]|\d+\.)\s?)", text):
        if block.lstrip().startswith("#"):
            continue
        for cell in block.split("|") if block.lstrip().startswith("|") else [block]:
            pieces += re.split(r"(?<=[.!?:])\s+", " ".join(cell.split()))
    return [piece for piece in pieces if len(re.findall(r"\w+", piece)) >= 3]


def words(sentence: str) -> int:
    """Return the number of words of a sentence."""
    return len(sentence.split())


@pytest.mark.parametrize("path", texts(), ids=name_of)
def test_no_word_of_the_list_is_used(path: Path) -> None:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return  # not text
    found = [
        f"line {number}: {match[0]!r}"
        for number, line in enumerate(text.splitlines(), 1)
        for match in WORDS.finditer(EXEMPT.sub("", line))
    ]
    assert not found, f"{name_of(path)}: {'; '.join(found[:8])}; say {', '.join(BANNED.values())}"


@pytest.mark.slow
@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_summaries_are_short_and_in_the_imperative(path: Path) -> None:
    for line, summary in summaries(path):
        first = summary.splitlines()[0]
        assert not first.startswith("Give "), f"line {line}: {first}"
        assert len(first) <= MOST_IN_A_SUMMARY, f"line {line}: {len(first)} characters: {first}"
        for sentence in re.split(r"(?<=[.;])\s", summary):
            assert words(sentence) <= MOST_WORDS_IN_A_SENTENCE, f"line {line}: {sentence}"


@pytest.mark.parametrize(
    "path",
    sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")]),
    ids=name_of,
)
def test_pages_are_written_in_short_sentences(path: Path) -> None:
    found = sentences(path.read_text("utf-8"))

    assert found
    assert statistics.mean(map(words, found)) <= MOST_WORDS_ON_AVERAGE


def test_the_subjects_of_commits_fit_into_a_line() -> None:
    done = subprocess.run(
        ["git", "log", "--format=%s", f"{BEFORE_THE_RULE}..HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode:
        pytest.skip("this copy has no history to look at")

    assert not [line for line in done.stdout.splitlines() if len(line) > MOST_IN_A_SUBJECT]


@pytest.mark.parametrize("banned", ["Computed anew.", "Nobody asks.", "Beside it", "It is no good"])
def test_a_banned_word_is_found(banned: str) -> None:
    assert WORDS.search(banned)


@pytest.mark.parametrize("fine", ["renewed", "so longest", "a noted good", "begin"])
def test_a_word_that_only_holds_a_banned_one_is_fine(fine: str) -> None:
    assert not WORDS.search(fine)
