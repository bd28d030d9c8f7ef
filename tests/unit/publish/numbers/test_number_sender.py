"""Sending from the store: each bin at least once, in order, with its audit entry; nothing is lost in an outage."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.publish_plan import SentUntil
from passerby.domain.published import Audience, BinStatus, PublishedCounter
from passerby.domain.queries import EventQuery
from passerby.publish.numbers.channel import CounterBin, RefusedBinsError
from passerby.publish.numbers.number_sender import NumberSender
from passerby.publish.outlets.outlet import DeliveryError
from passerby.text import utc_time
from passerby.units import DAY_S, HOUR_S, NS_PER_S, QUARTER_S
from testing.store_keeper import MONDAY_S, Keeper
from testing.trial_service.publishing import PUBLISH, PublishingSite, made_plan
from tests.unit.publish.numbers.made import outlet

QUARTER_NS = QUARTER_S * NS_PER_S


class SomeServer:
    """A `NumberChannel` that keeps what it gets, unless it is away."""

    def __init__(self) -> None:
        self.bins: list[CounterBin] = []
        self.ended: list[SentUntil] = []
        self.away = self.lost = False
        self.below = "city"
        self.refuses = ""

    def topic(self, counter: PublishedCounter) -> str:
        return f"{self.below}/{counter.id}"

    async def open(self, counters: Sequence[PublishedCounter]) -> bool:
        if self.away:
            raise DeliveryError("it is away", retry=True)
        lost, self.lost = self.lost, False
        return lost

    async def send(self, bins: Sequence[CounterBin]) -> None:
        self.bins += [one for one in bins if one.counter.place != self.refuses]
        refused = frozenset(one.counter.id for one in bins if one.counter.place == self.refuses)
        if refused:
            raise RefusedBinsError("it refuses some", refused)

    async def end(self, ended: Sequence[SentUntil]) -> None:
        self.ended += ended

    async def close(self) -> None:
        pass


class Sending:
    """A site that publishes, and one outlet of its public numbers."""

    def __init__(self, keeper: Keeper) -> None:
        self.site, self.server = PublishingSite(keeper), SomeServer()
        self.site.count(range(24 * 60), 40)
        self.site.count(range(24 * 60), 2, place="plaza")
        self.site.run(0)
        self.sender = self.another()

    def another(self) -> NumberSender:
        """A sender that knows nothing, as after a restart."""
        published = self.site.store.published
        return NumberSender(outlet(), self.server, self.site.reader, published, self.site.keeper.clock)

    def send(self, at_s: int) -> int:
        self.site.run(at_s)
        return self.site.keeper.run(self.sender.run_once())

    def starts(self, place: str = "north") -> list[int]:
        """The numbers of the bins that the server got of a place."""
        of_place = [one for one in self.server.bins if one.counter.place == place]
        return [(one.from_ns // NS_PER_S - MONDAY_S) // QUARTER_S for one in of_place]

    def audited(self) -> list[str]:
        found = self.site.keeper.run(self.site.store.audit(EventQuery(0, 2 * MONDAY_S * NS_PER_S)))
        return [row.detail for row in found.rows if row.action == "disclosure.sent"]


@pytest.fixture
def sending(tmp_path: Path) -> Iterator[Sending]:
    with Keeper(f"sqlite:///{tmp_path}/passerby.db") as keeper:
        yield Sending(keeper)


def test_what_is_sent_is_what_was_published_with_one_audit_entry_a_run(sending: Sending) -> None:
    assert sending.send(0) == 0
    assert sending.send(2 * HOUR_S) == 8
    assert sending.starts() == sending.starts("plaza") == [0, 1, 2, 3]
    sent = [number for one in sending.server.bins for number in one.numbers]
    assert sorted(map(str, sent)) == sorted(
        str(one) for one in sending.site.read() if one.status is not BinStatus.WAITING
    )
    assert {BinStatus.PUBLISHED, BinStatus.BELOW_THRESHOLD} <= {one.status for one in sent}
    (entry,) = sending.audited()
    assert entry == f"8 bins, the newest until {utc_time((MONDAY_S + HOUR_S) * NS_PER_S)}, to Everybody (public)"
    assert sending.send(2 * HOUR_S) == 0
    assert len(sending.audited()) == 1


def test_a_server_that_is_away_for_a_day_loses_nothing_and_neither_does_a_restart(sending: Sending) -> None:
    sending.server.away = True
    for hour in (0, 12, 24):
        with pytest.raises(DeliveryError):
            sending.send(hour * HOUR_S)
        sending.sender = sending.another()
    sending.server.away = False
    assert sending.send(25 * HOUR_S) == 2 * 96
    assert sending.starts() == list(range(96))
    assert sending.sender.waiting == 0
    assert sending.sender.oldest_ns is None


def test_how_much_waits_and_since_when_is_known(sending: Sending) -> None:
    sending.server.away = True
    for hour in (0, 3):
        with pytest.raises(DeliveryError):
            sending.send(hour * HOUR_S)
    assert sending.sender.waiting == 2 * 8
    assert sending.sender.oldest_ns == (MONDAY_S + QUARTER_S + HOUR_S) * NS_PER_S


def test_a_counter_whose_bins_are_refused_holds_up_no_other(sending: Sending) -> None:
    sending.send(0)
    sending.server.refuses = "plaza"
    with pytest.raises(RefusedBinsError):
        sending.send(14 * HOUR_S)  # more than is read at once
    assert sending.starts() == list(range(13 * 4))
    assert sending.starts("plaza") == []
    assert sending.sender.waiting == 13 * 4
    sending.server.refuses = ""
    sending.send(15 * HOUR_S)
    assert sending.starts("plaza") == sending.starts() == list(range(14 * 4))


def test_a_server_that_may_have_lost_the_newest_gets_it_again(sending: Sending) -> None:
    sending.send(0)
    sending.send(2 * HOUR_S)
    sending.server.lost = True
    assert sending.send(2 * HOUR_S + QUARTER_S) == 4
    assert sending.starts() == [0, 1, 2, 3, 3, 4]


def test_a_place_that_is_not_published_any_more_is_taken_away(sending: Sending) -> None:
    sending.send(0)
    sending.send(2 * HOUR_S)
    plaza = sending.site.counter("plaza")
    sending.site.plan = made_plan(publish=replace(PUBLISH, places=PUBLISH.places[:1]))
    sending.send(3 * HOUR_S)
    assert [(one.counter, one.topic) for one in sending.server.ended] == [(plaza.id, f"city/{plaza.id}")]
    assert sending.starts("plaza") == [0, 1, 2, 3]
    sending.send(4 * HOUR_S)
    assert len(sending.server.ended) == 1


def test_what_lies_at_another_topic_is_taken_away_there(sending: Sending) -> None:
    sending.send(0)
    sending.send(2 * HOUR_S)
    sending.server.below = "town"
    sending.send(3 * HOUR_S)
    assert {one.topic.partition("/")[0] for one in sending.server.ended} == {"city"}
    kept = sending.site.keeper.run(sending.site.store.published.sent("city"))
    assert {one.topic.partition("/")[0] for one in kept} == {"town"}


def test_nobody_gets_what_their_audience_is_not_switched_on_for(sending: Sending) -> None:
    partner_only = {Audience.PARTNER: PUBLISH.audiences[Audience.PARTNER]}
    sending.site.plan = made_plan(publish=replace(PUBLISH, audiences=partner_only))
    assert sending.send(DAY_S) == 0
    assert sending.server.bins == []
