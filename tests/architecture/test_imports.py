"""Who may import whom, and which module may know which vendor's library."""

import ast
import configparser
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("device", "converter", "evaluation", "kiosk_ui")

# Library to the modules that may know it, as paths without `.py`; a folder stands for all in it.
HOMES = {
    "picamera2": ("device/cameras/pi",),
    "libcamera": ("device/cameras/pi",),
    "cv2": (
        "device/cameras/pi",
        "device/cameras/table",
        "device/cameras/video",
        "device/cameras/webcam",
        "device/imaging/rectify",
        "device/recognition/local",
        "device/recognition/sheet",
        "evaluation",
    ),
    "ai_edge_litert": ("device/recognition/embedding/fingerprint",),
    "tflite_runtime": ("device/recognition/embedding/fingerprint",),
    "annoy": ("device/recognition/embedding/nearest", "converter/build/index"),
    "tensorflow": ("converter/model/vgg16", "converter/model/quantize"),
    "keras": ("converter/model/vgg16", "converter/model/quantize"),
    "ai_edge_quantizer": ("converter/model/quantize",),
    "ftfy": ("converter/ingest/text_hygiene",),
    "openpyxl": ("converter/ingest/readers/workbook",),
    "sqlite_utils": ("converter/build/bundle_writer",),
    "tuf": ("device/store/tuf_client", "converter/publish/tuf_repository"),
    "securesystemslib": (
        "converter/publish/keys",
        "converter/publish/tuf_repository",
        "converter/publish/commands",
    ),
    "cryptography": ("converter/publish/keys",),
    "urllib3": (
        "device/store/source",
        "converter/ingest/fetch",
    ),
    "lxml": ("converter/ingest/readers",),
    "flask": ("kiosk_ui",),
    "werkzeug": ("kiosk_ui",),
    "waitress": ("kiosk_ui",),
    "prometheus_client": ("kiosk_ui/metrics",),
    "threadpoolctl": ("device/recognition/blas_threads", "converter/model/gptq"),
    "segno": ("kiosk_ui/qr",),
    "babel": ("kiosk_ui/texts",),
    "pillow_heif": ("converter/ingest/heif_format",),
    "PIL": ("device", "converter", "evaluation"),
    "numpy": ("device", "converter", "evaluation"),
}


def modules(*packages: str) -> list[Path]:
    """Return our modules' files."""
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    """Return a module's path in the form of the table of homes."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def vendors(tree: ast.AST) -> Iterator[str]:
    """Yield the libraries a module imports, at its top, in a function or by importlib."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            first, _, rest = node.value.partition(".")
            # A library's name alone is a word; with a module behind it, it is there to be imported.
            if first in HOMES and rest.replace(".", "").isidentifier():
                yield first
        elif isinstance(node, ast.Call) and "import" in ast.unparse(node.func).lower():
            yield from (
                argument.value.split(".")[0]
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )


@pytest.mark.slow
@pytest.mark.parametrize("path", modules(*PACKAGES), ids=name_of)
def test_a_library_is_known_to_its_own_modules_alone(path: Path) -> None:
    name = name_of(path)
    for vendor in set(vendors(ast.parse(path.read_text("utf-8")))) & set(HOMES):
        homes = HOMES[vendor]
        assert any(
            name == home or name.startswith(f"{home}/") for home in homes
        ), f"{name} knows {vendor}, which belongs in {', '.join(homes)}"


@pytest.mark.parametrize(
    "text",
    [
        "import annoy",
        "import annoy.index as a",
        "from annoy import AnnoyIndex",
        "def f():\n    import annoy",
        "import_module('annoy')",
        "importlib.import_module('annoy.index')",
        "__import__('annoy')",
        "NAMES = ('annoy.index',)",
    ],
)
def test_every_way_to_import_a_library_is_seen(text: str) -> None:
    assert "annoy" in set(vendors(ast.parse(text)))


def test_a_sentence_about_a_library_is_no_import() -> None:
    assert set(vendors(ast.parse("'annoy. Then more of it'\n'annoy'"))) == set()


@pytest.mark.slow
def test_the_contracts_between_our_packages_are_kept() -> None:
    """Those of `setup.cfg`, under `[importlinter]`."""
    program = shutil.which("lint-imports", path=sysconfig.get_path("scripts"))
    assert program, "install import-linter, which the extra `dev` names"

    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_every_part_of_the_device_has_its_layer() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    layers = settings["importlinter:contract:layers"]["layers"].replace("|", " ").split()
    parts = {
        path.stem
        for path in (ROOT / "device").iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or [*path.rglob("*.py")])
    }

    assert set(layers) == parts


@pytest.mark.slow
def test_nobody_imports_a_package_relatively_or_everything_in_it() -> None:
    for path in modules(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not node.level, f"{name_of(path)}: relative import"
                assert node.names[0].name != "*", f"{name_of(path)}: import *"


@pytest.mark.parametrize("path", modules("systemd"), ids=name_of)
def test_the_installer_needs_the_standard_library_alone(path: Path) -> None:
    """It runs on a new machine, before any package is installed."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in found:
            assert name.split(".")[0] in {*sys.stdlib_module_names, "installer"}, name


def test_the_packages_roots_import_nothing() -> None:
    for package in ("device", "converter"):
        tree = ast.parse((ROOT / package / "__init__.py").read_text("utf-8"))
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
