"""Who is notified of which events of which cameras, through which channel, and how often at most."""

from dataclasses import dataclass
from typing import Final

from passerby.domain.event_rules import RAISED_BY_SERVICE, RuleKind, Severity
from passerby.domain.notices import Channel, MailPlan, MqttPlan, PushPlan, WebhookPlan
from passerby.domain.place_events import PlaceEvent
from passerby.domain.register import Wording
from passerby.units import HOUR_S

DEFAULT_BURST: Final = 5
GIVE_UP_S: Final = 72 * HOUR_S
"""For how long a notice is tried: a receiver that is away over a weekend still gets it."""
TEST_GIVE_UP_S: Final = HOUR_S
"""A daily test that comes later than this says nothing about the alarms of its day."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person, an office or a system that is notified of events.

    Attributes:
        name: unique within the site.
        public: what the register calls it.
        channel: how it is reached; holds secrets.
        cameras: names of the cameras that it is notified of.
        severity: the lowest that it is notified of.
        kinds: kinds of rules that it is notified of; empty for all.
        rules: names of rules that it is notified of; empty for all.
        closings: it is notified when events are over, too.
        in_10_min: notices within ten minutes in the long run.
        burst: notices that may come one after the other before that.
        test_s: seconds since midnight, by the site's clock, of its daily test; None for none.
    """

    name: str
    public: Wording
    channel: Channel
    cameras: frozenset[str]
    severity: Severity = Severity.NOTICE
    kinds: frozenset[RuleKind] = frozenset()
    rules: frozenset[str] = frozenset()
    closings: bool = True
    in_10_min: float = 1.0
    burst: int = DEFAULT_BURST
    test_s: int | None = None

    def wants(self, event: PlaceEvent) -> bool:
        """Returns whether it is to be notified of an event; never of what the service watches for, or of a trial."""
        return (
            event.camera in self.cameras
            and event.kind not in RAISED_BY_SERVICE
            and not event.silent
            and event.severity.rank >= self.severity.rank
            and (not self.kinds or event.kind in self.kinds)
            and (not self.rules or event.rule in self.rules)
        )

    @property
    def channel_name(self) -> str:
        """The channel, as the site file and the register name it."""
        names: dict[type, str] = {WebhookPlan: "webhook", MailPlan: "mail", MqttPlan: "mqtt", PushPlan: "push"}
        return names[type(self.channel)]

    @property
    def inside(self) -> bool:
        """The site file says that its receiver lies inside the network."""
        return isinstance(self.channel, (WebhookPlan, PushPlan)) and self.channel.inside

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        if isinstance(self.channel, WebhookPlan):
            return (self.channel.secret, self.channel.url)
        return (self.channel.password,) if isinstance(self.channel, (MailPlan, MqttPlan)) else ()
