"""Every attack in the threat model names tests that are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/threat-model.md"
# The page's short names of test files.
SHORT = {
    "attacks": "device/store/test_attacks.py",
    "isolated": "device/imaging/isolation/test_isolated_decoder.py",
    "sandbox": "device/imaging/isolation/test_sandbox.py",
}
NAMED = sorted(set(re.findall(r"`([\w/.]+)::(test_\w+)`", PAGE.read_text("utf-8"))))


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_a_test_that_the_threat_model_names_is_there(module: str, name: str) -> None:
    path = SHORT.get(module, module)
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))

    assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_every_row_names_a_test() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    bare = [row for row in rows if "::test_" not in row and not row.endswith("| shown by |")]

    assert len(NAMED) > 30
    assert not bare
