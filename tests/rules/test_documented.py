"""Every command, option and setting is documented, and the documentation hangs together."""

import re

from passerby.cli import app
from passerby.config.site import site_schema
from testing.source_tree import ROOT
from tools.check_docs import faults
from tools.command_reference import PAGE, commands, page

SITE_PAGE = ROOT / "docs" / "reference" / "site-file.md"


def test_command_reference_is_what_the_commands_say() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(app), "run: .venv/bin/python -m tools.command_reference --write"


def test_every_command_and_option_says_what_it_does() -> None:
    silent = [name for name, command in commands(app) if not command.help]
    silent += [
        f"{name} {parameter.opts[0]}"
        for name, command in commands(app)
        for parameter in command.params
        if not getattr(parameter, "help", None) and not getattr(parameter, "hidden", False)
    ]
    assert silent == []


def test_readme_and_docs_name_only_commands_that_exist() -> None:
    known = {name for name, _ in commands(app)}
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    used = {
        (each.name, match[1])
        for each in pages
        for match in re.finditer(r"(?:`|^|/)passerby ([a-z]+)\b", each.read_text(encoding="utf-8"), re.MULTILINE)
        if match[0][0] in "`/"
    }
    assert used
    assert sorted((where, command) for where, command in used if f"passerby {command}" not in known) == []


def test_documentation_hangs_together() -> None:
    assert faults(ROOT) == []


def keys(schema: dict[str, object]) -> set[str]:
    """Every key that a JSON Schema knows."""
    found: set[str] = set()
    waiting: list[object] = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            properties = part.get("properties")
            found |= set(properties) if isinstance(properties, dict) else set()
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found


def test_every_key_of_the_site_file_is_documented() -> None:
    reported = set(
        re.findall(r"^\| `(?:[^`]*\.)?(\w+)(?:\[\])?` \|", SITE_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert keys(site_schema()) - reported == set()
