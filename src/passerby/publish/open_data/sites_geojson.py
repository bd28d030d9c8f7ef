"""Where counters are, as GeoJSON (RFC 7946): one point a counter, at its camera."""

from collections.abc import Sequence
from typing import Any

from passerby.domain.published import PublishedCounter
from passerby.publish.open_data.channels import channels
from passerby.publish.open_data.description import OpenDataDescription
from passerby.text import utc_time


def sites_geojson(description: OpenDataDescription, counters: Sequence[PublishedCounter]) -> dict[str, Any]:
    """Returns the counters at their cameras' places; those at a camera without a place are left out.

    Licence and source are foreign members, which RFC 7946 (6.1) allows.
    """
    return {
        "type": "FeatureCollection",
        "license": description.licence.identifier,
        "source": description.page,
        "features": [_feature(description, counter) for counter in counters if counter.camera in description.sites],
    }


def _feature(description: OpenDataDescription, counter: PublishedCounter) -> dict[str, Any]:
    site = description.sites[counter.camera]
    return {
        "type": "Feature",
        "id": counter.id,
        "geometry": {"type": "Point", "coordinates": [round(site.longitude, 6), round(site.latitude, 6)]},
        "properties": {
            "site": site.id,
            "site_name": site.title,
            "place": counter.place,
            "kind": counter.kind.value,
            "class_groups": [group.value for group in counter.groups],
            "ways": {way.value: name for way, name in zip(counter.ways, counter.way_names, strict=True)},
            "bin_s": counter.bin_s,
            "began": utc_time(counter.began_ns),
            "ended": None if counter.ended_ns is None else utc_time(counter.ended_ns),
            "channels": [channel.id for channel in channels([counter])],
        },
    }
