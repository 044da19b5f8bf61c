"""`sudo make install` on a fresh Debian: once, twice, interrupted, and uninstalled."""

import json

import pytest
from nspawn import REPOSITORY, System, fresh, layer

from device.bundle.reader import read_manifest

INSTALLER = "/src/systemd/install.py"
PROBES = len(read_manifest(REPOSITORY / "demo/bundle").probes)


@pytest.fixture(params=["trixie", "bookworm"])
def installed(request: pytest.FixtureRequest) -> System:
    """A system with the kiosk installed, one for each supported Debian."""
    system: System = request.getfixturevalue(request.param)
    return system


def test_all_checks_pass_after_an_installation(installed: System) -> None:
    output = installed.run(
        *("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--init-groups", "--"),
        *("printkiosk-device", "doctor"),
        *("--config", "/etc/printkiosk/kiosk.toml"),
    )

    assert "FAIL" not in output
    assert "picamera2 is not installed" in output
    assert f"all {PROBES} probe prints find themselves" in output


def test_the_kiosks_commands_are_in_the_path(installed: System) -> None:
    for command in ("printkiosk-device", "printkiosk-evaluate"):
        assert installed.run(command, "--version").startswith(command)


def test_numpy_and_opencv_come_from_debian(installed: System) -> None:
    files = installed.run(
        "/opt/printkiosk/venv/bin/python",
        "-c",
        "import numpy, cv2; print(numpy.__file__, cv2.__file__)",
    )

    assert [path.startswith("/usr/lib/python3") for path in files.split()] == [True, True]


def test_pip_installs_at_most_150_mb_and_the_sizes_are_listed(installed: System) -> None:
    lines = installed.run("python3", INSTALLER, "sizes").splitlines()
    sizes = {line.split(" MB  ")[1]: float(line.split(" MB  ")[0]) for line in lines}

    print("APPLIANCE", *lines[-3:], sep="\n  ")
    assert sizes["total installed by pip"] <= 150
    assert any(name.startswith("ai-edge-litert ") for name in sizes)
    assert any(name.startswith("total installed by apt") for name in sizes)


def test_a_second_installation_changes_nothing(trixie: System) -> None:
    before = _installed_files(trixie)

    output = trixie.run("make", "-C", "/src", "install")

    assert "already installed" in output
    assert "0 of" in output
    assert _installed_files(trixie) == before


@pytest.mark.parametrize("missing", ["slots/a/bin/python", "venv", "slots/a/made-of"])
def test_an_interrupted_installation_is_finished_by_running_it_again(
    trixie: System, scratch, missing: str
) -> None:
    with layer(trixie, scratch) as system:
        system.run("rm", f"/opt/printkiosk/{missing}")

        output = system.run("make", "-C", "/src", "install")

        assert "FAIL" not in output
        assert f"self-test: all {PROBES}" in output


def test_uninstalling_everything_restores_the_former_system(trixie: System, scratch) -> None:
    with layer(trixie, scratch) as system:
        added = json.loads(system.run("cat", "/opt/printkiosk/installed.json"))["packages"]
        system.run("python3", INSTALLER, "uninstall", "--everything")

        present = system.run("dpkg-query", "--show", "--showformat=${Package}\n").split()
        left = system.run(
            "find", "/opt", "/etc", "/usr/local", "/var/lib", "/var/cache", "-iname", "*printkiosk*"
        )

    assert set(added).isdisjoint(present)
    assert left == ""


def test_settings_and_bundles_survive_an_uninstall_and_are_used_again(
    trixie: System, scratch
) -> None:
    with layer(trixie, scratch) as system:
        system.run("sh", "-c", "echo '[screen]\nlanguage = \"it\"' > /etc/printkiosk/kiosk.toml")
        system.run("python3", INSTALLER, "uninstall")
        remaining = system.run("find", "/opt", "/usr/local", "-iname", "*printkiosk*")

        output = system.run("make", "-C", "/src", "install")

        assert remaining == ""
        assert "kiosk.toml is kept" in output and "the installed one is kept" in output
        assert 'language = "it"' in system.run("cat", "/etc/printkiosk/kiosk.toml")


def test_a_kiosk_without_a_network_is_installed_from_a_stick(trixie: System, scratch) -> None:
    with (
        layer(trixie, scratch / "desk") as desk,
        layer(fresh("trixie"), scratch / "kiosk") as kiosk,
    ):
        output_of_wheelhouse = desk.run("python3", INSTALLER, "wheelhouse", "--out", "/opt/stick")
        kiosk.run(
            "sh", "-c", "apt-get update -q && apt-get install -y -q --no-install-recommends python3"
        )
        offline = ("--private-network", f"--bind-ro={desk.root}/opt/stick:/mnt/stick")

        output = kiosk.run("python3", "/mnt/stick/install.py", "install", options=offline)

    print("APPLIANCE stick:", output_of_wheelhouse.strip().splitlines()[-1])
    assert "wheels on the stick, all intact" in output
    assert "FAIL" not in output


def _installed_files(system: System) -> str:
    """Return the names, sizes and times of all files of an installation."""
    folders = (
        "/opt/printkiosk",
        "/etc/printkiosk",
        "/etc/systemd",
        "/usr/local",
        "/var/lib/printkiosk",
    )
    files = ("-not", "-type", "d", "-not", "-name", "lock")
    return system.run("find", *folders, *files, "-printf", "%p %s %T@ %l\n")
