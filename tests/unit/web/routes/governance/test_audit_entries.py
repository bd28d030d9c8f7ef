"""Entries are searched and proved for auditors, and reading them is an entry itself."""

import base64

from passerby.domain.audit import AuditEntry, AuditLeaf
from testing.web.fakes import NOW_S, NS_PER_S, Service


def entry(action: str = "view.opened", actor: str = "ada", **changes: str) -> AuditEntry:
    said = {"subject": "square", "purpose": "maintenance", "case": "case 1", **changes}
    return AuditEntry(NOW_S * NS_PER_S, actor, action, **said)


def with_entries(*entries: AuditEntry | None) -> Service:
    service = Service()
    service.store.audit_log.leaf_rows = [AuditLeaf(1, index, each) for index, each in enumerate(entries)]
    return service


def test_entries_are_given_out_only_when_the_reading_is_an_entry() -> None:
    service = with_entries(entry(), None)
    answer = service.get("/api/v1/audit")
    assert answer.status_code == 200
    (row,) = answer.json()["rows"]
    assert (row["log"], row["index"], row["actor"], row["case"]) == (1, 0, "ada", "case 1")
    assert [one.action for one in service.store.audit_rows] == ["audit.read"]
    assert service.get("/api/v1/audit?after=nonsense").status_code == 422
    assert service.get("/api/v1/audit?after=1.2").status_code == 422
    service.store.away = True
    assert service.get("/api/v1/audit").status_code == 503


def test_entries_are_chosen_by_what_they_say() -> None:
    service = with_entries(
        entry(), entry("configuration.applied", "ben", subject="version 7", purpose=""), entry(subject="gate")
    )

    def found(query: str) -> list[int]:
        return [row["index"] for row in service.get(f"/api/v1/audit?{query}").json()["rows"]]

    assert found("") == [0, 1, 2]
    assert found("newest_first=true") == [2, 1, 0]
    assert found("actor=ben") == [1]
    assert found("action=configuration") == [1]
    assert found("action=view.opened&subject=gate") == [2]
    assert found("action=view") == [0, 2]
    assert found("action=vie") == []
    assert found("purpose=maintenance&purpose=road_safety") == [0, 2]
    assert service.get("/api/v1/audit?purpose=curiosity").status_code == 422
    assert service.get("/api/v1/audit?action=View.Opened").status_code == 422


def test_proofs_come_under_one_checkpoint_and_only_of_what_is_there() -> None:
    service = with_entries(entry())
    said = service.get("/api/v1/audit/1/proofs?index=3&index=5&index=3").json()
    assert (said["log"], said["checkpoint"].split("\n")[1]) == (1, "300")
    assert said["key"].startswith("passerby/audit/test+")
    assert [row["index"] for row in said["proofs"]] == [3, 5]
    assert base64.b64decode(said["proofs"][0]["content"]) == b"s" * 16 + b"{}"
    assert [base64.b64decode(each) for each in said["proofs"][0]["path"]] == [b"p" * 32]
    for wrong in ("1/proofs?index=300", "2/proofs?index=0"):
        answer = service.get(f"/api/v1/audit/{wrong}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-audit-entry")
    many = "&".join(f"index={number}" for number in range(201))
    for wrong in ("1/proofs", "1/proofs?index=-1", "0/proofs?index=1", f"1/proofs?{many}"):
        assert service.get(f"/api/v1/audit/{wrong}").status_code == 422
