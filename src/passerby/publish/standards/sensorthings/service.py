"""Answers requests of SensorThings: a path and options in, JSON out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from passerby.domain.published import Audience, PublishedCounter
from passerby.ports.published import PublishedNumbers
from passerby.publish.open_data.channels import Channel
from passerby.publish.open_data.description import OpenDataDescription
from passerby.publish.standards.sensorthings.errors import NotFoundError, WrongRequestError
from passerby.publish.standards.sensorthings.model import ONE, ROOT, SETS, Entity, Model, model_of
from passerby.publish.standards.sensorthings.observations import Observations, known_id
from passerby.publish.standards.sensorthings.options import Options, options_of

CONFORMANCE: Final = (
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/resource-path/resource-path-to-entities",
)
"""What is claimed, since tests show it. Of `request-data`, functions and arithmetic in $filter are missing."""

MAX_EXPANDED: Final = 25
"""Entities of a page whose observations are expanded: each asks the store."""

_SEGMENT: Final = re.compile(r"([A-Za-z]+)(?:\('((?:[^']|'')*)'\))?|(\$ref|\$value)")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a path has led to: a set (with the ids in it, None for all), one entity, or a property of one."""

    kind: str
    ids: Sequence[str] | None = None
    entity: Entity | None = None
    channels: Sequence[Channel] = ()
    value: tuple[str, Any] | None = None


class SensorThings:
    """The read side.

    Args:
        description: the places, and who publishes.
        counters: whose numbers are served.
        numbers: the port.
        audience: for whom.
        now_ns: UTC nanoseconds now.
    """

    def __init__(
        self,
        description: OpenDataDescription,
        counters: Sequence[PublishedCounter],
        numbers: PublishedNumbers,
        audience: Audience,
        now_ns: int,
    ) -> None:
        self._root = f"{description.origin}{ROOT}"
        self._model: Model = model_of(description, counters)
        self._observations = Observations(numbers, audience, now_ns)

    async def answer(self, path: str, query: Mapping[str, str]) -> Any:
        """Returns the answer to a path below the root, as JSON content; a text for `$value`.

        Raises:
            NotFoundError: nothing is there.
            WrongRequestError: path or query are not understood.
        """
        segments = [part for part in path.split("/") if part]
        if not segments:
            return self._index()
        last = segments.pop() if segments[-1] in ("$ref", "$value") else ""
        place = await self._place(segments)
        if place.value is not None:
            name, value = place.value
            return str(value) if last == "$value" else {name: value}
        if last == "$value":
            raise WrongRequestError("$value: it follows a property")
        options = options_of(query)
        if place.entity is not None:
            return self._reference(place.entity) if last else await self._shown(place.entity, options)
        return await self._set(place, options, query, "/".join(segments), references=bool(last))

    def _index(self) -> dict[str, Any]:
        sets = [{"name": name, "url": f"{self._root}/{name}"} for name in SETS]
        return {"value": sets, "serverSettings": {"conformance": list(CONFORMANCE)}}

    async def _place(self, segments: Sequence[str]) -> _Place:
        place: _Place | None = None
        for segment in segments:
            match = _SEGMENT.fullmatch(segment)
            if match is None or match[3]:
                raise WrongRequestError(f"{segment[:40]}: a set or a link is needed, ids in quotes: Things('square')")
            place = await self._next(place, match[1], match[2])
        if place is None:
            raise NotFoundError("there is nothing of this path")
        return place

    async def _next(self, place: _Place | None, name: str, key: str | None) -> _Place:
        if place is None:
            if name not in SETS:
                raise NotFoundError(f"there is no set {name}; there are {', '.join(SETS)}")
            channels = tuple(self._model.channels.values()) if name == "Observations" else ()
            place = _Place(name, channels=channels)
        elif place.entity is None:
            raise WrongRequestError(f"{name}: it follows one entity, such as Things('square')/{name}")
        elif name in place.entity.properties and key is None:
            return replace(place, value=(name, place.entity.properties[name]))
        else:
            place = self._linked(place.entity, name)
        if key is None:
            return place if place.ids is None or name not in ONE else await self._of_set(place, place.ids[0])
        return await self._of_set(place, key.replace("''", "'"))

    def _linked(self, entity: Entity, name: str) -> _Place:
        """The set that a link of an entity leads to."""
        if name not in entity.links:
            raise NotFoundError(f"{entity.kind} have no {name}; they have {', '.join(entity.links)}")
        if name != "Observations":
            return _Place(ONE.get(name, name), entity.links[name])
        every = self._model.channels.values()
        if entity.kind == "Datastreams":
            return _Place(name, channels=(self._model.channels[entity.id],))
        return _Place(name, channels=tuple(each for each in every if each.counter.id == entity.id))

    async def _of_set(self, place: _Place, key: str) -> _Place:
        """One entity of a set.

        Raises:
            NotFoundError: it has no such one.
        """
        found: Entity | None = None
        if place.kind == "Observations":
            known = known_id(key, {channel.id: channel for channel in place.channels})
            found = None if known is None else await self._observations.one(*known)
        elif place.ids is None or key in place.ids:
            found = self._model.sets[place.kind].get(key)
        if found is None:
            raise NotFoundError(f"there is no {place.kind}('{key[:80]}') here")
        return _Place(place.kind, entity=found)

    async def _set(
        self, place: _Place, options: Options, query: Mapping[str, str], path: str, *, references: bool = False
    ) -> dict[str, Any]:
        if "Observations" in options.expand:
            options = replace(options, top=min(options.top, MAX_EXPANDED))
        found, after, count = await self._page(place, options)
        made: dict[str, Any] = {} if count is None else {"@iot.count": count}
        made["value"] = [self._reference(one) if references else await self._shown(one, options) for one in found]
        if after is not None:
            following = {**query, "$top": str(options.top), "$skip": str(after)}
            made["@iot.nextLink"] = f"{self._root}/{path}?{urlencode(following, quote_via=quote, safe='$,/()')}"
        return made

    async def _page(self, place: _Place, options: Options) -> tuple[Sequence[Entity], int | None, int | None]:
        """The entities of a page, how many to skip for the next one, and how many there are."""
        if place.kind == "Observations":
            page = await self._observations.page(place.channels, options)
            return page.found, page.after, page.count
        of_set = self._model.sets[place.kind]
        every = list(of_set.values()) if place.ids is None else [of_set[key] for key in place.ids]
        if options.filter is not None:
            every = [one for one in every if options.filter.holds({"@iot.id": one.id, "id": one.id, **one.properties})]
        for name, descending in reversed(options.order):
            every.sort(key=lambda one: _sort_key(one, name), reverse=descending)
        end = options.skip + options.top
        return every[options.skip : end], end if end < len(every) else None, len(every) if options.count else None

    async def _shown(self, entity: Entity, options: Options) -> dict[str, Any]:
        link = self._link(entity)
        chosen = options.select
        made: dict[str, Any] = {"@iot.id": entity.id, "@iot.selfLink": link}
        made |= {name: value for name, value in entity.properties.items() if not chosen or name in chosen}
        for name in entity.links:
            if name in options.expand:
                made |= await self._expanded(entity, name, options.expand[name])
            elif not chosen or name in chosen:
                made[f"{name}@iot.navigationLink"] = f"{link}/{name}"
        known = {"id", "@iot.id", *entity.properties, *entity.links}
        if unknown := [name for name in (*chosen, *options.expand) if name not in known]:
            raise WrongRequestError(f"{unknown[0][:40]}: {entity.kind} have none; they have {', '.join(sorted(known))}")
        return made

    async def _expanded(self, entity: Entity, name: str, options: Options) -> dict[str, Any]:
        place = self._linked(entity, name)
        if name in ONE and place.ids is not None:
            one = (await self._of_set(place, place.ids[0])).entity
            return {} if one is None else {name: await self._shown(one, options)}
        path = f"{entity.kind}('{quote(entity.id)}')/{name}"
        query = {"$orderby": ",".join(f"{key} {'desc' if down else 'asc'}" for key, down in options.order)}
        inner = await self._set(place, options, query if options.order else {}, path)
        beside = {f"{name}{key}": value for key, value in inner.items() if key != "value"}
        return {name: inner["value"], **beside}

    def _reference(self, entity: Entity) -> dict[str, str]:
        return {"@iot.selfLink": self._link(entity)}

    def _link(self, entity: Entity) -> str:
        key = entity.id.replace("'", "''")
        return f"{self._root}/{entity.kind}('{quote(key, safe=':')}')"


def _sort_key(entity: Entity, name: str) -> str:
    if name in ("id", "@iot.id"):
        return entity.id
    value = entity.properties.get(name)
    if value is None:
        raise WrongRequestError(f"$orderby: {entity.kind} have no {name[:40]}")
    return str(value)
