"""The recipients of a camera's events in words, in one language."""

from passerby.register.catalogue import Catalogue
from passerby.register.published.document import EventRecipientPart


def event_recipient_line(recipient: EventRecipientPart, texts: Catalogue) -> str:
    """Returns who gets notices of events, from which severity on, and through which channel."""
    channel = texts.word("channel", recipient.channel)
    severity = texts.word("severity", recipient.lowest_severity)
    who = texts.written(recipient.name)[0]
    line = texts("camera.event_recipient", who=who, channel=channel, severity=severity)
    return f"{line} {texts('camera.event_recipient_inside')}" if recipient.inside else line
