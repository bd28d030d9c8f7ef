"""The metrics of delivery."""

from typing import cast

from passerby.domain.notices import NoticeState, RecipientStanding
from passerby.publish.delivery import Delivery
from passerby.service.metrics.delivery import DeliveryMetrics
from passerby.units import NS_PER_S


class FakeDelivery:
    standings = (
        RecipientStanding("room", 2, 5, 1, 40 * NS_PER_S, None, 7, "no answer", 1, NoticeState.FAILED),
        RecipientStanding("duty", delivered=3),
    )

    def now_ns(self) -> int:
        return 100 * NS_PER_S


def test_each_recipient_has_its_figures() -> None:
    metrics = DeliveryMetrics(cast("Delivery", FakeDelivery())).collect()
    found = {(each.name, *each.labels.values()): each.value for metric in metrics for each in metric.samples}
    assert found == {
        ("passerby_notices", "room", "waiting"): 2, ("passerby_notices", "room", "delivered"): 5,
        ("passerby_notices", "room", "failed"): 1, ("passerby_notices", "duty", "waiting"): 0,
        ("passerby_notices", "duty", "delivered"): 3, ("passerby_notices", "duty", "failed"): 0,
        ("passerby_notice_oldest_seconds", "room"): 60, ("passerby_notice_oldest_seconds", "duty"): 0,
        ("passerby_notices_failing", "room"): 1, ("passerby_notices_failing", "duty"): 0,
        ("passerby_notice_test_failed", "room"): 1,
    }  # fmt: skip
