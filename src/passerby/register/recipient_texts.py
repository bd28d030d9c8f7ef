"""Who gets a camera's numbers and notices of its events, in words of one language."""

from collections.abc import Iterator

from passerby.register.catalogue import Catalogue
from passerby.register.published.document import CameraPart, EventRecipientPart, PublishingPart
from passerby.units import MINUTE_S


def event_recipient_line(recipient: EventRecipientPart, texts: Catalogue) -> str:
    """Returns who gets notices of events, from which severity on, and through which channel."""
    channel = texts.word("channel", recipient.channel)
    severity = texts.word("severity", recipient.lowest_severity)
    who = texts.written(recipient.name)[0]
    line = texts("camera.event_recipient", who=who, channel=channel, severity=severity)
    return f"{line} {texts('camera.event_recipient_inside')}" if recipient.inside else line


def published_lines(publishing: PublishingPart, camera: CameraPart, texts: Catalogue) -> Iterator[str]:
    """Yields who gets the numbers of which of a camera's lines and zones, how late, and with which noise."""
    for sensitive in (False, True):
        names = ", ".join(each.name for each in camera.published if each.sensitive is sensitive)
        for each in publishing.audiences if names else ():
            rules = each.sensitive_places if sensitive else each.places
            yield texts(
                "camera.published_line",
                places=names,
                who=each.recipient,
                audience=texts.word("audience", each.audience),
                bin=rules.bin_s // MINUTE_S,
                delay=rules.delay_s // MINUTE_S,
                epsilon=f"{rules.epsilon:g}",
                threshold=rules.threshold,
            )
