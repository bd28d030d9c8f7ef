"""What is installed without extras: the base packages and all that they need, with their hashes, and nothing else."""

import pytest

from testing.source_tree import ROOT
from tools.package_trial import ABSENT, TrialError, base_lock, base_packages, run

LOCK = """# Written by `make lock`.
av==18.1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
fastapi==0.130.0 \\
    --hash=sha256:cc
ruamel-yaml==0.19.1 ; python_version >= "3.11" \\
    --hash=sha256:dd
"""


def test_a_lock_keeps_the_named_packages_with_their_hashes() -> None:
    assert base_lock(LOCK, {"av", "ruamel-yaml"}) == LOCK.partition("\n")[2].replace(
        "fastapi==0.130.0 \\\n    --hash=sha256:cc\n", ""
    )


def test_the_base_packages_are_locked_and_none_is_of_an_extra() -> None:
    names = base_packages()
    assert {"av", "numpy", "pydantic-core", "typer"} <= names
    assert names & set(ABSENT) == set()
    kept = base_lock((ROOT / "requirements.lock").read_text("utf-8"), names)
    assert {line.partition("==")[0] for line in kept.splitlines() if "==" in line.split(" ")[0]} == names


def test_a_failed_command_is_reported_with_what_it_wrote() -> None:
    with pytest.raises(TrialError, match="exit code 3\nto standard output"):
        run("sh", "-c", "echo to standard output; exit 3")
