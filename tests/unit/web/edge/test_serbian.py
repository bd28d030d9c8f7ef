"""Everything that the pages say is there in Serbian, and nothing is that they do not say any more."""

import ast
from collections.abc import Iterator
from pathlib import Path

from passerby.domain.access import Purpose, Role
from passerby.domain.accounts import Method
from passerby.web.edge.serbian import SERBIAN
from passerby.web.pages import markup
from passerby.web.routes.accounts.people import SCOPES
from testing.source_tree import ROOT

WEB = ROOT / "src" / "passerby" / "web"


def texts_in(path: Path) -> Iterator[str]:
    """The texts that a module gives to `translated` and `translated_each`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("translated", "translated_each")
        ):
            for argument in node.args:
                yield from (
                    each.value
                    for each in ast.walk(argument)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value not in (" ", "_")
                )


def states() -> set[str]:
    """The states of a grant, which a variable holds."""
    tree = ast.parse((WEB / "routes" / "accounts" / "people.py").read_text("utf-8"))
    return {
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "state"
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def test_every_text_has_its_serbian_and_each_serbian_its_text() -> None:
    said = {text for path in WEB.rglob("*.py") for text in texts_in(path)} | states()
    said |= {word.replace("_", " ") for word in (*Role, *Purpose, *Method, *SCOPES)}
    said |= {words for _, words in markup.WAYS}
    assert said - SERBIAN.keys() == set()
    assert SERBIAN.keys() - said == set()


def test_places_of_values_are_the_same_in_both() -> None:
    for english, serbian in SERBIAN.items():
        for place in ("{name}", "{what}"):
            assert english.count(place) == serbian.count(place), english
