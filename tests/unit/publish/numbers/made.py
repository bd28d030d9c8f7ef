"""Outlets and bins for tests of what is sent."""

from passerby.domain.notices import MqttPlan
from passerby.domain.publish_plan import BrokerPlan, NumberOutlet
from passerby.domain.published import Audience, PublishedCounter
from passerby.publish.numbers.channel import CounterBin
from tests.unit.publish.published_numbers import quarter_hours

NOBODY = MqttPlan("localhost", 8883, True, "", "", "passerby/v1")


def outlet(broker: MqttPlan = NOBODY, *, home_assistant: bool = True) -> NumberOutlet:
    """An outlet of the public numbers."""
    return NumberOutlet("city", Audience.PUBLIC, "Everybody", "CC-BY-4.0", BrokerPlan(broker, home_assistant))


def counter_bins(counter: PublishedCounter, first: int, last: int) -> list[CounterBin]:
    """The bins of a counter from one up to another, which is none of them."""
    return [CounterBin(counter, tuple(quarter_hours(counter, at, at + 1))) for at in range(first, last)]
