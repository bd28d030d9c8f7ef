"""The list of what passerby is made of names what is shipped, and nothing else."""

import pytest

from testing.source_tree import runtime_packages
from tools.bill_of_materials import environment_bill, shipped


def test_what_is_needed_through_others_and_their_extras_is_shipped() -> None:
    packages = runtime_packages()
    assert {"numpy", "sqlalchemy", "greenlet", "argon2-cffi-bindings", "asyncpg"} <= set(packages)
    assert not {"passerby", "pytest", "mypy", "ruff", "playwright"} & set(packages)


@pytest.mark.slow
def test_the_bill_of_this_environment_names_each_with_version_and_licence() -> None:
    packages = runtime_packages()
    bill = shipped(environment_bill(), packages)
    assert len(bill["components"]) == len(packages)
    assert [part["name"] for part in bill["components"] if not part["version"]] == []
    assert bill["metadata"]["component"]["name"] == "passerby"


def test_what_is_not_shipped_is_no_part_of_what_is() -> None:
    bill = {
        "components": [{"name": "Mako", "bom-ref": "m"}, {"name": "pytest", "bom-ref": "p"}],
        "dependencies": [
            {"ref": "root-component", "dependsOn": ["m", "p"]}, {"ref": "m", "dependsOn": ["p"]}, {"ref": "p"},
        ],
    }  # fmt: skip
    assert shipped(bill, ["mako"]) == {
        "components": [{"name": "Mako", "bom-ref": "m"}],
        "dependencies": [{"ref": "root-component", "dependsOn": ["m"]}, {"ref": "m", "dependsOn": []}],
    }
