"""Recipients of events: how delivery to each goes, its newest notices, and a test at will."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.audit import AuditEntry
from passerby.domain.event_rules import Severity
from passerby.domain.notices import NoticeKind, NoticeState, QueuedNotice, RecipientStanding
from passerby.domain.recipients import Recipient
from passerby.publish.daily_tests import delivery_test
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import documented, no_such
from passerby.web.rows import ListOf
from passerby.web.times import iso_or_none

MAX_NOTICES = 1000


class RecipientRow(BaseModel):
    """A recipient, and how delivery to it goes."""

    name: str = Field(examples=["control room"])
    channel: str | None = Field(description="Null where the site file does not have it any more.")
    cameras: list[str]
    severity: Severity | None = Field(description="The lowest that it is notified of.")
    waiting: int = Field(description="Notices that are to be delivered.")
    delivered: int
    failed: int = Field(description="Notices that were given up.")
    oldest_waiting: str | None = Field(description="When the oldest that waits was made.")
    last_delivered: str | None
    last_failed: str | None = Field(description="When one was given up last.")
    fault: str | None = Field(description="Why the newest attempt at one that waits failed.")
    last_test: str | None = Field(description="When the newest test was made.")
    last_test_state: NoticeState | None


class RecipientRows(ListOf[RecipientRow]):
    """Recipients in the site file's order; then those that it does not have any more."""


class NoticeRow(BaseModel):
    """A notice, without what it says."""

    id: str = Field(description="The same in every attempt: `webhook-id` of a webhook.")
    recipient: str
    kind: NoticeKind
    state: NoticeState
    made: str
    ended: str | None = Field(description="When it was delivered, given up or replaced.")
    attempts: int = Field(description="That failed.")
    fault: str | None = Field(description="Why the newest attempt failed.")
    events: int = Field(description="How many events it is about.")


class NoticeRows(ListOf[NoticeRow]):
    """Notices, newest first."""


class TestRow(BaseModel):
    """A test that is on its way."""

    id: str = Field(description="See `GET /api/v1/notices`.")


RecipientName = Annotated[str, Path(max_length=200, description="The recipient's name.", examples=["control room"])]

router = APIRouter(prefix="/api/v1", tags=["events"])


@router.get("/recipients", dependencies=[needs(Permission.CONFIGURE)], responses=documented(401, 403, 503))
async def list_recipients(hub: HubHere) -> RecipientRows:
    """The recipients of events, and how delivery to each goes."""
    standings = {each.recipient: each for each in await hub.store.recipient_standings()}
    rows = []
    for recipient in hub.plan.recipients:
        standing = standings.pop(recipient.name, RecipientStanding(recipient.name))
        rows.append(_row(hub, standing, recipient))
    return RecipientRows(rows=[*rows, *(_row(hub, each, None) for each in standings.values())], after=None)


@router.get("/notices", dependencies=[needs(Permission.CONFIGURE)], responses=documented(401, 403, 422, 503))
async def list_notices(
    hub: HubHere,
    recipient: Annotated[str | None, Query(max_length=200)] = None,
    state: NoticeState | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_NOTICES)] = 100,
) -> NoticeRows:
    """The newest notices: whether they were delivered, and why not; not what they say."""
    found = await hub.store.recent_notices(limit, recipient, state)
    return NoticeRows(rows=[_notice(hub, each) for each in found], after=None)


@router.post(
    "/recipients/{recipient}/tests",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[needs(Permission.CONFIGURE)],
    responses=documented(401, 403, 404, 422, 503),
)
async def send_test_notice(hub: HubHere, principal: PrincipalHere, recipient: RecipientName) -> TestRow:
    """Sends a test to a recipient; it is written to the audit log."""
    found = next((each for each in hub.plan.recipients if each.name == recipient), None)
    if found is None:
        raise no_such("recipient", recipient, "GET /api/v1/recipients lists all of them.")
    now_ns = hub.clock()
    test = delivery_test(found, hub.plan, now_ns, secrets.token_hex(16))
    await hub.store.add_test(test, AuditEntry(now_ns, principal.name, "notice.tested", found.name))
    return TestRow(id=test.notice.notice_id)


def _row(hub: Hub, standing: RecipientStanding, recipient: Recipient | None) -> RecipientRow:
    return RecipientRow(
        name=standing.recipient,
        channel=None if recipient is None else recipient.channel_name,
        cameras=[] if recipient is None else sorted(recipient.cameras),
        severity=None if recipient is None else recipient.severity,
        waiting=standing.waiting,
        delivered=standing.delivered,
        failed=standing.failed,
        oldest_waiting=iso_or_none(standing.oldest_waiting_ns, hub.zone),
        last_delivered=iso_or_none(standing.delivered_ns, hub.zone),
        last_failed=iso_or_none(standing.failed_ns, hub.zone),
        fault=standing.fault or None,
        last_test=iso_or_none(standing.test_ns, hub.zone),
        last_test_state=standing.test_state,
    )


def _notice(hub: Hub, queued: QueuedNotice) -> NoticeRow:
    notice = queued.notice
    return NoticeRow(
        id=notice.notice_id,
        recipient=queued.recipient,
        kind=notice.kind,
        state=queued.state,
        made=iso_time(notice.time_ns, hub.zone),
        ended=iso_or_none(queued.ended_ns, hub.zone),
        attempts=queued.attempts,
        fault=queued.fault or None,
        events=len(notice.events),
    )
