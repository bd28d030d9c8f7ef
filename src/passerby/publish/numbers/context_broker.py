"""Published numbers as entities on an NGSI-LD context broker (ETSI GS CIM 009, batch entity creation or update)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import httpx

from passerby.domain.publish_plan import ContextBrokerPlan
from passerby.publish.numbers.channel import CounterBin
from passerby.publish.numbers.https import Request
from passerby.publish.open_data.description import OpenDataDescription
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.trust import cleaned
from passerby.publish.standards.ngsi_ld import Entity, context, entities, normalised

PATH: Final = "/ngsi-ld/v1/entityOperations/upsert"
ENTITIES_AT_ONCE: Final = 200
"""Some 200 kB: brokers take a megabyte or a thousand entities at least."""

MEDIA_TYPE: Final = "application/ld+json"


class ContextBrokerForm:
    """Each entity is replaced as a whole, so that a number that is withheld leaves no older one behind; see `Form`.

    `options=update` would keep attributes that the new entity does not have.

    Args:
        plan: the broker.
        description: the places, and who publishes under which licence.
    """

    def __init__(self, plan: ContextBrokerPlan, description: OpenDataDescription) -> None:
        self._plan, self._description = plan, description
        self._counters: dict[str, str] = {}

    @property
    def url(self) -> str:
        """See `Form`."""
        return self._plan.server.url.rstrip("/") + PATH + ("?options=keyValues" if self._plan.key_values else "")

    @property
    def headers(self) -> Mapping[str, str]:
        """See `Form`."""
        found = {"Content-Type": MEDIA_TYPE, "Accept": "application/json"}
        if self._plan.tenant:
            found["NGSILD-Tenant"] = self._plan.tenant
        if self._plan.server.secret:
            token = self._plan.server.secret
            found |= {"Authorization": f"Bearer {token}"} if self._plan.bearer else {"X-Auth-Token": token}
        return found

    def requests(self, bins: Sequence[CounterBin]) -> Iterator[Request]:
        """See `Form`; no request has an entity twice, as brokers differ in which one they keep.

        Raises:
            DeliveryError: a camera has no place, without which there is no entity.
        """
        self._counters = {}
        batch: dict[str, Entity] = {}
        for one in bins:
            if one.counter.camera not in self._description.sites:
                why = f"the register says no place of the camera {one.counter.camera}, which entities need"
                raise DeliveryError(why, retry=True)
            made = {each["id"]: each for each in entities(self._description, [one.counter], one.numbers)}
            if batch and (len(batch) + len(made) > ENTITIES_AT_ONCE or batch.keys() & made.keys()):
                yield self._request(batch)
                batch = {}
            batch |= made
            self._counters |= dict.fromkeys(made, one.counter.id)
        if batch:
            yield self._request(batch)

    def refused(self, answer: httpx.Response) -> Mapping[str, str]:
        """See `Form`: status 207 names the entities that failed."""
        if answer.status_code != HTTPStatus.MULTI_STATUS:
            return {}
        found: dict[str, str] = {}
        errors = _object(answer).get("errors")
        for error in errors if isinstance(errors, list) else ():
            entity = str(error.get("entityId", "")) if isinstance(error, dict) else ""
            if entity not in self._counters:
                raise DeliveryError("the broker took some entities and does not say which it refuses", retry=True)
            found.setdefault(self._counters[entity], f"{entity}: {_problem(error.get('error'))}")
        if not found:
            raise DeliveryError("the broker took some entities and does not say which it refuses", retry=True)
        return found

    def why(self, answer: httpx.Response) -> str:
        """See `Form`."""
        return _problem(_object(answer))

    def _request(self, batch: Mapping[str, Entity]) -> Request:
        shaped = batch.values() if self._plan.key_values else map(normalised, batch.values())
        named = context(self._description)
        body = json.dumps([{**each, "@context": named} for each in shaped], ensure_ascii=False, allow_nan=False)
        return Request(body.encode(), {})


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = json.loads(answer.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _problem(problem: object) -> str:
    """A problem's title and detail (RFC 7807), or as much of it as is a text."""
    found = problem if isinstance(problem, dict) else {"title": problem}
    return cleaned(": ".join(text for key in ("title", "detail") if isinstance(text := found.get(key), str) and text))
