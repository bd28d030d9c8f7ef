"""What the doctor finds of the machine: each check with what it needs taken away."""

import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import NamedTuple

import pytest

from passerby.admin.checks import machine_checks
from passerby.admin.checks.machine_checks import clock_synchronised, machine_findings
from passerby.admin.findings import Finding, Outcome


def test_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    found = {finding.name: finding for finding in machine_findings(tmp_path)}
    assert set(found) == {"Python", "libraries", "isolation", "data folder", "disk", "clock"}
    assert found["Python"].outcome is Outcome.OK
    assert found["isolation"].why.startswith("level ")
    assert (found["data folder"].outcome, found["data folder"].do) == (Outcome.WARN, f"chmod 700 {tmp_path}")
    assert all(finding.do for finding in found.values() if finding.outcome is not Outcome.OK)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(machine_checks, "MIN_FREE_BYTES", 10**18)
    monkeypatch.setattr(machine_checks, "bubblewrap_works", lambda: False)
    found = {finding.name: finding for finding in machine_findings(tmp_path / "new" / "folder")}
    assert "will be made" in found["data folder"].why
    assert found["disk"].outcome is Outcome.FAIL
    assert found["isolation"].outcome is not Outcome.OK
    assert not (tmp_path / "new").exists()
    under_a_file = tmp_path / "file"
    under_a_file.touch()
    assert any(finding.outcome is Outcome.FAIL for finding in machine_findings(under_a_file / "x"))


def test_the_clock_is_asked() -> None:
    assert clock_synchronised() in (True, False, None)


def the(name: str, folder: Path) -> list[Finding]:
    return [finding for finding in machine_findings(folder) if finding.name == name]


@pytest.fixture(autouse=True)
def isolated_once(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Starting a process for each of these tests would take most of their time."""
    if "isolation" not in request.node.name and "machine" not in request.node.name:
        monkeypatch.setattr(machine_checks, "_isolation", lambda: Finding("isolation", Outcome.OK, "not looked at"))


class VersionInfo(NamedTuple):
    major: int
    minor: int
    micro: int


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("version", "outcome"),
    [((3, 10, 9), Outcome.FAIL), ((3, 11, 0), Outcome.OK), ((3, 12, 9), Outcome.OK), ((3, 13, 0), Outcome.FAIL)],
)
def test_python_is_one_that_the_package_is_made_for(tmp_path, monkeypatch, version, outcome) -> None:
    monkeypatch.setattr(sys, "version_info", VersionInfo(*version))
    assert [finding.outcome for finding in the("Python", tmp_path)] == [outcome]


def test_a_library_that_is_not_there_is_named_and_one_of_an_extra_is_not(tmp_path, monkeypatch) -> None:
    needed = ["numpy>=2.2,<3", "absent-one[all]>=1", "absent_two<4", 'fastapi-absent>=1; extra == "service"']
    monkeypatch.setattr(machine_checks, "requires", lambda _: needed)
    (found,) = the("libraries", tmp_path)
    assert (found.outcome, found.why) == (Outcome.FAIL, "missing: absent-one, absent_two")
    monkeypatch.setattr(machine_checks, "requires", lambda _: ["numpy>=2.2,<3"])
    assert the("libraries", tmp_path) == [Finding("libraries", Outcome.OK, "all 1 are installed")]

    def unknown(_: str) -> list[str]:
        raise PackageNotFoundError

    monkeypatch.setattr(machine_checks, "requires", unknown)
    assert the("libraries", tmp_path)[0].outcome is Outcome.WARN


@pytest.mark.parametrize(
    ("printed", "wrapped", "bubblewrap", "outcome", "why"),
    [
        ("2", True, "/usr/bin/bwrap", Outcome.OK, "level 3 of 3"),
        ("2", False, None, Outcome.WARN, "bubblewrap is not installed"),
        ("2", False, "/usr/bin/bwrap", Outcome.WARN, "may not make user namespaces"),
        ("1\nno Landlock", True, "/usr/bin/bwrap", Outcome.OK, "level 3 of 3"),
        (
            "1\nno Landlock",
            False,
            "/usr/bin/bwrap",
            Outcome.WARN,
            "level 1 of 3 is what this machine reaches: no Landlock",
        ),
        ("1\nsystem calls are not filtered", True, "/usr/bin/bwrap", Outcome.FAIL, "system calls cannot be filtered"),
        ("", True, "/usr/bin/bwrap", Outcome.FAIL, "level 0 of 3"),
        ("no number", True, "/usr/bin/bwrap", Outcome.FAIL, "level 0 of 3"),
    ],
)
def test_isolation_is_what_a_process_reached(tmp_path, monkeypatch, printed, wrapped, bubblewrap, outcome, why) -> None:
    monkeypatch.setattr(machine_checks, "_PROBE", f"print({printed!r})")
    monkeypatch.setattr(machine_checks, "bubblewrap_works", lambda: wrapped)
    monkeypatch.setattr(machine_checks, "bubblewrap", lambda: bubblewrap)
    (found,) = the("isolation", tmp_path)
    assert found.outcome is outcome
    assert why in found.why
    assert bool(found.do) is (outcome is not Outcome.OK)


def test_a_setting_of_the_kernel_that_forbids_namespaces_is_named(tmp_path, monkeypatch) -> None:
    fine, forbidding = tmp_path / "fine", tmp_path / "forbidding"
    fine.write_text("15000\n")
    forbidding.write_text("0\n")
    files = ((str(tmp_path / "absent"), "0", "a"), (str(fine), "0", "b"), (str(forbidding), "0", "c"))
    monkeypatch.setattr(machine_checks, "_USER_NAMESPACES", files)
    assert machine_checks._namespace_advice() == "Allow them: c"
    monkeypatch.setattr(machine_checks, "_USER_NAMESPACES", files[:2])
    assert "In a container" in machine_checks._namespace_advice()


@pytest.mark.parametrize(
    ("free", "outcome"),
    [(499 * 1000**2, Outcome.FAIL), (501 * 1000**2, Outcome.WARN), (6 * 1000**3, Outcome.OK)],
)
def test_a_disk_needs_room(tmp_path, monkeypatch, free, outcome) -> None:
    monkeypatch.setattr("passerby.admin.checks.machine_checks.shutil.disk_usage", lambda _: Usage(10**13, 0, free))
    (found,) = the("disk", tmp_path)
    assert found.outcome is outcome
    assert f"{free / 1000**3:.1f} GB" in found.why


@pytest.mark.parametrize(("mode", "outcome"), [(0o700, Outcome.OK), (0o750, Outcome.WARN), (0o704, Outcome.WARN)])
def test_a_data_folder_is_read_by_no_other_account(tmp_path, mode, outcome) -> None:
    tmp_path.chmod(mode)
    assert [finding.outcome for finding in the("data folder", tmp_path)] == [outcome]


@pytest.mark.parametrize(
    ("now_s", "synchronised", "outcome", "why"),
    [
        (1_700_000_000, True, Outcome.FAIL, "years behind"),
        (1_800_000_000, False, Outcome.WARN, "nothing keeps the clock right"),
        (1_800_000_000, True, Outcome.OK, "2027-01-15 08:00:00 UTC"),
        (1_800_000_000, None, Outcome.OK, "2027-01-15 08:00:00 UTC"),
    ],
)
def test_a_clock_that_is_wrong_or_left_alone_is_reported(
    tmp_path, monkeypatch, now_s, synchronised, outcome, why
) -> None:
    monkeypatch.setattr(machine_checks, "clock_synchronised", lambda: synchronised)
    monkeypatch.setattr("passerby.admin.checks.machine_checks.time.time", lambda: now_s)
    (found,) = the("clock", tmp_path)
    assert found.outcome is outcome
    assert why in found.why
