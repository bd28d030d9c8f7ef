"""Names and docstrings use the field's words; the private words that earlier versions used do not come back."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from testing.source_tree import PACKAGE, python_files

# fmt: off
OLD_MODULES = frozenset({
    "answers", "asking", "bid_farewell", "camera_line", "clock_jumps", "complaints", "doubts", "explain", "faults",
    "feeds", "figures", "folding", "garbage", "handed_route", "hub_figures", "hub_line", "intake", "leaps", "ledger",
    "looks", "patience", "picture_signs", "receiving", "routes", "seam", "seat", "sight", "signs",
    "ways",
})
# fmt: on
"""Names that no module has any more. `web/routes` is a folder of addresses, the word's usual meaning."""

OLD_CLASSES = re.compile(
    r"^(Seat|Doubts?|Complaints?|LiveBoard|Intake|HubLine|Ledger|Child|HandedRoute|Looks?|LookPlan|Sight|Signs|PictureSigns"
    r"|Verdict|DetectorChoice|IsolationLevel|Seal|Seals)$"
)
OLD_NAMES = re.compile(
    r"^_*(most|least|tell|tells|told|heed|heeds|heard|hear|says|said|seat|seats|ledger|intake|hub_line|handed|handed_route"
    r"|doubt|doubts|complaint|complaints|heir|heirs|donor|donors|farewell|bid_farewell|seam|forget|forgets|nobody"
    r"|somebody|whoever|board|lend|brings)(_|$)|^_*(MOST|LEAST)_"
)
"""Functions, parameters, variables and attributes."""

OLD_PHRASES = re.compile(
    r"\b(tells?|told|nobody|somebody|whoever|heeds?|hears?|the door|seats?|in the clothes of|looks away|ledger|farewell"
    r"|sealed|heirs?|donors?|complaints?)\b",
    re.IGNORECASE,
)
"""What the first line of a docstring does not say."""


def names_in(tree: ast.AST) -> Iterator[str]:
    """Every name that a syntax tree defines: functions, parameters, variables, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def old_names(text: str) -> set[str]:
    """The old words among the names that a source text defines."""
    tree = ast.parse(text)
    classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    return {name for name in classes if OLD_CLASSES.match(name)} | {n for n in names_in(tree) if OLD_NAMES.match(n)}


def old_phrases(text: str) -> set[str]:
    """The first lines of a source text's docstrings that hold an old word."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, documented))
    lines = {(ast.get_docstring(node) or "").partition("\n")[0] for node in nodes}
    return {line for line in lines if OLD_PHRASES.search(line)}


def sources() -> dict[str, str]:
    """Path inside the package -> source text."""
    return {str(path.relative_to(PACKAGE)): path.read_text("utf-8") for path in python_files("src")}


def test_no_module_has_an_old_name() -> None:
    assert {path for path in sources() if Path(path).stem in OLD_MODULES} == set()
    assert {path.name for path in PACKAGE.rglob("*") if path.is_dir()} & (OLD_MODULES - {"routes"}) == set()


def test_no_name_is_an_old_one() -> None:
    assert {f"{path}: {name}" for path, text in sources().items() for name in old_names(text)} == set()


def test_docstrings_begin_in_plain_words() -> None:
    assert {f"{path}: {line}" for path, text in sources().items() for line in old_phrases(text)} == set()


def test_the_public_pages_are_written_in_plain_words() -> None:
    files = [
        path for path in (PACKAGE / "web" / "static" / "public").iterdir() if path.suffix in (".js", ".css", ".html")
    ]
    assert files
    assert {
        f"{path.name}: {found[0]}" for path in files if (found := OLD_PHRASES.search(path.read_text("utf-8")))
    } == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("class Seat: pass", "Seat"),
        ("MOST_BYTES = 3", "MOST_BYTES"),
        ("def tell_all(): pass", "tell_all"),
        ("def send(told): pass", "told"),
        ("class Line:\n    def __init__(self):\n        self._heed = 1", "_heed"),
    ],
)
def test_an_old_name_would_be_found(text: str, name: str) -> None:
    assert old_names(text) == {name}


def test_new_names_and_plain_words_pass() -> None:
    assert old_names("class CameraSupervisor:\n    def almost(self, toldness, seating): MAX_BYTES = 3") == set()
    assert old_phrases('"""Tells nobody."""') == {"Tells nobody."}
    assert old_phrases('"""Returns the seated hotels."""') == set()
