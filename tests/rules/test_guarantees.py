"""Each guarantee that a document gives names a test that there is."""

import ast
import re

from testing.source_tree import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
DOCUMENTS = sorted((ROOT / "docs").rglob("*.md"))


def functions_in(path: str) -> set[str]:
    file = ROOT / path
    if not file.is_file():
        return set()
    return {node.name for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_a_document_names_is_there() -> None:
    named = {found for document in DOCUMENTS for found in NAMED.findall(document.read_text("utf-8"))}
    assert ("tests/unit/engine/hub/test_held_events.py", "") in named
    missing = {f"{path}::{name}" for path, name in named if name not in functions_in(path) | ({""} & {name})}
    missing |= {path for path, _ in named if not (ROOT / path).is_file()}
    assert missing == set()
