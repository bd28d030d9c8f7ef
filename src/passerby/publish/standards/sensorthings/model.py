"""The entities of SensorThings that describe what is counted: all but the observations.

A Thing is a place at which a camera counts, with its Location; its Sensor is passerby there, described by the register;
an ObservedProperty is who passes, of a class group; a Datastream is a channel; a FeatureOfInterest is the line or zone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import PublishedCounter
from passerby.publish.open_data.channels import Channel, channels
from passerby.publish.open_data.description import CountingSite, OpenDataDescription
from passerby.text import utc_time

ROOT: Final = "/sensorthings/v1.1"
GEOJSON: Final = "application/geo+json"
COUNT: Final = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"

SETS: Final = (
    "Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations",
    "FeaturesOfInterest",
)  # fmt: skip

ONE: Final[Mapping[str, str]] = {
    "Thing": "Things",
    "Datastream": "Datastreams",
    "Sensor": "Sensors",
    "ObservedProperty": "ObservedProperties",
    "FeatureOfInterest": "FeaturesOfInterest",
}
"""Names of links to one entity -> its set."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity.

    Attributes:
        kind: name of its set.
        id: unique within it.
        properties: its own, as in JSON.
        links: name of a link -> ids of the entities that it leads to; of one entity where the name is in `ONE`.
    """

    kind: str
    id: str
    properties: Mapping[str, Any]
    links: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Model:
    """All entities but the observations, and the channels whose observations there are.

    Attributes:
        sets: name of a set -> its entities by id, in order.
        channels: by id, in order.
    """

    sets: Mapping[str, Mapping[str, Entity]]
    channels: Mapping[str, Channel]


def model_of(description: OpenDataDescription, counters: Sequence[PublishedCounter]) -> Model:
    """Returns the entities of counters; those at a camera without a place are left out."""
    here = [counter for counter in counters if counter.camera in description.sites]
    found = {channel.id: channel for channel in channels(here)}
    cameras = list(dict.fromkeys(counter.camera for counter in here))
    groups = list(dict.fromkeys(channel.group for channel in found.values()))
    of_camera = {camera: [each.id for each in found.values() if each.counter.camera == camera] for camera in cameras}
    of_group = {group: [each.id for each in found.values() if each.group is group] for group in groups}
    sites = [description.sites[camera] for camera in cameras]
    made: tuple[list[Entity], ...] = (
        [_thing(site, of_camera[site.id]) for site in sites],
        [_location(site) for site in sites],
        [],  # no place of a camera changes: a camera that was moved is another one
        [_datastream(description, channel) for channel in found.values()],
        [_sensor(description, site, of_camera[site.id]) for site in sites],
        [_observed_property(description, group, of_group[group]) for group in groups],
        [],
        [_feature(description, counter) for counter in here],
    )
    return Model({name: {one.id: one for one in all_of} for name, all_of in zip(SETS, made, strict=True)}, found)


def group_key(group: ClassGroup) -> str:
    """Returns the id of the observed property of a class group."""
    return group.value.replace(" ", "-")


def _thing(site: CountingSite, streams: Sequence[str]) -> Entity:
    properties = {"name": site.title, "description": "A place at which road users are counted.", "properties": {}}
    return Entity(
        "Things", site.id, properties, {"Locations": [site.id], "HistoricalLocations": [], "Datastreams": streams}
    )


def _point(site: CountingSite) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(site.longitude, 6), round(site.latitude, 6)]}


def _location(site: CountingSite) -> Entity:
    properties = {
        "name": site.title,
        "description": "Where the camera stands.",
        "encodingType": GEOJSON,
        "location": _point(site),
    }
    return Entity("Locations", site.id, properties, {"Things": [site.id], "HistoricalLocations": []})


def _sensor(description: OpenDataDescription, site: CountingSite, streams: Sequence[str]) -> Entity:
    properties = {
        "name": f"passerby at {site.title}",
        "description": "Counts on an anonymous picture; the register says what is measured, and how well.",
        "encodingType": "text/html",
        "metadata": f"{description.origin}/register/{description.language}/cameras/{site.id}.html",
    }
    return Entity("Sensors", site.id, properties, {"Datastreams": streams})


def _observed_property(description: OpenDataDescription, group: ClassGroup, streams: Sequence[str]) -> Entity:
    properties = {
        "name": f"passages: {group.value}",
        "definition": f"{description.page}terms#{group_key(group)}",
        "description": f"How many ({group.value}) passed, with random noise; small numbers are withheld.",
    }
    return Entity("ObservedProperties", group_key(group), properties, {"Datastreams": streams})


def _feature(description: OpenDataDescription, counter: PublishedCounter) -> Entity:
    properties = {
        "name": counter.place,
        "description": f"A {counter.kind.value} in the view of the camera at the point.",
        "encodingType": GEOJSON,
        "feature": _point(description.sites[counter.camera]),
    }
    return Entity("FeaturesOfInterest", counter.id, properties, {"Observations": []})


def _datastream(description: OpenDataDescription, channel: Channel) -> Entity:
    counter = channel.counter
    properties = {
        "name": channel.title,
        "description": f"{channel.group.value} at {counter.place}, every {counter.bin_s // 60} minutes.",
        "observationType": COUNT,
        "unitOfMeasurement": {"name": "count", "symbol": "1", "definition": "http://qudt.org/vocab/unit/NUM"},
        "observedArea": _point(description.sites[counter.camera]),
        "properties": {
            "way": channel.way.value,
            "began": utc_time(counter.began_ns),
            "ended": None if counter.ended_ns is None else utc_time(counter.ended_ns),
            "licence": description.licence.url,
        },
    }
    links = {
        "Thing": [counter.camera],
        "Sensor": [counter.camera],
        "ObservedProperty": [group_key(channel.group)],
        "Observations": [],
    }
    return Entity("Datastreams", channel.id, properties, links)
