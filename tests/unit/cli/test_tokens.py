"""`passerby tokens`, as a user and as a program sees it, on a real store."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from passerby.cli import app
from passerby.domain.errors import PasserbyError
from passerby.engine.service_folder import ServiceFolder
from passerby.store.opening import open_store

TEXT = """\
cameras:
  a: {groups: [centre], source: {rtsp: rtsp://10.0.0.1/x, user: u, password_from: NOT_HERE}}
data: kept
"""
WHY = ("--label", "Grafana", "--purpose", "traffic_planning", "--case", "dashboard", "--days", "30")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")
    make_store(tmp_path / "kept")
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    run("users", "add", path, "grafana")
    return path


def make_store(folder: Path) -> None:
    """What a first run of the service leaves."""
    folder.mkdir()

    async def make() -> None:
        await (await open_store(ServiceFolder(folder).store_url(None))).close()

    asyncio.run(make())


def run(*arguments: object) -> str:
    outcome = CliRunner().invoke(app, [str(each) for each in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def reported(*arguments: object) -> Any:
    return json.loads(run(*arguments, "--json"))


def test_a_token_is_made_listed_and_taken_back(site: Path) -> None:
    assert "no tokens" in run("tokens", "list", site)
    asked = ("grafana", *WHY, "--scope", "see_counts", "--scope", "see_state", "--group", "centre")
    made = reported("tokens", "create", site, *asked)
    text = made.pop("token")
    assert re.fullmatch(r"passerby_[0-9a-z]{8}_[0-9A-Za-z]{38}", text)
    assert (made["scopes"], made["groups"], made["state"]) == (["see_counts", "see_state"], ["centre"], "holds")
    assert reported("tokens", "list", site) == {"tokens": [made]}
    shown = run("tokens", "list", site)
    assert made["id"] in shown
    assert text not in shown
    assert "taken back" in run("tokens", "revoke", site, made["id"])
    assert reported("tokens", "list", site)["tokens"][0]["state"] == "revoked"
    with pytest.raises(PasserbyError, match="taken back"):
        run("tokens", "revoke", site, made["id"])
    assert "not shown again" in run("tokens", "create", site, *asked)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (("--scope", "configure", "--group", "centre"), "its scopes are some of"),
        (("--scope", "see_counts", "--group", "harbour"), "There are: centre"),
    ],
)
def test_what_is_refused(site: Path, changed: tuple[str, ...], words: str) -> None:
    with pytest.raises(PasserbyError, match=words):
        run("tokens", "create", site, "grafana", *WHY, *changed)
    assert reported("tokens", "list", site) == {"tokens": []}


def test_a_token_needs_a_purpose_a_case_an_end_and_an_account(site: Path) -> None:
    for missing in ("--label", "--purpose", "--case", "--days"):
        at = WHY.index(missing)
        arguments = [*WHY[:at], *WHY[at + 2 :], "--scope", "see_counts", "--group", "*"]
        assert CliRunner().invoke(app, ["tokens", "create", str(site), "grafana", *arguments]).exit_code == 2
    with pytest.raises(PasserbyError, match="none of this name"):
        run("tokens", "create", site, "eve", *WHY, "--scope", "see_counts", "--group", "*")
