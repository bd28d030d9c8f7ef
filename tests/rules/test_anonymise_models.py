"""Anonymising knows nobody: it is handed finders of road users and faces, and loads no model of its own."""

import ast
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "src" / "passerby" / "ingest" / "anonymise"


def test_the_anonymiser_loads_no_model() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if "onnx" in name or name.endswith("session")], path


def test_only_the_anonymiser_makes_anonymous_frames() -> None:
    package = FOLDER.parents[1]
    makers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("AnonymousFrame")
    }
    assert makers == {"ingest/anonymise/anonymiser.py"}
