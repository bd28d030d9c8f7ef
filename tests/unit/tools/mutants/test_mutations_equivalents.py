"""Each fault that is named as equivalent can still be put into the code, and has a reason."""

from testing.source_tree import ROOT
from tools.mutants.mutations import equivalents, mutants_of


def test_each_equivalent_is_a_fault_of_todays_code_with_a_reason() -> None:
    named = equivalents()
    possible = {
        (file, mutant.key) for file in {file for file, _ in named} for mutant in mutants_of((ROOT / file).read_bytes())
    }
    assert set(named) - possible == set()
    assert all(len(reason) > 30 for reason in named.values())
