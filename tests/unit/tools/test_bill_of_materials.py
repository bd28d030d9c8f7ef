"""The list of what passerby is made of names what is shipped, and nothing else."""

from testing.source_tree import runtime_packages
from tools.bill_of_materials import faults, shipped


def test_what_is_needed_through_others_and_their_extras_is_shipped() -> None:
    packages = runtime_packages()
    assert {"numpy", "sqlalchemy", "greenlet", "argon2-cffi-bindings", "asyncpg"} <= set(packages)
    assert not {"passerby", "pytest", "mypy", "ruff", "playwright"} & set(packages)


def test_a_bill_that_is_not_complete_is_refused() -> None:
    """`make package` asks this of the bill of its own environment, which takes some 20 s to make."""
    parts = [{"name": "Mako", "version": "1.3"}, {"name": "numpy", "version": ""}]
    bill = {"components": parts, "metadata": {"component": {"name": "passerby"}}}
    assert faults({**bill, "components": parts[:1]}, ["mako"]) == []
    assert faults(bill, ["mako", "numpy", "av"]) == ["av: not in the bill", "numpy: without a version"]
    assert faults({**bill, "components": parts[:1] * 2}, ["mako"]) == ["a package is in the bill twice"]
    other = {"components": parts[:1], "metadata": {"component": {"name": "other"}}}
    assert faults(other, ["mako"]) == ["the bill is of other, not of passerby"]


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
