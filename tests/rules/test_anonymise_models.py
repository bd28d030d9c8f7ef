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
        if "AnonymousFrame" in (text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("AnonymousFrame")
    }
    assert makers == {"ingest/anonymise/anonymiser.py"}


def called(name: str) -> dict[str, list[ast.Call]]:
    """The files of the source that call a function or method of that name, and how."""
    package = FOLDER.parents[1]
    found: dict[str, list[ast.Call]] = {}
    for path in package.rglob("*.py"):
        text = path.read_text()
        for node in ast.walk(ast.parse(text)) if name in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                found.setdefault(str(path.relative_to(package)), []).append(node)
    return found


def test_a_page_of_a_film_is_made_of_an_anonymous_frame_in_one_place() -> None:
    assert set(called("on_page")) == {"recordings/review_film.py"}
    changed = {
        path
        for path, calls in called("replace").items()
        if any(keyword.arg == "image" for call in calls for keyword in call.keywords)
    }
    assert changed == {"domain/frames.py"}


def test_films_are_written_of_what_leaves_the_sandbox_alone() -> None:
    """Whoever opens a film writer takes anonymous frames out of a sandbox, or is the anonymiser itself."""
    writers = {"ingest/anonymise/film.py", "recordings/anonymise.py", "recordings/review_film.py"}
    assert set(called("FilmWriter")) == writers
