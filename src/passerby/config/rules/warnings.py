"""Warnings about a site file: what is allowed but probably not meant, or has no effect, or weakens what is measured."""

from collections.abc import Iterator
from itertools import combinations
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import shapely

from passerby.config.rules.recipient_words import recipient_warnings
from passerby.config.site import Site
from passerby.domain.layout import GroundPlane, Layout, Line, Zone
from passerby.domain.road_user import RoadUser
from passerby.geometry.ground import extrapolation, ground_jacobians

PERSON_HEIGHT_M = 1.7
DETECTOR_WIDTH_PX = 416
"""Width at which the shipped detector sees a whole frame."""
MIN_PERSON_PX = 16
"""Below this height, at the detector's width, a person is one or two of its 8 px cells and is often missed."""
HIGH_IN_PICTURE = 0.12
"""Without a calibration: above this share of the height a street view shows people very small, or the sky."""
EDGE = 0.015
"""Feet nearer to the picture's edge than this are cut off: 9 px of 576, a walking step of a far person."""
SHORT = 0.04
FAR_OUTSIDE = 0.25
"""Share of the calibrated area's own size from which extrapolated positions are worth a warning."""
STEEP = 0.87
"""Sine of 60 degrees: seen more steeply, a box's lower edge is no longer where a person stands."""
_AS_TALL = frozenset({RoadUser.PEDESTRIAN, RoadUser.BICYCLE})
"""Who is as tall as a person, upright or riding; a line that counts others only is not judged by a person's height."""
ASPECT_RATIOS = (4 / 3, 16 / 9)
"""The site file does not hold the picture's shape; a view counts as steep when it is with both."""


def site_warnings(site: Site) -> tuple[str, ...]:
    """Returns what of the site as a whole has no effect, and which passwords are sent in clear."""
    found = [
        f"cameras.{name}.source.basic_without_tls: where the camera demands it, its password is sent in clear, and "
        "everyone on the way can read it. Set the camera to Digest or to TLS, and take the key away"
        for name, camera in site.cameras.items()
        if camera.source is not None and camera.source.basic_without_tls and not camera.source.encrypted
    ]
    if "inside_s" in site.intervals.model_fields_set:
        found.append(
            "intervals.inside_s has no effect: whole minutes are measured and kept, whatever it is. Take the key away"
        )
    used = {name for camera in site.cameras.values() for rule in camera.rules.values() for name in rule.profiles}
    idle = [name for name in site.profiles if name not in used]
    found += [f"profiles.{name}: no rule is of this profile, so it switches nothing" for name in idle]
    if site.fleet is None or not site.fleet.ray:
        found += [
            f"cameras.{name}.pool has no effect: it says where a Ray cluster places it, and `fleet.ray` names none"
            for name, camera in site.cameras.items()
            if camera.pool
        ]
    return (*found, *recipient_warnings(site))


def own_passwords(site: Site) -> frozenset[str]:
    """Returns the cameras whose password is in the file, or in the environment that it names."""
    sources = {name: camera.source for name, camera in site.cameras.items()}
    return frozenset(name for name, keys in sources.items() if keys and (keys.password or keys.password_from))


def plain_secrets(site: Site) -> tuple[str, ...]:
    """Returns the keys whose value in the file is a secret, which everyone has who reads the file or a copy of it."""
    sources = {name: camera.source for name, camera in site.cameras.items()}
    found = [f"cameras.{name}.source.password" for name, keys in sources.items() if keys and keys.password]
    url = None if site.store is None or site.store.url is None else urlsplit(site.store.url)
    if url is not None and (url.password or "password" in url.query):
        found.append("store.url")
    return tuple(found)


def layout_warnings(layout: Layout) -> tuple[str, ...]:
    """Returns what of one camera's layout is probably not meant."""
    found: list[str] = []
    if not layout.lines and not layout.zones:
        found.append("there is nothing to measure: no line and no zone")
    for line in layout.lines:
        found += _line_warnings(line, layout.ground)
    for zone in layout.zones:
        found += _outside_ground(f"zone {zone.name}", zone.points, layout.ground)
    for one, two in combinations(layout.zones, 2):
        found += _overlap(one, two)
    counted = frozenset().union(
        *(shape.road_users for shape in layout.lines), *(zone.road_users for zone in layout.zones)
    )
    if layout.ground is not None and counted & _AS_TALL:
        found += _steepness(layout.ground)
    return tuple(found)


def _line_warnings(line: Line, ground: GroundPlane | None) -> Iterator[str]:
    name = f"line {line.name}"
    if line.forward_name == line.backward_name:
        yield f"{name}: both ways are called {line.forward_name}; its two counts cannot be distinguished"
    if float(np.linalg.norm(line.points[1] - line.points[0])) < SHORT:
        yield f"{name}: it is very short; road users that pass beside its ends are not counted"
    for axis, low, high in ((0, "left", "right"), (1, "upper", "lower")):
        if (line.points[:, axis] < EDGE).all() or (line.points[:, axis] > 1 - EDGE).all():
            side = low if line.points[0, axis] < EDGE else high
            yield f"{name}: it lies on the picture's {side} edge, where no road user is seen on both sides of it"
    yield from _outside_ground(name, line.points, ground)
    if line.road_users & _AS_TALL:
        yield from _small_people(name, line, ground)


def _outside_ground(name: str, points: npt.NDArray[np.float32], ground: GroundPlane | None) -> Iterator[str]:
    if ground is None:
        return
    _, on_ground = ground_jacobians(ground, points)
    if not on_ground.all():
        yield f"{name}: a part of it lies at or above the ground's horizon; nothing is measured in metres there"
    elif (extrapolation(ground, points) > FAR_OUTSIDE).any():
        yield f"{name}: a part of it lies well outside the calibrated points; metres and speeds there are extrapolated"


def _small_people(name: str, line: Line, ground: GroundPlane | None) -> Iterator[str]:
    if ground is None:
        if (line.points[:, 1] < HIGH_IN_PICTURE).all():
            yield (
                f"{name}: it lies in the top of the picture, where people are mostly only a few pixels high; "
                "add a look_closer polygon there"
            )
        return
    heights_px = _person_heights_px(ground, line.points)
    if 0 < heights_px.min() < MIN_PERSON_PX:
        yield (
            f"{name}: people there are about {heights_px.min():.0f} px high where the detector sees the whole frame "
            f"{DETECTOR_WIDTH_PX} px wide ({MIN_PERSON_PX} or more are found well); add a look_closer polygon there"
        )


def _person_heights_px(ground: GroundPlane, points: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """float64 (N,): the height of an upright person, from how many metres a pixel across is; 0 where unknown."""
    slopes, on_ground = ground_jacobians(ground, points)
    metres_across = np.linalg.norm(slopes[:, :, 0], axis=1)
    safe = np.where(on_ground & (metres_across > 0), metres_across, np.inf)
    return np.asarray(PERSON_HEIGHT_M / safe * DETECTOR_WIDTH_PX, np.float64)


def _overlap(one: Zone, two: Zone) -> Iterator[str]:
    first, second = shapely.Polygon(one.points), shapely.Polygon(two.points)
    share = first.intersection(second).area / min(first.area, second.area)
    if share > 0.01:
        yield (
            f"zones {one.name} and {two.name}: they overlap ({share:.0%} of the smaller one); who is in both counts in "
            "both, so do not add them up"
        )


def _steepness(ground: GroundPlane) -> Iterator[str]:
    """Across the view a metre keeps its length, along it is shortened by the sine of the camera's tilt."""
    middle = ground.hull.mean(axis=0, keepdims=True)
    slopes, on_ground = ground_jacobians(ground, middle)
    across, along = np.linalg.norm(slopes[0, :, 0]), np.linalg.norm(slopes[0, :, 1])
    if not on_ground.all() or along <= 0:
        return
    if all(across / along / aspect > STEEP for aspect in ASPECT_RATIOS):
        yield (
            "the camera looks down steeply: the lower edge of a box is then beside the feet, so lines and zones are "
            "met up to half a person's height too early or too late"
        )
