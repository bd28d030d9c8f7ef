"""Each fault that is named as equivalent can still be put into the code, at one place, and has a reason."""

from testing.source_tree import ROOT
from tools.mutants.mutations import equivalents, mutants_of


def test_each_equivalent_is_a_fault_of_todays_code_with_a_reason() -> None:
    named = equivalents()
    lines: dict[object, set[str]] = {}
    for file in {file for file, _ in named}:
        for mutant in mutants_of((ROOT / file).read_bytes()):
            lines.setdefault((file, mutant.key), set()).add(mutant.text)
    assert set(named) - set(lines) == set()
    assert {key for key, each in named.items() if set(each.lines) - lines[key]} == set()
    assert {key for key, each in named.items() if not each.lines and len(lines[key]) > 1} == set(), "which line is it?"
    assert all(len(each.reason) > 30 for each in named.values())
