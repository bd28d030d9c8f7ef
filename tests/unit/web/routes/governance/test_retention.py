"""What is stored is held against its limit, and what was deleted is listed newest first."""

from passerby.domain.retention import DeletionRun, Kind
from testing.web.fakes import NOW_S, NS_PER_S, Service

DAY_NS = 86_400 * NS_PER_S
NOW_NS = NOW_S * NS_PER_S


def test_each_kind_says_until_when_and_what_is_late() -> None:
    service = Service()
    service.store.oldest = {Kind.MINUTES: NOW_NS - 34 * DAY_NS, Kind.EVENTS: NOW_NS - 37 * DAY_NS}
    service.store.run_rows = [DeletionRun(Kind.MINUTES, NOW_NS - DAY_NS // 2, NOW_NS - 36 * DAY_NS, 1440)]
    said = service.get("/api/v1/retention").json()
    rows = {row["kind"]: row for row in said["rows"]}
    assert set(rows) == set(Kind)
    assert rows["minutes"]["oldest_goes"] == "2026-09-29T12:00:00+02:00"
    assert rows["minutes"]["last_run"]["deleted"] == 1440
    assert (rows["minutes"]["kept"], rows["events"]["kept"], rows["health"]["kept"]) == (True, False, True)
    assert rows["health"]["oldest"] is None
    assert said["last_run"] == "2026-09-28T00:00:00+02:00"
    assert said["next_run"] == "2026-09-29T00:00:00+02:00"
    assert "previews" in said["never_stored"]


def test_before_the_first_run_nothing_is_promised() -> None:
    said = Service().get("/api/v1/retention").json()
    assert (said["last_run"], said["next_run"]) == (None, None)


def test_runs_come_in_pages_newest_first() -> None:
    service = Service()
    service.store.run_rows = [
        DeletionRun(kind, NOW_NS + number, NOW_NS, number)
        for number, kind in enumerate([Kind.MINUTES, Kind.HEALTH, Kind.MINUTES])
    ]
    first = service.get("/api/v1/retention/runs?limit=2").json()
    assert [row["deleted"] for row in first["rows"]] == [2, 1]
    rest = service.get(f"/api/v1/retention/runs?limit=2&after={first['after']}").json()
    assert ([row["deleted"] for row in rest["rows"]], rest["after"]) == ([0], None)
    chosen = service.get("/api/v1/retention/runs?kind=minutes").json()
    assert [row["deleted"] for row in chosen["rows"]] == [2, 0]
    assert service.get("/api/v1/retention/runs?kind=pictures").status_code == 422
