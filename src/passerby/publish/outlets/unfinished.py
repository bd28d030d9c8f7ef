"""Notices that some receivers of one recipient have and others do not yet: mail addresses, browsers of web push."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

MAX_UNFINISHED: Final = 1000
"""What is settled of older notices is dropped: they are then sent once more to all."""


@dataclass(slots=True)
class Settled:
    """Receivers of a notice that need no further attempt.

    Attributes:
        accepted: those that have it.
        refused: those that refused it for good, with why.
    """

    accepted: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)

    def __contains__(self, receiver: str) -> bool:
        return receiver in self.accepted or receiver in self.refused


class Unfinished:
    """What is settled of each notice that is not through yet; known until the service ends."""

    def __init__(self) -> None:
        self._settled: OrderedDict[str, Settled] = OrderedDict()

    def settled(self, notice_id: str) -> Settled:
        """Returns what is settled of a notice, to be added to; nothing of a new one."""
        found = self._settled[notice_id] = self._settled.pop(notice_id, Settled())
        while len(self._settled) > MAX_UNFINISHED:
            self._settled.popitem(last=False)
        return found

    def finish(self, notice_id: str) -> None:
        """Drops what is settled of a notice: no further attempt is made."""
        self._settled.pop(notice_id, None)
