"""Every command of the README exists: make's targets, our programs and their options."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def programs() -> dict[str, tuple[str, str]]:
    """Return the installed programs: name to module and function."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    lines = settings["options.entry_points"]["console_scripts"].strip().splitlines()
    pairs = [line.replace(" ", "").split("=") for line in lines]
    return {name: (place.split(":")[0], place.split(":")[1]) for name, place in pairs}


PROGRAMS = programs()
# Others' own, of `make check` and `make docs`.
TOOLS = ("black", "ruff", "mypy", "lint-imports", "sphinx-build")


def commands(text: str) -> Iterator[list[str]]:
    """Yield the commands in the code blocks of a Markdown text, as words."""
    for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            try:
                words = shlex.split(line.removeprefix("$ "), comments=True)
            except ValueError:  # prose, or another language
                continue
            while words and (words[0] == "sudo" or re.fullmatch(r"[A-Z_]+=.*", words[0])):
                words = words[1:]
            if words:
                yield words


def targets() -> set[str]:
    """Return make's targets."""
    return set(re.findall(r"(?m)^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8")))


def written() -> list[list[str]]:
    """Return the README's commands that are ours."""
    if not README.is_file():
        return []
    ours = ("make", *PROGRAMS)
    found = [[Path(words[0]).name, *words[1:]] for words in commands(README.read_text("utf-8"))]
    return [words for words in found if words[0] in ours]


def made(words: list[str]) -> list[str]:
    """Return the targets that a make command names."""
    is_make = words[0] == "make"
    return [w for w in words[1:] if is_make and "=" not in w and not w.startswith("-")]


def markers() -> set[str]:
    """Return the pytest markers of setup.cfg."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    lines = settings["tool:pytest"]["markers"].strip().splitlines()
    return {line.split(":")[0].strip() for line in lines}


def test_commands_are_found_in_code_blocks_alone() -> None:
    text = "make no\n```sh\nmake run  # start\n$ sudo .venv/bin/printkiosk --port \\\n 80\n```\n"

    assert list(commands(text)) == [["make", "run"], [".venv/bin/printkiosk", "--port", "80"]]


def test_there_is_a_readme_with_the_two_commands_that_do_all() -> None:
    assert README.is_file(), "README.md is missing"
    assert ["make", "run"] in written()
    assert ["make", "test"] in written()


def test_every_make_target_of_the_readme_is_in_the_makefile() -> None:
    for words in written():
        if words[0] == "make":
            assert set(made(words)) <= targets(), words


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_and_option_of_the_readme_is_the_programs(program: str) -> None:
    for words in written():
        if words[0] != program:
            continue
        check_options(words, entry(program))


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("make"), reason="make isn't installed")
@pytest.mark.parametrize("target", sorted({w for words in written() for w in made(words)}))
def test_what_a_make_target_of_the_readme_runs_is_there_and_knows_its_options(target: str) -> None:
    """Several take minutes, so that no test runs them: a renamed option would stay unnoticed."""
    for program, *words in recipe(target):
        if program == "systemd/install.py":
            check_options([program, *words], [program])
        elif (program, words[:2]) == ("python", ["-m", "pytest"]):
            chosen = words[words.index("-m", 2) + 1] if "-m" in words[2:] else ""
            asked = set(re.findall(r"\w+", chosen)) - {"not", "and", "or"}
            assert asked <= markers(), words
        elif (program, words[:1]) == ("python", ["-m"]):
            check_options(words[1:], ["-m", words[1]])
        elif program == "python":
            check_options(words, [words[0]])
        elif program in PROGRAMS:
            check_options([program, *words], entry(program))
        else:
            assert program in TOOLS, program


def recipe(target: str) -> list[list[str]]:
    """Return our commands that a target runs once its environment is ready, as words."""
    ready = [
        ".venv/ready",
        ".venv-desk/ready",
        ".venv-desk/bench-ready",
        ".venv-quick/ready",
        ".venv-docs/ready",
        "system",
        "system-test",
    ]
    ready += ["system-python", "system-appliance"]
    done = subprocess.run(
        ["make", "--dry-run", *(word for name in ready for word in ("-o", name)), target],
        cwd=ROOT,
        env={name: v for name, v in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    ours = r"(?m)^(?:\.venv[a-z-]*/bin/|python3 (?=systemd/))([^|&;\n]*)"
    found = re.findall(ours, done.stdout.replace("\\\n", " "))
    assert found or target == "clean", done.stdout
    return [shlex.split(line) for line in found]


def entry(program: str) -> list[str]:
    """Return Python's arguments to start an installed program."""
    module, function = PROGRAMS[program]
    return ["-c", f"import {module} as m; m.{function}()"]


def check_options(words: list[str], start: list[str]) -> None:
    """Fail where a command or one of its options is none that its help tells of."""
    verbs = []
    for word in words[1:]:
        if not re.fullmatch(r"[a-z]+", word) or (ROOT / word).exists():
            break
        verbs.append(word)
    text = help_of(start, verbs)
    for option in (word.split("=")[0] for word in words[1:] if word.startswith("-")):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text), (words, option)


def help_of(start: list[str], verbs: list[str]) -> str:
    """Return a command's help; fail if there is no such command."""
    environ = {name: v for name, v in os.environ.items() if not name.startswith("PRINTKIOSK_")}
    done = subprocess.run(
        [sys.executable, *start, *verbs, "--help"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_target_that_is_listed_is_phony_and_told_of() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = set(" ".join(re.findall(r"(?m)^\.PHONY: (.*)$", text)).split())
    listed = set(re.findall(r"(?m)^([a-z-]+):.*##", text))

    assert listed <= phony
