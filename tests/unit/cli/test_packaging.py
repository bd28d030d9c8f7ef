"""What is packed with passerby starts it with words that it knows, and leaves bubblewrap what it needs."""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer
from click import Command

from passerby.cli import app

PACKAGING = Path(__file__).parents[3] / "packaging"
UNIT = (PACKAGING / "passerby.service").read_text(encoding="utf-8")
CONTAINER = (PACKAGING / "Containerfile").read_text(encoding="utf-8")


def settings() -> dict[str, list[str]]:
    """Name -> values of the unit, as systemd reads it."""
    found: dict[str, list[str]] = {}
    for line in UNIT.splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def command(name: str) -> Command:
    group = typer.main.get_command(app)
    return group.commands[name]  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    "words",
    [
        shlex.split(settings()["ExecStart"][0])[1:],
        json.loads(re.findall(r"^CMD (.+)$", CONTAINER, re.MULTILINE)[0]),
        json.loads(re.findall(r"^ +CMD (.+)$", CONTAINER, re.MULTILINE)[0])[1:],
    ],
)
def test_it_is_started_with_words_that_it_knows(words: list[str]) -> None:
    known = command(words[0])
    with known.make_context(words[0], list(words[1:])) as context:
        assert context.params["data"] is not None


def test_no_memory_reaches_a_disk() -> None:
    found = settings()
    assert [found[name] for name in ("MemorySwapMax", "MemoryZSwapMax", "LimitCORE")] == [["0"], ["0"], ["0"]]


def test_nothing_stands_in_bubblewrap_s_way() -> None:
    found = settings()
    hides_proc = {
        "RestrictNamespaces", "ProtectKernelTunables", "ProtectKernelLogs", "ProtectHostname", "ProtectProc",
        "ProcSubset",
    }  # fmt: skip
    assert hides_proc & set(found) == set()
    assert {"@mount", "seccomp"} <= set(found["SystemCallFilter"][0].split())
    assert "AF_NETLINK" in found["RestrictAddressFamilies"][0]


def test_nothing_is_lost_at_a_stop_and_it_always_comes_back() -> None:
    found = settings()
    assert (found["Restart"], found["KillMode"], found["OOMPolicy"]) == (["always"], ["mixed"], ["continue"])
    assert found["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert found["StateDirectoryMode"] == ["0700"]
    assert found["IPAddressDeny"] == ["any"]
