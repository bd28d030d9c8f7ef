"""Recipients over HTTP: how delivery goes, and a test at will; never an address, a secret or what a notice says."""

from dataclasses import replace

from passerby.domain.notices import NoticeKind, NoticeState, QueuedNotice, RecipientStanding
from testing.web.deliveries import recipient
from testing.web.fakes import NOW_S, NS_PER_S, Service
from testing.web.notices import NOTICE_ID, notice

NOW_NS = NOW_S * NS_PER_S


def service() -> Service:
    made = Service()
    made.configurations.plan = replace(made.configurations.plan, recipients=(recipient("room", "square"),))
    return made


def test_recipients_are_shown_with_how_delivery_goes() -> None:
    here = service()
    (room,) = here.get("/api/v1/recipients").json()["rows"]
    assert (room["name"], room["channel"], room["cameras"], room["waiting"]) == ("room", "webhook", ["square"], 0)
    here.store.standing_rows = [
        RecipientStanding("gone", failed=3),
        RecipientStanding("room", 2, 5, 1, NOW_NS, NOW_NS, NOW_NS, "no answer", NOW_NS, NoticeState.FAILED),
    ]
    answer = here.get("/api/v1/recipients")
    room, gone = answer.json()["rows"]
    assert (room["waiting"], room["delivered"], room["failed"], room["fault"]) == (2, 5, 1, "no answer")
    assert (room["last_test_state"], room["last_test"] == room["oldest_waiting"]) == ("failed", True)
    assert (gone["name"], gone["channel"], gone["failed"]) == ("gone", None, 3)
    assert "x.example" not in answer.text
    assert "whsec" not in answer.text


def test_notices_are_shown_without_what_they_say() -> None:
    here = service()
    failed = QueuedNotice(notice(), "room", 0, 0, NoticeState.FAILED, 3, NOW_NS, "status 410")
    here.store.notice_rows = [failed, replace(failed, recipient="other", state=NoticeState.WAITING)]
    answer = here.get("/api/v1/notices?recipient=room&state=failed")
    (row,) = answer.json()["rows"]
    assert (row["id"], row["state"], row["attempts"], row["fault"], row["events"]) == (
        NOTICE_ID, "failed", 3, "status 410", 1,
    )  # fmt: skip
    assert notice().text not in answer.text
    assert len(here.get("/api/v1/notices").json()["rows"]) == 2
    assert here.get("/api/v1/notices?state=lost").status_code == 422


def test_a_test_is_sent_and_audited() -> None:
    here = service()
    answer = here.post("/api/v1/recipients/room/tests")
    assert answer.status_code == 202
    (test,) = here.store.notice_rows
    assert (test.notice.kind, test.recipient, test.notice.notice_id) == (NoticeKind.TEST, "room", answer.json()["id"])
    assert [(each.action, each.subject) for each in here.store.audit_rows] == [("notice.tested", "room")]
    assert here.post("/api/v1/recipients/none/tests").status_code == 404


def test_nothing_is_known_while_the_store_is_away() -> None:
    here = service()
    here.store.away = True
    assert here.get("/api/v1/recipients").status_code == 503
    assert here.post("/api/v1/recipients/room/tests").status_code == 503
