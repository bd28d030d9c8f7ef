"""A strict stand-in for an NGSI-LD broker: it checks each entity by its model's schema, and keeps the newest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from testing.servers.webhook_receiver import Received, answer

PATH = "/ngsi-ld/v1/entityOperations/upsert"


class ContextBroker:
    """Takes entities as ETSI GS CIM 009 has it: each is replaced as a whole; those that are wrong are named in a 207.

    Args:
        schemas: the folder of the models' schemas.

    Attributes:
        kept: the newest of each entity, as key-values without its context.
        refuses: parts of ids of entities that it refuses.
        requests: how many entities each request had.
    """

    def __init__(self, schemas: Path) -> None:
        self._schemas = schemas
        common = json.loads((schemas / "fiware-common-schema.json").read_text(encoding="utf-8"))
        self._registry = Registry().with_resource(common["$id"], Resource.from_contents(common))
        self.kept: dict[str, dict[str, Any]] = {}
        self.refuses: set[str] = set()
        self.requests: list[int] = []

    def take(self, request: Received) -> bytes:
        """The answer to a request."""
        method, _, target = request.target.partition(" ")
        parts = urlsplit(target)
        if (method, parts.path) != ("POST", PATH):
            return answer(404)
        if request.headers.get("content-type") != "application/ld+json":
            return answer(415)
        sent = json.loads(request.body)
        if len({entity["id"] for entity in sent}) != len(sent):
            return answer(400, body=json.dumps({"title": "Bad request", "detail": "an entity twice"}).encode())
        key_values = parse_qs(parts.query).get("options") == ["keyValues"]
        self.requests.append(len(sent))
        taken: list[str] = []
        created: list[str] = []
        errors = []
        for entity in sent:
            plain = entity if key_values else _simplified(entity)
            wrong = self._wrong(plain)
            if wrong:
                errors.append({"entityId": entity["id"], "error": {"title": "Invalid entity", "detail": wrong}})
                continue
            (taken if entity["id"] in self.kept else created).append(entity["id"])
            self.kept[entity["id"]] = {key: value for key, value in plain.items() if key != "@context"}
        if errors:
            body = json.dumps({"success": taken + created, "errors": errors})
            return answer(207, "Content-Type: application/json", body=body.encode())
        return answer(201, body=json.dumps(created).encode()) if created else answer(204)

    def _wrong(self, entity: Mapping[str, Any]) -> str:
        if any(part in entity["id"] for part in self.refuses):
            return "refused here"
        if not isinstance(entity.get("@context"), list):
            return "no @context"
        path = self._schemas / f"fiware-{entity['type']}.schema.json"
        check = Draft202012Validator(
            json.loads(path.read_text(encoding="utf-8")),
            registry=self._registry,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        plain = {key: value for key, value in entity.items() if key != "@context"}
        return "; ".join(error.message for error in check.iter_errors(plain))


def _simplified(entity: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, given in entity.items():
        if key in {"id", "type", "@context"}:
            made[key] = given
            continue
        assert given["type"] == ("GeoProperty" if key == "location" else "Property"), key
        value = given["value"]
        assert value is not None, key
        made[key] = value["@value"] if isinstance(value, dict) and "@value" in value else value
    return made
