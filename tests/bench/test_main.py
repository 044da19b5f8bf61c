"""The command line of the benchmarks, and a small run from end to end."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from bench.__main__ import NAMES, main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COLLECTION = ROOT / "demo/collection"


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_a_benchmark_module(name: str) -> None:
    module = import_module(f"bench.{name}")

    assert callable(module.measure)


def test_an_unknown_name_is_wrong_use_and_the_known_names_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--bundle", "b", "--collection", "c", "--only", "speed"])

    assert refused.value.code == 2
    said = capsys.readouterr().err
    assert all(name in said for name in NAMES)


def test_an_invalid_bundle_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        [
            *("--bundle", str(tmp_path), "--collection", str(COLLECTION)),
            *("--only", "memory", "--out", str(tmp_path / "out")),
        ]
    )

    assert code == 1
    assert "expected a bundle" in capsys.readouterr().err.splitlines()[-1]


def test_a_small_run_prints_its_tables_and_writes_them(
    small_bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It leaves out TensorFlow and the peers, which take minutes to prepare."""
    monkeypatch.chdir(ROOT)  # the kiosk is started as `python -m kiosk_ui`
    names = [
        "answer_latency",
        "neighbours",
        "candidate_search",
        "startup_time",
        "idle_demo",
        "memory",
    ]
    only = [word for name in names for word in ("--only", name)]

    code = main(
        [
            *("--bundle", str(small_bundle), "--collection", str(COLLECTION), "--quick"),
            *("--out", str(tmp_path), *only),
        ]
    )

    assert code == 0
    printed = capsys.readouterr().out
    kept = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert [section["name"] for section in kept["sections"]] == names
    assert "400 generated prints, queried by camera views" in printed
    assert "process start until /healthz is 200" in printed
    assert all(
        section["title"] in (tmp_path / "bench.html").read_text() for section in kept["sections"]
    )
    figures = kept["sections"][1]["figures"]
    assert figures["400 generated prints, held-out prints: recall@10"] > 0.9
