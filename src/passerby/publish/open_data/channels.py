"""The series of a published counter, one for each class group and way: what standards call channels or datastreams."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import PublishedBin, PublishedCounter, Way

_LETTERS: Final = {group: group.value.replace(" ", "-") for group in ClassGroup}


@dataclass(frozen=True, slots=True)
class Channel:
    """One class group that passes a counter one way."""

    counter: PublishedCounter
    group: ClassGroup
    way: Way

    @property
    def id(self) -> str:
        """Of letters, digits and hyphens; unique as the counter's id is.

        It ends in the class group and the way, such as `on-foot-forward`.
        """
        return f"{self.counter.id}-{_LETTERS[self.group]}-{self.way.value}"

    @property
    def way_name(self) -> str:
        """What people call the way."""
        return self.counter.way_names[self.counter.ways.index(self.way)]

    @property
    def title(self) -> str:
        """In words: the place, who passes, which way."""
        return f"{self.counter.place}: {self.group.value}, {self.way_name}"


def channels(counters: Iterable[PublishedCounter]) -> Iterator[Channel]:
    """Yields the channels of counters, in their order."""
    for counter in counters:
        for group in counter.groups:
            for way in counter.ways:
                yield Channel(counter, group, way)


def channel_of(counter: PublishedCounter, one: PublishedBin) -> Channel | None:
    """Returns the channel of a number; None for one of all groups or both ways together."""
    return None if one.group is None or one.way is None else Channel(counter, one.group, one.way)
