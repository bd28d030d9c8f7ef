"""Each plan has its outlet."""

import pytest

from passerby.domain.notices import Channel, MailPlan, MqttPlan, WebhookPlan
from passerby.publish.outlets.factory import outlet_of


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        (WebhookPlan("https://x.example/", "whsec_AAAA"), "WebhookOutlet"),
        (MailPlan("mail.example", 587, "starttls", "", "", "a@x.example", ("b@x.example",)), "MailOutlet"),
        (MqttPlan("mq.example", 8883, True, "", "", "city/passerby"), "MqttOutlet"),
    ],
)
def test_a_plan_has_its_outlet(plan: Channel, name: str) -> None:
    assert type(outlet_of(plan)).__name__ == name
