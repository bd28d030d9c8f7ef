"""No module imports itself by way of others, anywhere in the project."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from testing.source_tree import ROOT, python_files


def module_name(path: Path, root: Path) -> str:
    """A file's name as it is imported."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph(files: dict[str, Path]) -> dict[str, set[str]]:
    """Module -> the modules among `files` that it imports, wherever in its text; for type checkers alone, too."""
    graph: dict[str, set[str]] = {name: set() for name in files}
    for name, path in files.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                graph[name] |= {alias.name for alias in node.names} & files.keys()
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    graph[name] |= {inner if inner in files else node.module} & files.keys()
    return graph


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one cycle in their order, or none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def test_nothing_imports_itself_by_way_of_others() -> None:
    files = {module_name(path, ROOT / "src"): path for path in python_files("src")}
    others = python_files("testing", "tests", "tools", "benchmarks")
    files |= {module_name(path, ROOT): path for path in others}
    assert len(files) > 500
    assert cycle(import_graph(files)) == []


@pytest.mark.parametrize("back", ["import house.door", "from house import door", "from house.door import KEY"])
def test_a_cycle_would_be_found(tmp_path: Path, back: str) -> None:
    texts = {"house/__init__.py": "", "house/door.py": "from house import key", "house/key.py": back}
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    files = {module_name(tmp_path / name, tmp_path): tmp_path / name for name in texts}
    assert set(cycle(import_graph(files))) == {"house.door", "house.key"}
