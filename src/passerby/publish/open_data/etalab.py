"""Published numbers as the three tables of Etalab's "comptage des mobilités" 0.2.4, and one of their quality.

The schemas are Frictionless Table Schemas (github.com/etalab/schema-comptage-mobilites, etalab-2.0) and allow no
further columns. Why a count is missing, how much of its time was watched and how sure it is stand in a table of their
own with the same keys, `quality.csv`. A count that is withheld is empty, as the schema says of one that is not known.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import BinStatus, PublishedCounter
from passerby.publish.open_data.channels import Channel, channels
from passerby.publish.open_data.description import CountingSite, OpenDataDescription
from passerby.text import formula_free, utc_time
from passerby.units import NS_PER_S

SCHEMA_PAGE: Final = "https://github.com/etalab/schema-comptage-mobilites"

SITE_COLUMNS: Final = (
    "site_id", "parent_site_id", "site_name", "fr_insee_code", "xlong", "ylat", "external_ids", "infrastructure_type",
)  # fmt: skip
CHANNEL_COLUMNS: Final = (
    "channel_id", "channel_provider_id", "site_provider_id", "site_id", "mobility_type", "comment",
    "counter_transmission_type", "publication_transmission_type", "counter_type", "direction",
    "provider_direction_code", "provider_direction_name", "data_provider_name", "temporality", "started_at", "ended_at",
    "last_updated_at", "time_step", "provider_portal_url",
)  # fmt: skip
MEASURE_COLUMNS: Final = ("channel_id", "counter_id", "start_datetime", "end_datetime", "count")

_MOBILITY: Final = {
    ClassGroup.ON_FOOT: "PEDESTRIAN",
    ClassGroup.BICYCLES: "BIKE",
    ClassGroup.MOTOR_VEHICLES: "CAR,BUS,TRUCK,VAN,TWO WHEELS MOTORIZED",
    ClassGroup.UNCLASSIFIED: "UNDEFINED",
}
_MAX_COMMENT_LETTERS: Final = 50
_SECOND: Final = "%Y-%m-%dT%H:%M:%SZ"

_NEEDED: Final = {"constraints": {"required": True}}
_NOT_NEGATIVE: Final = {"constraints": {"minimum": 0}}
_STATUSES: Final = [each.value for each in BinStatus if each is not BinStatus.WAITING]

QUALITY_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
    "name": "passerby-quality",
    "title": "Why a count is missing, how much of its time was watched, and how sure it is",
    "primaryKey": ["channel_id", "start_datetime"],
    "fields": [
        {"name": "channel_id", "type": "string", "description": "As in measures.csv.", **_NEEDED},
        {"name": "start_datetime", "type": "datetime", "description": "As in measures.csv.", **_NEEDED},
        {"name": "end_datetime", "type": "datetime", "description": "As in measures.csv.", **_NEEDED},
        {
            "name": "status",
            "type": "string",
            "description": "published; below threshold: withheld, since few passed; gap: not watched, not zero.",
            "constraints": {"required": True, "enum": _STATUSES},
        },
        {
            "name": "coverage",
            "type": "number",
            "description": "Share of the time that was watched; the count is never scaled up.",
            "constraints": {"minimum": 0, "maximum": 1},
        },
        {
            "name": "low",
            "type": "number",
            "description": "Where the 95 % interval of those who really passed while it was watched begins; it holds "
            "the noise that was added and the error of counting, so that the count itself may lie outside of it.",
            **_NOT_NEGATIVE,
        },
        {"name": "high", "type": "number", "description": "Where the 95 % interval ends.", **_NOT_NEGATIVE},
        {
            "name": "basis",
            "type": "string",
            "description": "What the error of counting rests on: validated by counts by hand at this line, or prior: "
            "what is believed of any place.",
            "constraints": {"enum": ["prior", "validated"]},
        },
        {"name": "threshold", "type": "integer", "description": "Counts below it are withheld.", **_NEEDED},
    ],
}
"""Of `quality.csv`, as a Frictionless Table Schema."""

QUALITY_COLUMNS: Final = tuple(str(field["name"]) for field in QUALITY_SCHEMA["fields"])


def sites_csv(description: OpenDataDescription, counters: Sequence[PublishedCounter]) -> bytes:
    """Returns the places at which counters are."""
    cameras = {counter.camera for counter in counters}
    return _written(
        SITE_COLUMNS, (_site_row(site) for camera, site in sorted(description.sites.items()) if camera in cameras)
    )


def _site_row(site: CountingSite) -> dict[str, str]:
    # The schema asks for four digits after the point at least; a millionth of a degree is 11 cm.
    return {
        "site_id": formula_free(site.id),
        "site_name": formula_free(site.title),
        "xlong": f"{site.longitude:.6f}",
        "ylat": f"{site.latitude:.6f}",
    }


def channels_csv(description: OpenDataDescription, counters: Sequence[PublishedCounter]) -> bytes:
    """Returns the channels, those that have ended among them; those at a camera without a place are left out."""
    here = (counter for counter in counters if counter.camera in description.sites)
    return _written(CHANNEL_COLUMNS, (_channel_row(channel, description) for channel in channels(here)))


def _channel_row(channel: Channel, description: OpenDataDescription) -> dict[str, str]:
    counter = channel.counter
    return {
        "channel_id": channel.id,
        "site_id": formula_free(counter.camera),
        "mobility_type": _MOBILITY[channel.group],
        "comment": formula_free(f"{counter.kind.value} {counter.place}"[:_MAX_COMMENT_LETTERS]),
        "counter_transmission_type": "REMOTE TRANSMISSION",
        "publication_transmission_type": "API",
        "counter_type": "VIDEO SENSOR",
        "provider_direction_code": channel.way.value,
        "provider_direction_name": formula_free(channel.way_name),
        "data_provider_name": formula_free(description.publisher.name),
        "temporality": "PERMANENT",
        "started_at": _second(counter.began_ns),
        "ended_at": "" if counter.ended_ns is None else _second(counter.ended_ns),
        "time_step": str(counter.bin_s),
        "provider_portal_url": description.page,
    }


def _second(time_ns: int) -> str:
    return utc_time(time_ns - time_ns % NS_PER_S)


def _written(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def measures_csv(table: pa.Table, *, header: bool = True) -> bytes:
    """Returns the counts of a table of `counts_table`; with `header` the line of names is before them."""
    cells = (table["channel"], table["counter"], _times(table["start"]), _times(table["end"]), table["count"])
    return _arrow_csv(MEASURE_COLUMNS, cells, header)


def quality_csv(table: pa.Table, *, header: bool = True) -> bytes:
    """Returns how sure the counts of a table of `counts_table` are, and why some are missing."""
    times = (_times(table["start"]), _times(table["end"]))
    rest = (table[name] for name in QUALITY_COLUMNS[3:])
    return _arrow_csv(QUALITY_COLUMNS, (table["channel"], *times, *rest), header)


def _times(column: pa.ChunkedArray) -> pa.ChunkedArray:
    # Its seconds would be written with decimals in finer units.
    return pc.strftime(column.cast(pa.timestamp("s", tz="UTC")), format=_SECOND)


def _arrow_csv(names: Sequence[str], cells: Iterable[pa.ChunkedArray], header: bool) -> bytes:
    # No cell of these needs quotes: ids, times, numbers and words of our own.
    sink = io.BytesIO()
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
    arrow_csv.write_csv(pa.table(list(cells), names=list(names)), sink, options)
    head = (",".join(names) + "\n").encode() if header else b""
    return head + sink.getvalue()
