"""`sudo make install` on a Debian as it comes, again, half done, and undone."""

import json

import pytest
from root_file_system import REPOSITORY, System, fresh, layer

from device.bundle.reader import read_manifest

INSTALLER = "/src/systemd/install.py"
PROBES = len(read_manifest(REPOSITORY / "demo/bundle").probes)


@pytest.fixture(params=["trixie", "bookworm"])
def installed(request: pytest.FixtureRequest) -> System:
    system: System = request.getfixturevalue(request.param)
    return system


def test_the_doctor_has_nothing_against_a_fresh_installation(installed: System) -> None:
    said = installed.run(
        *("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--init-groups", "--"),
        *("printkiosk-device", "doctor"),
        *("--config", "/etc/printkiosk/kiosk.toml"),
    )

    assert "FAIL" not in said
    assert "picamera2 is not here" in said
    assert f"all {PROBES} known prints find themselves" in said


def test_numpy_and_opencv_are_the_systems_own(installed: System) -> None:
    where = installed.run(
        "/opt/printkiosk/venv/bin/python",
        "-c",
        "import numpy, cv2; print(numpy.__file__, cv2.__file__)",
    )

    assert [path.startswith("/usr/lib/python3") for path in where.split()] == [True, True]


def test_what_pip_brought_is_at_most_150_mb_and_listed(installed: System) -> None:
    lines = installed.run("python3", INSTALLER, "sizes").splitlines()
    sizes = {line.split(" MB  ")[1]: float(line.split(" MB  ")[0]) for line in lines}

    print("APPLIANCE", *lines[-3:], sep="\n  ")
    assert sizes["total installed by pip"] <= 150
    assert any(name.startswith("ai-edge-litert ") for name in sizes)
    assert any(name.startswith("total installed by apt") for name in sizes)


def test_a_second_installation_changes_nothing(trixie: System) -> None:
    before = _standing(trixie)

    said = trixie.run("make", "-C", "/src", "install")

    assert "already installed" in said
    assert "0 of" in said
    assert _standing(trixie) == before


@pytest.mark.parametrize("lost", ["slots/a/bin/python", "venv", "slots/a/made-of"])
def test_an_installation_that_was_cut_off_is_finished_by_running_it_again(
    trixie: System, scratch, lost: str
) -> None:
    with layer(trixie, scratch) as system:
        system.run("rm", f"/opt/printkiosk/{lost}")

        said = system.run("make", "-C", "/src", "install")

        assert "FAIL" not in said
        assert f"self-search: all {PROBES}" in said


def test_taken_away_with_everything_the_system_is_as_it_was(trixie: System, scratch) -> None:
    with layer(trixie, scratch) as system:
        brought = json.loads(system.run("cat", "/opt/printkiosk/installed.json"))["packages"]
        system.run("python3", INSTALLER, "uninstall", "--everything")

        here = system.run("dpkg-query", "--show", "--showformat=${Package}\n").split()
        left = system.run(
            "find", "/opt", "/etc", "/usr/local", "/var/lib", "/var/cache", "-iname", "*printkiosk*"
        )

    assert set(brought).isdisjoint(here)
    assert left == ""


def test_taken_away_without_more_settings_and_bundles_stay_and_are_found_again(
    trixie: System, scratch
) -> None:
    with layer(trixie, scratch) as system:
        system.run("sh", "-c", "echo '[screen]\nlanguage = \"it\"' > /etc/printkiosk/kiosk.toml")
        system.run("python3", INSTALLER, "uninstall")
        gone = system.run("find", "/opt", "/usr/local", "-iname", "*printkiosk*")

        said = system.run("make", "-C", "/src", "install")

        assert gone == ""
        assert "kiosk.toml is kept" in said and "the installed one is kept" in said
        assert 'language = "it"' in system.run("cat", "/etc/printkiosk/kiosk.toml")


def test_a_kiosk_that_never_saw_a_network_is_installed_from_a_stick(
    trixie: System, scratch
) -> None:
    with (
        layer(trixie, scratch / "desk") as desk,
        layer(fresh("trixie"), scratch / "kiosk") as kiosk,
    ):
        filled = desk.run("python3", INSTALLER, "wheelhouse", "--out", "/opt/stick")
        kiosk.run(
            "sh", "-c", "apt-get update -q && apt-get install -y -q --no-install-recommends python3"
        )
        alone = ("--private-network", f"--bind-ro={desk.root}/opt/stick:/mnt/stick")

        said = kiosk.run("python3", "/mnt/stick/install.py", "install", options=alone)

    print("APPLIANCE stick:", filled.strip().splitlines()[-1])
    assert "wheels on the stick, all intact" in said
    assert "FAIL" not in said


def _standing(system: System) -> str:
    """Give the names, sizes and times of all files that an installation places."""
    places = (
        "/opt/printkiosk",
        "/etc/printkiosk",
        "/etc/systemd",
        "/usr/local",
        "/var/lib/printkiosk",
    )
    files = ("-not", "-type", "d", "-not", "-name", "lock")
    return system.run("find", *places, *files, "-printf", "%p %s %T@ %l\n")
