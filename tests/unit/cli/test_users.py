"""`passerby users`, as a user and as a program sees it, on a real store; every act is in the audit log."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from passerby.admin.people import with_access
from passerby.cli.users import users_app
from passerby.domain.audit import AuditEntry
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.queries import EventQuery
from passerby.engine.service_folder import ServiceFolder
from passerby.store.opening import open_store

TEXT = """\
cameras:
  a: {groups: [centre], source: {rtsp: rtsp://10.0.0.1/x, user: u, password_from: NOT_HERE}}
access: {providers: {city: {issuer: "https://id.example.org", client_id: x, client_secret_from: NOT_HERE}}}
data: kept
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "180")
    make_store(tmp_path / "kept")
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    return path


def make_store(folder: Path) -> None:
    """What a first run of the service leaves."""
    folder.mkdir()

    async def make() -> None:
        await (await open_store(ServiceFolder(folder).store_url(None))).close()

    asyncio.run(make())


def run(*arguments: object) -> str:
    outcome = CliRunner().invoke(users_app, [str(each) for each in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def reported(*arguments: object) -> Any:
    return json.loads(run(*arguments, "--json"))


def audit(site: Path) -> list[AuditEntry]:
    async def ask() -> list[AuditEntry]:
        store = await open_store(ServiceFolder(site.parent / "kept").store_url(None))
        try:
            return [*(await store.audit(EventQuery(0, 2**62))).rows]
        finally:
            await store.close()

    return asyncio.run(ask())


def test_from_nobody_to_a_site_with_two_people(site: Path) -> None:
    assert "one-time link" in run("list", site)
    assert reported("list", site) == {"accounts": []}
    link = reported("add", site, "Ida")["invitation"]
    assert re.fullmatch(r"http://localhost:8642/join/[\w-]{43}", link)
    assert "works once" in run("add", site, "pia")
    officer = reported("grant", site, "pia", "privacy_officer")
    assert (officer["state"], officer["group"], officer["role"]) == ("waiting", "*", "privacy_officer")
    assert "is confirmed" in run("confirm", site, officer["grant_id"])
    operator = reported("grant", site, "ida", "operator", "--group", "centre", "--days", "7")
    assert operator["state"] == "waiting"
    accounts = reported("list", site)["accounts"]
    assert [(each["name"], each["enabled"], each["ways"]) for each in accounts] == [
        ("ida", True, []),
        ("pia", True, []),
    ]
    assert [each["state"] for each in accounts[1]["grants"]] == ["holds"]
    shown = run("list", site)
    assert "nothing yet" in shown
    assert "privacy_officer" in shown
    entries = audit(site)
    actions = [entry.action for entry in entries]
    assert actions[:3] == ["account.added", "account.invited", "account.added"]
    assert "grant.confirmed" in actions
    assert {entry.actor.partition(" (")[0] for entry in entries} == {"command line"}
    assert link.rpartition("/")[2] not in str(entries)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "a b"), "account name"),
        (("add", "IDA"), "looks like it"),
        (("grant", "ida", "operator", "--group", "harbour"), "There are: centre"),
        (("grant", "ida", "operator", "--from", "yesterday"), "2026-12-31"),
        (("grant", "ida", "operator", "--from", "2126-01-01"), "begin within"),
        (("grant", "eve", "operator"), "there is none of this name"),
        (("confirm", "99"), "none of this number"),
        (("revoke", "99"), "none of this number"),
        (("disable", "eve"), "there is none of this name"),
        (("tie", "ida", "--issuer", "https://other.example", "--subject", "7"), "names none with this issuer"),
    ],
)
def test_what_is_refused(site: Path, arguments: tuple[str, ...], words: str) -> None:
    run("add", site, "ida")
    before = len(audit(site))
    with pytest.raises(PasserbyError, match=words):
        run(arguments[0], site, *arguments[1:])
    assert len(audit(site)) == before


def test_others_than_the_first_privacy_officer_are_confirmed_on_the_page(site: Path) -> None:
    run("add", site, "ana")
    number = reported("grant", site, "ana", "operator")["grant_id"]
    with pytest.raises(PasserbyError, match="on the page"):
        run("confirm", site, number)
    site.write_text(TEXT.replace("access: {", "access: {one_person: true, "))
    run("confirm", site, number)
    assert reported("list", site)["accounts"][0]["grants"][0]["state"] == "holds"
    run("revoke", site, number)
    assert reported("list", site)["accounts"][0]["grants"][0]["state"] == "revoked"


@pytest.mark.slow
def test_disable_enable_invite_and_tie(site: Path) -> None:
    run("add", site, "ana")
    run("tie", site, "ana", "--issuer", "https://id.example.org", "--subject", "ana-42")
    assert reported("list", site)["accounts"][0]["ways"] == ["sign_on"]
    with pytest.raises(PasserbyError, match="tied to an account already"):
        run("tie", site, "ana", "--issuer", "https://id.example.org", "--subject", "ana-42")
    run("disable", site, "ana")
    assert not reported("list", site)["accounts"][0]["enabled"]
    assert "disabled (sign_on)" in run("list", site)
    run("enable", site, "ana")
    first, second = reported("invite", site, "ana")["invitation"], reported("invite", site, "ana")["invitation"]
    assert first != second
    assert reported("list", site)["accounts"][0]["ways"] == []
    assert [entry.action for entry in audit(site)].count("account.reset") == 1


def test_an_account_is_removed_once_it_is_disabled_and_from_the_log_on_request(site: Path) -> None:
    run("add", site, "ana")
    with pytest.raises(PasserbyError, match="Disable it first"):
        run("remove", site, "ana")
    run("disable", site, "ana")
    with pytest.raises(PasserbyError, match="last one"):
        run("remove", site, "ana")
    run("add", site, "ida")
    with pytest.raises(PasserbyError, match="may not name the account"):
        run("remove", site, "ana", "--erase", "Ana has asked for it")
    assert len(reported("list", site)["accounts"]) == 2
    assert "entries of the audit log are erased" in run("remove", site, "ana", "--erase", "request 12")
    assert [one["name"] for one in reported("list", site)["accounts"]] == ["ida"]
    assert "ana" not in [entry.subject for entry in audit(site)]
    (said,) = [entry for entry in audit(site) if entry.action == "audit.erased"]
    assert said.detail == "request 12"


def test_a_site_file_with_faults_opens_nothing(site: Path) -> None:
    site.write_text("cameras: []")
    with pytest.raises(SiteFileError):
        run("list", site)
    site.write_text(TEXT.replace("data: kept", "data: elsewhere"))
    with pytest.raises(PasserbyError, match="no database here yet"):
        run("add", site, "ana")


def test_the_data_folder_may_be_named(site: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    make_store(other)
    run("add", site, "ana", "--data", other)
    assert reported("list", site) == {"accounts": []}
    people, origin = with_access(site, other, lambda access, principal: access.accounts.list(principal))
    assert [each.name for each in people] == ["ana"]
    assert origin == "http://localhost:8642"
