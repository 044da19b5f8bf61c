"""Recognition on an emulated 64-bit ARM: the same answers as on this machine.

Times under emulation mean nothing, so only the answers are compared.
"""

import json
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from nspawn import REPOSITORY, System, layer, run, unpacked
from print_on_table import photograph_on_table
from recognise_prints import recognise_all

PRINTS = 10
IMAGES = REPOSITORY / "demo/collection/images"
BUNDLE = REPOSITORY / "demo/bundle"
PYTHON = "python3.13"
# The Pi 5's processor. The default one has extensions that numpy detects, and that are slow under emulation.
PROCESSOR = {"QEMU_CPU": "cortex-a76", "PYTHONPATH": "/opt/kiosk", "PYTHONDONTWRITEBYTECODE": "1"}
# The same versions as on this machine, so that only the processor differs.
SAME_AS_HERE = ("numpy", "opencv-python-headless", "pillow")
BUILT_HERE = ("annoy",)  # it has no wheel for ARM
FOR_ARM = (
    *("--platform=manylinux_2_28_aarch64", "--platform=manylinux_2_27_aarch64"),
    *("--platform=manylinux_2_17_aarch64", "--platform=manylinux2014_aarch64"),
    *("--python-version=3.13", "--implementation=cp", "--abi=cp313", "--abi=abi3", "--abi=none"),
    *("--only-binary=:all:", "--no-deps", "--quiet"),
)
CROSS = {
    "CC": "aarch64-linux-gnu-gcc",
    "CXX": "aarch64-linux-gnu-g++ -isystem /opt/arm/include",  # its pyconfig.h
    "LDSHARED": "aarch64-linux-gnu-g++ -shared",
    "LDCXXSHARED": "aarch64-linux-gnu-g++ -shared",
    "_PYTHON_HOST_PLATFORM": "linux-aarch64",
    "_PYTHON_SYSCONFIGDATA_NAME": "_sysconfigdata__aarch64-linux-gnu",
    "PYTHONPATH": "/opt/arm/sysconfig",
    "ANNOY_COMPILER_ARGS": "-fpermissive,-O3,-ffast-math,-fno-associative-math,-DANNOYLIB_MULTITHREADED_BUILD,-std=c++14",
}


@pytest.fixture(scope="module")
def arm_debian() -> Path:
    """Debian's Python for ARM, with libraries for wheels and headers to build them."""
    return unpacked("trixie", "arm64", ("python3", "libstdc++6", "libpython3.13-dev"))


@pytest.fixture(scope="module")
def wheels(trixie: System, layers: Path, arm_debian: Path) -> Iterator[Path]:
    """The wheels of the kiosk's lock, for ARM."""
    with layer(trixie, layers / "arm-wheels") as system:
        place = system.root / "opt/arm"
        (place / "sysconfig").mkdir(parents=True)
        shutil.copytree(
            arm_debian / "usr/include/aarch64-linux-gnu", place / "include/aarch64-linux-gnu"
        )
        for path in (arm_debian / f"usr/lib/{PYTHON}").glob("_sysconfigdata__*aarch64*"):
            shutil.copy(path, place / "sysconfig")
        (place / "lock").write_text(_lock())
        system.run(
            "apt-get", "install", "-y", "-q", "--no-install-recommends", "g++-aarch64-linux-gnu"
        )
        system.run("python3", "-m", "venv", "/opt/arm/tools")
        pip = ("/opt/arm/tools/bin/python", "-m", "pip")
        build = "/src/systemd/build-requirements.lock"
        system.run(*pip, "install", "--quiet", "--require-hashes", "-r", build)
        system.run(
            *pip,
            "download",
            *FOR_ARM,
            "--require-hashes",
            "-r",
            "/opt/arm/lock",
            "-d",
            "/opt/arm/wheels",
        )
        here = [f"{name}=={version(name)}" for name in SAME_AS_HERE]
        system.run(*pip, "download", *FOR_ARM, *here, "-d", "/opt/arm/wheels")
        annoy = f"annoy=={version('annoy')}"
        built = (
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            annoy,
            "-w",
            "/opt/arm/wheels",
        )
        system.run("env", *(f"{k}={v}" for k, v in CROSS.items()), *pip, *built)
        ours = next((system.root / "var/cache/printkiosk/wheels").glob("printkiosk-*.whl"))
        shutil.copy(ours, place / "wheels")
        yield place / "wheels"


def _lock() -> str:
    """Return the lock without the packages of `SAME_AS_HERE` and `BUILT_HERE`."""
    text = (REPOSITORY / "systemd/requirements.lock").read_text("utf-8")
    blocks = re.findall(r"(?m)^[\w.-]+==.*(?:\n    .*)*", text)
    left_out = (*SAME_AS_HERE, *BUILT_HERE)
    return "\n".join(block for block in blocks if block.split("==")[0] not in left_out) + "\n"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten prints spread over the collection: each on a table, and its picture."""
    folder = tmp_path_factory.mktemp("pictures")
    found = sorted(IMAGES.glob("*.jpg"))
    for number, image in enumerate(found[:: len(found) // PRINTS][:PRINTS]):
        photograph_on_table(image, size=(800, 600)).save(folder / f"{number:02}.png")
        shutil.copy(image, folder / f"{number:02}.jpg")
    return folder


@pytest.fixture(scope="module")
def arm(wheels: Path, arm_debian: Path, layers: Path, pictures: Path) -> Iterator[System]:
    """A system for ARM with the kiosk's wheels, a bundle, pictures and the emulator."""
    emulator = unpacked("trixie", "amd64", ("qemu-user",)) / "usr/bin/qemu-aarch64"
    with layer(arm_debian, layers / "arm") as system:
        for wheel in wheels.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(system.root / "opt/kiosk")
        shutil.copytree(BUNDLE, system.root / "opt/bundle")
        shutil.copytree(pictures, system.root / "opt/pictures")
        shutil.copy(REPOSITORY / "tests/standins/recognise_prints.py", system.root / "opt")
        shutil.copy(emulator, system.root / "usr/bin")
        for kind in ("proc", "dev", "sys"):
            (system.root / kind).mkdir(exist_ok=True)
        run("mount", "-t", "proc", "proc", str(system.root / "proc"))
        for kind in ("dev", "sys"):
            run("mount", "--bind", f"/{kind}", str(system.root / kind))
        yield system


def emulated(arm: System, *arguments: str) -> str:
    """Run Python for ARM and return its standard output."""
    python = (
        "/usr/sbin/chroot",
        str(arm.root),
        "/usr/bin/qemu-aarch64",
        f"/usr/bin/{PYTHON}",
        *arguments,
    )
    done = subprocess.run(
        python, env=PROCESSOR, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_the_emulated_processor_is_an_arm(arm: System) -> None:
    output = emulated(
        arm, "-c", "import platform, numpy, device; print(platform.machine(), numpy.__version__)"
    )

    assert output.split() == ["aarch64", np.__version__]


def test_ten_prints_get_the_same_answers_on_arm(arm: System, pictures: Path) -> None:
    here = list(recognise_all(BUNDLE, pictures))
    started_s = time.monotonic()
    there = [
        json.loads(line)
        for line in emulated(
            arm, "/opt/recognise_prints.py", "/opt/bundle", "/opt/pictures"
        ).splitlines()
    ]
    took = time.monotonic() - started_s
    cosines = [cosine(a["fingerprint"], b["fingerprint"]) for a, b in zip(here, there, strict=True)]

    print(
        f"APPLIANCE arm64: {len(there)} prints in {took:.0f} s emulated, least cosine {min(cosines):.6f}"
    )
    assert len(there) == PRINTS
    for key in ("picture", "verdict", "record"):
        assert [answer[key] for answer in there] == [answer[key] for answer in here]
    assert {answer["verdict"] for answer in here} <= {"same_print", "same_image"}
    assert min(cosines) >= 0.9999


def cosine(one: list[float], other: list[float]) -> float:
    """Return the cosine of two vectors."""
    a, b = np.array(one), np.array(other)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))
