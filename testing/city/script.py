"""What is to fail in a simulated city, and when: a text with a line for each failure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from passerby.domain.errors import PasserbyError


class Failure(StrEnum):
    """What can happen to a machine, to the hub, or to the database."""

    DIES = "dies"
    """It ends at once; nothing is watched or served until it is back."""
    CUT_OFF = "is cut off"
    """Its connections break off, and it reaches nothing; its cameras are watched."""
    LOSES_PACKETS = "loses all packets"
    """What it sends and what is sent to it gets lost, and no end of its connections hears of it."""
    SLOW_DISK = "has a slow disk"
    """Each write of a minute takes half a second more."""
    WRONG_CLOCK = "has a wrong clock"
    """It goes a day ahead, so the hub refuses the machine."""


HUB, DATABASE = "hub", "database"
_LINE = re.compile(rf"minute (\d+): (\S+) ({'|'.join(Failure)})(?: for (\d+))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One failure.

    Attributes:
        minute: at the beginning of which minute, from 0.
        whom: a machine's name, `hub` or `database`.
        what: what happens.
        minutes: how long it lasts.
    """

    minute: int
    whom: str
    what: Failure
    minutes: int = 1


def steps_of(text: str, machines: frozenset[str]) -> Iterator[Step]:
    """Yields the steps of a script.

    >>> next(steps_of("minute 3: machine-002 is cut off for 2  # a digger", frozenset({"machine-002"}))).minutes
    2

    Args:
        text: a line for each; what follows `#` is for readers.
        machines: the names that there are.

    Raises:
        PasserbyError: a line is no step, or names what there is not.
    """
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        found = _LINE.fullmatch(said)
        if found is None:
            example = "minute 3: machine-002 is cut off for 2"
            raise PasserbyError(f"line {number}: {said!r} is no step of a script; for example: {example}")
        minute, whom, what, minutes = found.groups()
        servers = {HUB, DATABASE} if what == Failure.DIES else set()
        if whom not in machines | servers:
            raise PasserbyError(f"line {number}: there is no {whom} that {what}; machines are machine-000 and so on")
        yield Step(int(minute), whom, Failure(what), int(minutes or 1))
