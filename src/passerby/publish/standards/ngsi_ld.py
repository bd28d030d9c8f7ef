"""Published numbers as NGSI-LD entities of the Smart Data Models (dataModel.Transportation, CC BY 4.0).

One entity a counter and model holds the newest number that is published; what it was before is served by SensorThings
and as files. People on foot are a CrowdFlowObserved, bicycles and motor vehicles a TrafficFlowObserved, and each of
them an ItemFlowObserved too, for readers that know that model alone. A number that is withheld is no attribute: its
entity says why in `publicationStatus`, a term of our own as `coverage`, `countLow`, `countHigh` and
`countBasis` are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import BinStatus, PlaceKind, PublishedBin, PublishedCounter, Way
from passerby.publish.open_data.channels import Channel
from passerby.publish.open_data.description import OpenDataDescription
from passerby.text import figure, share_figure, utc_time

Entity = dict[str, Any]

MODELS: Final = ("CrowdFlowObserved", "TrafficFlowObserved", "ItemFlowObserved")
MODEL_CONTEXT: Final = "https://smart-data-models.github.io/dataModel.Transportation/context.jsonld"
CORE_CONTEXT: Final = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.7.jsonld"
_OWN_TERMS: Final = ("publicationStatus", "coverage", "countLow", "countHigh", "countBasis", "licence")
_NOT_ATTRIBUTES: Final = frozenset({"id", "type", "@context"})
_DIRECTIONS: Final = {Way.FORWARD: "forward", Way.BACKWARD: "backward", Way.ENTRIES: "inbound", Way.EXITS: "outbound"}


def context(description: OpenDataDescription) -> list[Any]:
    """Returns the `@context` of all entities: the model's, our own terms, and NGSI-LD's core, which has to be last."""
    own = {term: f"{description.page}terms#{term}" for term in _OWN_TERMS}
    return [MODEL_CONTEXT, own, CORE_CONTEXT]


def newest(bins: Iterable[PublishedBin]) -> dict[tuple[str, ClassGroup, Way], PublishedBin]:
    """Returns the newest number of each series that is not waiting to be published."""
    found: dict[tuple[str, ClassGroup, Way], PublishedBin] = {}
    for one in bins:
        if one.group is None or one.way is None or one.status is BinStatus.WAITING:
            continue
        key = (one.counter, one.group, one.way)
        if key not in found or found[key].to_ns < one.to_ns:
            found[key] = one
    return found


def entities(
    description: OpenDataDescription, counters: Sequence[PublishedCounter], bins: Iterable[PublishedBin]
) -> Iterator[Entity]:
    """Yields the entities of counters as key-values, without `@context`; none of a camera without a place.

    Args:
        description: the places, and who publishes.
        counters: those that go on.
        bins: their numbers; the newest of each series is taken.
    """
    latest = newest(bins)
    for counter in counters:
        if counter.camera not in description.sites:
            continue
        for group in counter.groups:
            series = [(Channel(counter, group, way), latest.get((counter.id, group, way))) for way in counter.ways]
            known = [(channel, one) for channel, one in series if one is not None]
            if not known:
                continue
            if group is ClassGroup.ON_FOOT:
                yield _crowd(description, counter, dict(known))
            for channel, one in known:
                if group is not ClassGroup.ON_FOOT:
                    yield _traffic(description, channel, one)
                yield _item(description, channel, one)


def normalised(entity: Mapping[str, Any]) -> Entity:
    """Returns an entity of key-values with each attribute as a Property or GeoProperty, and when it was observed."""
    observed = entity["dateObservedTo"]
    made: Entity = {}
    for key, value in entity.items():
        if key in _NOT_ATTRIBUTES:
            made[key] = value
        elif key == "location":
            made[key] = {"type": "GeoProperty", "value": value}
        elif key.startswith("date"):
            made[key] = {"type": "Property", "value": {"@type": "DateTime", "@value": value}}
        else:
            made[key] = {"type": "Property", "value": value, "observedAt": observed}
    return made


def _crowd(
    description: OpenDataDescription, counter: PublishedCounter, series: Mapping[Channel, PublishedBin]
) -> Entity:
    """People on foot, both ways; towards is forward or into the zone."""
    ends_ns = max(one.to_ns for one in series.values())
    now = {channel.way: one for channel, one in series.items() if one.to_ns == ends_ns}
    first = next(iter(now.values()))
    made = _common(description, "CrowdFlowObserved", counter.id, counter, first)
    made["name"] = f"{counter.place}: {ClassGroup.ON_FOOT.value}"
    for way, key in zip(counter.ways, ("peopleCountTowards", "peopleCountAway"), strict=True):
        if way in now and now[way].value is not None:
            made[key] = now[way].value
    values = [one.value for one in now.values()]
    known = [value for value in values if value is not None]
    if len(known) == len(counter.ways):
        made["peopleCount"] = sum(known)  # published parts add up to the published whole
    statuses = {one.status for one in now.values()}
    made["publicationStatus"] = next(each for each in BinStatus if each in statuses).value
    return made


def _traffic(description: OpenDataDescription, channel: Channel, one: PublishedBin) -> Entity:
    made = _common(description, "TrafficFlowObserved", channel.id, channel.counter, one) | _counted(channel, one)
    if channel.group is ClassGroup.BICYCLES:
        made["vehicleType"] = "bicycle"  # motor vehicles are of several of the model's types together
    if channel.counter.kind is PlaceKind.LINE:
        made["laneDirection"] = _DIRECTIONS[channel.way]
    return made


def _item(description: OpenDataDescription, channel: Channel, one: PublishedBin) -> Entity:
    people = channel.group is ClassGroup.ON_FOOT
    return {
        **_common(description, "ItemFlowObserved", channel.id, channel.counter, one),
        **_counted(channel, one),
        "itemType": "people" if people else "vehicle",
        "itemSubType": channel.group.value,
        "laneId": channel.counter.ways.index(channel.way) + 1,
        "laneDirection": _DIRECTIONS[channel.way],
    }


def _common(
    description: OpenDataDescription, model: str, key: str, counter: PublishedCounter, one: PublishedBin
) -> Entity:
    site = description.sites[counter.camera]
    return {
        "id": f"urn:ngsi-ld:{model}:{key}",
        "type": model,
        "dateObserved": utc_time(one.to_ns),
        "dateObservedFrom": utc_time(one.from_ns),
        "dateObservedTo": utc_time(one.to_ns),
        "location": {"type": "Point", "coordinates": [round(site.longitude, 6), round(site.latitude, 6)]},
        "address": {"streetAddress": site.title},
        "dataProvider": description.publisher.name,
        "source": description.page,
        "licence": description.licence.url,
        "coverage": None if one.coverage is None else share_figure(one.coverage),
    }


def _counted(channel: Channel, one: PublishedBin) -> Entity:
    made: Entity = {"name": channel.title, "publicationStatus": one.status.value}
    if one.value is not None:
        made |= {
            "intensity": one.value,
            "countLow": figure(one.low),
            "countHigh": figure(one.high),
            "countBasis": one.basis,
        }
    return made
