"""The way to each kind of server."""

from dataclasses import replace

from passerby.domain.publish_plan import (
    LICENCES,
    BrokerPlan,
    ContextBrokerPlan,
    EventReceiverPlan,
    InfluxPlan,
    NumberOutlet,
)
from passerby.publish.numbers.broker import BrokerChannel
from passerby.publish.numbers.channel import NumberChannel
from passerby.publish.numbers.context_broker import ContextBrokerForm
from passerby.publish.numbers.event_receiver import EventReceiverForm
from passerby.publish.numbers.https import HttpsChannel
from passerby.publish.numbers.influx import InfluxForm
from passerby.publish.open_data.description import Licence, OpenDataDescription


def channel_to(outlet: NumberOutlet, site: str, description: OpenDataDescription) -> NumberChannel:
    """Returns the way to an outlet's server; nothing is connected to yet.

    Args:
        outlet: to whom.
        site: the site's name.
        description: who publishes, and where cameras are.
    """
    under = replace(description, licence=Licence(outlet.licence, LICENCES[outlet.licence]))
    match outlet.channel:
        case BrokerPlan():
            return BrokerChannel(outlet, site, description.origin)
        case ContextBrokerPlan() as plan:
            return HttpsChannel("context broker", plan.server, ContextBrokerForm(plan, under))
        case EventReceiverPlan() as plan:
            return HttpsChannel("receiver of events", plan.server, EventReceiverForm(plan, under, outlet.audience))
        case InfluxPlan() as plan:
            return HttpsChannel("database", plan.server, InfluxForm(plan, outlet.audience, outlet.licence))
