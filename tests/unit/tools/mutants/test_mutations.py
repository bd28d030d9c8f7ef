"""Which small faults are put into a source, and that each takes the place of its expression."""

import ast

import pytest

from tools.mutants.mutations import mutants_of


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("x = a < b", ["x = (a <= b)"]),
        ("x = a >= b", ["x = (a > b)"]),
        ("x = a + b", ["x = (a - b)"]),
        ("x = not a", ["x = (a)"]),
        ("x = -a", ["x = (a)"]),
        ("x = a and b", ["x = (a or b)"]),
        ("x = 3", ["x = (4)"]),
        ("x = True", ["x = (False)"]),
        ("x = 'a' + b", []),
        ("x = f'{a + 1}'", []),
        ("x: Literal[3]", []),
        ("x = a is b", []),
    ],
)
def test_faults_of_each_kind(source: str, faults: list[str]) -> None:
    assert [mutant.applied(source.encode()).decode() for mutant in mutants_of(source.encode())] == faults


def test_places_are_right_behind_letters_of_several_bytes() -> None:
    source = 'name = "Straße"; far = Fläche <= 2\n'.encode()
    changed = [mutant.applied(source).decode() for mutant in mutants_of(source)]
    assert changed == ['name = "Straße"; far = (Fläche < 2)\n', 'name = "Straße"; far = Fläche <= (3)\n']
    assert all(ast.parse(text) for text in changed)
