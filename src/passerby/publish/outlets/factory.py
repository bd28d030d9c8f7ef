"""The outlet of a channel: what each plan is delivered through."""

from passerby.domain.notices import Channel, MailPlan, MqttPlan, WebhookPlan
from passerby.publish.outlets.mail import MailOutlet
from passerby.publish.outlets.mqtt import MqttOutlet
from passerby.publish.outlets.outlet import Outlet
from passerby.publish.outlets.webhook import WebhookOutlet


def outlet_of(channel: Channel) -> Outlet:
    """Returns a channel's outlet; nothing is connected to yet.

    Args:
        channel: the plan.

    Raises:
        ValueError: there is none for this plan, or its values are of no use.
    """
    match channel:
        case WebhookPlan():
            return WebhookOutlet(channel)
        case MailPlan():
            return MailOutlet(channel)
        case MqttPlan():
            return MqttOutlet(channel)
    raise ValueError(f"{type(channel).__name__}: there is no outlet for it")
