"""Commands that messages, pages and documents advise can be typed as they stand: they exist, with their options."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache

import typer

from passerby.cli import app
from passerby.command_hints import CommandHints
from testing.source_tree import PACKAGE, ROOT, python_files
from tools.command_reference import commands

KNOWN = dict(commands(app))
GROUPS = {name for name in KNOWN if any(other.startswith(f"{name} ") for other in KNOWN)}
ADVISED = re.compile(r"`(passerby [a-z][^`]*)`")
FILLED = CommandHints(site="site.yaml", data="kept")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MENTIONED = re.compile(r"`(?:\.venv/bin/)?(passerby [a-z][^`]*)`")
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^\s*(?:\$ )?(?:sudo -u \S+ )?(?:\S*/)?(passerby [a-z].*)$", re.MULTILINE)


def fault(command: str, *, whole: bool = True) -> str | None:
    """Why a command line cannot be typed; None where it can.

    Args:
        command: with `passerby` at its beginning; what is in capitals stands for a value.
        whole: nothing that the command needs may be missing.
    """
    words = shlex.split(command)
    name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in KNOWN), None)
    if name is None:
        return "there is no such command"
    rest = words[len(name.split()) :]
    if name in GROUPS and not rest:
        return None if not whole or name == "passerby models" else "this is only a group of commands"
    used = KNOWN[name]
    try:
        given, left, _ = used.make_parser(typer.Context(used, info_name=name)).parse_args(args=rest)
    except Exception as error:  # the parser's own errors, which are not public
        return str(getattr(error, "message", error))
    needed = [each.name for each in used.params if each.required and given.get(each.name or "") in (None, (), [])]
    return f"too much: {left}" if left else f"missing: {needed}" if whole and needed else None


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text of a module, docstrings and help excepted; the places of values hold VALUE."""
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    skipped |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "help"}
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "VALUE" for part in node.values)
        else:
            waiting += ast.iter_child_nodes(node)


@cache
def advised() -> list[tuple[str, str]]:
    """Every command that a message or a page advises, with the file that does."""
    found = [
        (str(path.relative_to(PACKAGE)), command)
        for path in python_files("src")
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
        for command in ADVISED.findall(text)
    ]
    pages = sorted((ROOT / "ui" / "src").rglob("words.ts")) + sorted((ROOT / "ui" / "src").rglob("*.svelte"))
    found += [
        (str(path.relative_to(ROOT)), command)
        for path in pages
        for command in ADVISED.findall(path.read_text(encoding="utf-8"))
    ]
    return found


def test_whole_commands_are_told_from_others() -> None:
    assert fault("passerby restore SITE.yaml BACKUP --force") is None
    assert "--overwrite" in (fault("passerby restore SITE.yaml BACKUP --overwrite") or "")
    assert fault("passerby link") == "missing: ['site']"
    assert fault("passerby link", whole=False) is None
    assert fault("passerby show") == "there is no such command"


def test_advised_commands_can_be_typed_as_they_stand() -> None:
    found = advised()
    assert len(found) > 40
    assert {folder.split("/")[0] for folder, _ in found} >= {"cli", "access", "web", "store", "ui"}
    wrong = {(where, command): fault(command) for where, command in found}
    assert {place: why for place, why in wrong.items() if why} == {}


def test_advised_commands_can_be_typed_with_the_data_folder_filled_in() -> None:
    filled = {FILLED.filled(f"`{command}`").strip("`") for _, command in advised()}
    assert {command: why for command in filled if (why := fault(command))} == {}
    assert "passerby link site.yaml --data kept" in filled


def test_commands_on_pages_are_marked_as_such() -> None:
    names = "|".join(sorted({name.split(" ", 1)[1] for name in KNOWN if " " in name}))
    bare = re.compile(rf"(?<!`)passerby (?:{names})\b")
    pages = sorted((ROOT / "ui" / "src").rglob("words.ts"))
    assert [(path.parent.name, found) for path in pages for found in bare.findall(path.read_text("utf-8"))] == []


def test_documents_name_commands_with_options_that_exist() -> None:
    wrong = {}
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for command in MENTIONED.findall(text):
            shown = re.split(r" [|<>…]", " ".join(command.split()))[0]
            if (why := fault(shown, whole=False)) and "requires an argument" not in why:
                wrong[path.name, command] = why
        for command in (each for block in BLOCK.findall(text) for each in TYPED.findall(block.replace("\\\n", " "))):
            if why := fault(re.split(r" (?:[|>&#<]|2>)", command)[0]):
                wrong[path.name, command] = why
    assert wrong == {}
