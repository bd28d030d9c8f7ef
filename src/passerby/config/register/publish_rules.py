"""What publishing demands of the rest of the file: counters that there are, no two nearly alike, known recipients."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from shapely import LineString, Polygon

from passerby.config.document import Document, keys_in
from passerby.config.events.recipient_keys import MQTT_TLS_PORT
from passerby.config.events.server_faults import server_faults
from passerby.config.register.https_outlets import https_faults
from passerby.config.register.number_outlets import OWN_TOPIC, WAYS
from passerby.config.validation import Fault, Loc, dotted, excerpt, shown, suggestion
from passerby.domain.published import OUTSIDE
from passerby.text import in_nfc

NEAR: Final = 0.05
"""Two lines, or a line and a zone's edge, are near where they are no farther apart; as a share of the picture."""

SHARED: Final = 0.8
"""Two lines are nearly the same where so much of each is near the other, a line and a zone where so much of the line is
near the zone's edge, two zones where they share so much of the area that both cover together."""

LocatedFaults = Iterator[tuple[Loc, str]]


def publish_faults(document: Document) -> list[Fault]:
    """Returns the faults of `publish` that concern other keys."""
    top = keys_in(document.value)
    if "publish" not in top:
        return []
    publish, cameras = keys_in(top["publish"]), keys_in(top.get("cameras"))
    counters = [keys_in(one) for one in _listed(publish.get("counters"))]
    found = [
        *_audience_faults(publish),
        *_counter_faults(counters, cameras),
        *_recipient_faults(publish, counters, top),
        *_outlet_faults(publish),
        *_place_faults(publish, counters, top),
        *_near_faults(counters, cameras),
    ]
    return [Fault(document.line(loc), dotted(loc), why) for loc, why in found]


def _audience_faults(publish: Mapping[str, object]) -> LocatedFaults:
    if "audiences" in publish and not any(keys_in(publish["audiences"]).values()):
        yield (
            ("publish", "audiences"),
            "nobody is named, so nothing is published: name public, partner or both, or take publish out",
        )


def _counter_faults(counters: Sequence[Mapping[str, object]], cameras: Mapping[str, object]) -> LocatedFaults:
    seen: dict[tuple[object, str], int] = {}
    for number, counter in enumerate(counters):
        loc = ("publish", "counters", number)
        kinds = [kind for kind in ("line", "zone") if kind in counter]
        if len(kinds) != 1:
            yield loc, "a counter is exactly one line or one zone: give `line` or `zone`"
            continue
        camera, kind = counter.get("camera"), kinds[0]
        if camera not in cameras:
            yield (*loc, "camera"), f"{shown(camera)} is no camera of this site. {suggestion(str(camera), cameras)}"
            continue
        places = keys_in(keys_in(cameras[str(camera)]).get(f"{kind}s"))
        name = counter[kind]
        if name not in places:
            hint = suggestion(str(name), places) if places else f"It has no {kind}s."
            yield (*loc, kind), f"{shown(name)} is no {kind} of the camera {excerpt(str(camera))}. {hint}"
        elif (camera, str(name)) in seen:
            yield loc, f"it is published already, by counter {seen[camera, str(name)] + 1} of this list: take one away"
        else:
            seen[camera, str(name)] = number


def _recipient_faults(
    publish: Mapping[str, object], counters: Sequence[Mapping[str, object]], top: Mapping[str, object]
) -> LocatedFaults:
    """The public register of a camera names all who get its numbers."""
    cameras = keys_in(top.get("cameras"))
    published = dict.fromkeys(str(one["camera"]) for one in counters if one.get("camera") in cameras)
    named = [(group, name, keys_in(keys).get("recipient"))
             for group in ("audiences", "outlets") for name, keys in keys_in(publish.get(group)).items()]  # fmt: skip
    for group, who, recipient in named:
        if not isinstance(recipient, str):
            continue
        missing = [name for name in published if in_nfc(recipient) not in _named(cameras[name], top)]
        if missing:
            yield (
                ("publish", group, who, "recipient"),
                f"the register entry of {excerpt(missing[0])}{_and_more(missing)} does not name this recipient, so "
                f"nothing is published: add {excerpt(recipient)} to register.recipients, where the public reads it",
            )


def _outlet_faults(publish: Mapping[str, object]) -> LocatedFaults:
    """An outlet gets what its audience gets, one way, over TLS, and no two write over each other."""
    audiences = {name for name, keys in keys_in(publish.get("audiences")).items() if keys is not None}
    seen: dict[tuple[object, ...], str] = {}
    for name, value in keys_in(publish.get("outlets")).items():
        loc, keys = ("publish", "outlets", name), keys_in(value)
        audience, mqtt = keys.get("audience"), keys_in(keys.get("mqtt"))
        if audience in OUTSIDE and audience not in audiences:
            yield (
                (*loc, "audience"),
                f"nothing is published for the audience {audience}: name its recipient under publish.audiences",
            )
        ways = [each for each in WAYS if each in keys]
        if len(ways) != 1:
            yield loc, f"say how it is reached: exactly one of {', '.join(WAYS)} is needed, got {len(ways)}"
        yield from (((*loc, "mqtt", *where), why) for where, why in server_faults(mqtt))
        yield from (((*loc, *where), why) for where, why in https_faults(keys))
        for where, place, what in _places(keys):
            if place in seen:
                yield (
                    (*loc, where),
                    f"it has the broker and the {what} of {excerpt(seen[place])}, so each would write over what the "
                    f"other sends: give one of them another {what}",
                )
            seen.setdefault(place, str(name))


def _places(outlet: Mapping[str, object]) -> Iterator[tuple[str, tuple[object, ...], str]]:
    """Yields the key of a way whose server keeps the newest number alone, where it keeps it, and what sets that apart.

    Events and points in time carry the audience; entities and topics do not.
    """
    mqtt, broker = keys_in(outlet.get("mqtt")), keys_in(outlet.get("ngsi_ld"))
    if "host" in mqtt:
        defaults = (("host", ""), ("port", MQTT_TLS_PORT), ("topic", OWN_TOPIC))
        yield "mqtt", ("mqtt", *(str(mqtt.get(key, default)).lower() for key, default in defaults)), "topic"
    if "url" in broker:
        url = str(broker["url"]).rstrip("/").lower()
        yield "ngsi_ld", ("ngsi_ld", url, str(broker.get("tenant", ""))), "tenant"


def _place_faults(
    publish: Mapping[str, object], counters: Sequence[Mapping[str, object]], top: Mapping[str, object]
) -> LocatedFaults:
    """A context broker needs the place of each camera."""
    cameras = keys_in(top.get("cameras"))
    published = dict.fromkeys(str(one["camera"]) for one in counters if one.get("camera") in cameras)
    for name, keys in keys_in(publish.get("outlets")).items():
        missing = [
            each
            for each in published
            if "position" not in keys_in(keys_in(keys_in(cameras[each]).get("register")).get("place"))
        ]
        if "ngsi_ld" in keys_in(keys) and missing:
            yield (
                ("publish", "outlets", name, "ngsi_ld"),
                f"the register says no place of {excerpt(missing[0])}{_and_more(missing)}, which entities need: give "
                f"cameras.{excerpt(missing[0])}.register.place.position",
            )


def _and_more(missing: Sequence[str]) -> str:
    return f" (and of {len(missing) - 1} more)" if len(missing) > 1 else ""


def _named(camera: object, top: Mapping[str, object]) -> set[str]:
    """The recipients that a camera's register names, in all languages; the site's where it has none of its own."""
    own = keys_in(keys_in(camera).get("register"))
    listed = own["recipients"] if "recipients" in own else keys_in(top.get("register")).get("recipients")
    found: set[str] = set()
    for each in _listed(listed):
        texts = [each] if isinstance(each, str) else list(keys_in(each).values())
        found |= {in_nfc(text) for text in texts if isinstance(text, str)}
    return found


def _near_faults(counters: Sequence[Mapping[str, object]], cameras: Mapping[str, object]) -> LocatedFaults:
    """Two nearly equal counters of one camera would show who passes where only one of them counts."""
    of_camera: dict[str, list[tuple[int, str, str, Any]]] = {}
    for number, counter in enumerate(counters):
        camera = str(counter.get("camera"))
        for kind in ("line", "zone"):
            places = keys_in(keys_in(cameras.get(camera)).get(f"{kind}s"))
            name = counter.get(kind)
            outline = _outline(kind, keys_in(places.get(str(name))).get("points"))
            if outline is not None:
                of_camera.setdefault(camera, []).append((number, kind, str(name), outline))
    for outlines in of_camera.values():
        for (_, *first, one), (number, *second, other) in combinations(outlines, 2):
            if first != second and _near(one, other):
                yield (
                    ("publish", "counters", number, second[0]),
                    f"it is nearly the same as {' '.join([*first[:-1], excerpt(first[-1])])}, which is published too: "
                    "their difference would show the few who pass one of them only. Publish one, or draw them farther "
                    "apart",
                )


def _outline(kind: str, points: object) -> LineString | Polygon | None:
    corners = [_point(each) for each in _listed(points)]
    if None in corners or len(corners) < (2 if kind == "line" else 3):
        return None  # a fault of the camera, which is said there
    outline = LineString(corners) if kind == "line" else Polygon(corners)
    return outline if outline.is_valid and not outline.is_empty else None


def _point(value: object) -> tuple[float, float] | None:
    numbers = [float(one) for one in _listed(value) if isinstance(one, (int, float)) and not isinstance(one, bool)]
    return (numbers[0], numbers[1]) if len(numbers) == 2 and all(abs(one) < 1e6 for one in numbers) else None


def _near(one: LineString | Polygon, other: LineString | Polygon) -> bool:
    if isinstance(one, Polygon) and isinstance(other, Polygon):
        both = one.union(other).area
        return both > 0 and bool(one.intersection(other).area / both >= SHARED)
    if isinstance(one, LineString) and isinstance(other, LineString):
        return min(_share_near(one, other), _share_near(other, one)) >= SHARED
    line, zone = (one, other) if isinstance(other, Polygon) else (other, one)
    return _share_near(line, zone.boundary) >= SHARED


def _share_near(line: Any, edge: Any) -> float:
    return float(line.intersection(edge.buffer(NEAR)).length / line.length) if line.length else 0.0


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, (tuple, list)) else ()
