"""Exports are listed with who, what and why; looks are counted by camera and purpose, without names."""

from passerby.domain.audit import AuditEntry, AuditLeaf
from testing.web.fakes import NOW_S, NS_PER_S, Service


def with_entries(*acts: tuple[str, str, str, str]) -> Service:
    service = Service()
    service.store.audit_log.leaf_rows = [
        AuditLeaf(1, at, AuditEntry(NOW_S * NS_PER_S + at, actor, action, subject, "csv", purpose, "case 7"))
        for at, (actor, action, subject, purpose) in enumerate(acts)
    ]
    return service


ACTS = (
    ("ada", "view.opened", "square", "maintenance"),
    ("ada", "counts.exported", "square", "traffic_planning"),
    ("ben", "view.opened", "square", "maintenance"),
    ("ben", "replay.opened", "square", "road_safety"),
    ("ada", "view.opened", "gate", "maintenance"),
    ("ben by token k3x8a0qd", "counts.exported", "", "road_safety"),
    ("ada", "view.refused", "square", "maintenance"),
)


def test_exports_are_listed_newest_first_and_that_is_an_entry() -> None:
    service = with_entries(*ACTS)
    rows = service.get("/api/v1/exports").json()["rows"]
    assert [(row["actor"], row["cameras"], row["what"], row["purpose"], row["case"]) for row in rows] == [
        ("ben by token k3x8a0qd", "", "csv", "road_safety", "case 7"),
        ("ada", "square", "csv", "traffic_planning", "case 7"),
    ]
    assert [(one.action, one.subject[:7]) for one in service.store.audit_rows] == [("audit.read", "exports")]
    assert service.get("/api/v1/exports?after=1.1").status_code == 422
    assert service.get("/api/v1/exports?start=2020-01-01").status_code == 422
    service.store.away = True
    assert service.get("/api/v1/exports").status_code == 503


def test_looks_are_counted_by_camera_and_purpose() -> None:
    said = with_entries(*ACTS).get("/api/v1/looks?start=2026-09-01&end=2026-10-01").json()
    assert [(row["camera"], row["purpose"], row["looks"], row["people"]) for row in said["rows"]] == [
        ("gate", "maintenance", 1, 1),
        ("square", "maintenance", 2, 2),
        ("square", "road_safety", 1, 1),
    ]
    assert said["start"] == "2026-09-01T00:00:00+02:00"
    assert "ada" not in str(said)
