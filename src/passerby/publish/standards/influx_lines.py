r"""Published numbers in InfluxDB's line protocol (version 2): one line a number, at the beginning of its bin.

Measurement, tags and field keys escape commas, spaces and equals signs; texts in fields escape quotes and backslashes.
A line break cannot be escaped in a tag, so it becomes a space. A backslash at a tag's end would escape what follows it,
so it gets a space after it.
"""

import re
from collections.abc import Iterable
from typing import Final

from passerby.domain.published import Audience, BinStatus, PublishedBin
from passerby.publish.open_data.channels import Channel
from passerby.text import figure, share_figure

MEASUREMENT: Final = "passerby_count"
_TAG: Final = re.compile(r"([,= ])")
_BREAK: Final = re.compile(r"[\r\n]+")


def influx_lines(numbers: Iterable[tuple[Channel, PublishedBin]], audience: Audience, licence: str) -> str:
    """Returns a line for each number, with a line break at its end; none for those that wait to be published.

    Args:
        numbers: each with its channel.
        audience: for whom; a tag, so that numbers of two audiences never write over each other.
        licence: SPDX identifier of the licence that they are under.
    """
    return "".join(
        _line(channel, one, audience, licence) for channel, one in numbers if one.status is not BinStatus.WAITING
    )


def _line(channel: Channel, one: PublishedBin, audience: Audience, licence: str) -> str:
    counter = channel.counter
    tags = {
        "channel": channel.id,
        "site": counter.camera,
        "place": counter.place,
        "class_group": channel.group.value,
        "way": channel.way.value,
        "audience": audience.value,
    }
    # A withheld number has no count, and no field says zero for what is not known.
    figures = {"low": figure(one.low), "high": figure(one.high)} if one.value is not None else {}
    if one.coverage is not None:
        figures["coverage"] = share_figure(one.coverage)
    fields = {"status": f'"{one.status.value}"', "licence": f'"{licence}"', "threshold": f"{one.threshold}i"}
    if one.value is not None:
        fields["count"] = f"{one.value}i"
    fields |= {key: f"{number:g}" for key, number in figures.items() if number is not None}
    named = ",".join(f"{key}={_tag(value)}" for key, value in tags.items())
    return f"{MEASUREMENT},{named} {','.join(f'{key}={value}' for key, value in fields.items())} {one.from_ns}\n"


def _tag(text: str) -> str:
    escaped = _TAG.sub(r"\\\1", _BREAK.sub(" ", text))
    return escaped + "\\ " if escaped.endswith("\\") else escaped
