"""The API's own description: OpenAPI 3.1, with the session and the problems that FastAPI does not know of."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from passerby.web.problems import MEDIA_TYPE, Problem, documented
from passerby.web.reference.examples import add_examples
from passerby.web.routes.events.event_news import ClosedEvents, SwitchedProfiles
from passerby.web.routes.events.place_events import PlaceEventRow
from passerby.web.routes.live.overview import ChangedCameras
from passerby.web.routes.live.stream import Values

SENT = (Problem, Values, PlaceEventRow, ClosedEvents, SwitchedProfiles, ChangedCameras)
"""What FastAPI does not know of: problems, and the data of events of `GET /api/v1/live`."""

DESCRIPTION = """How the site's squares and streets are used, measured without knowing who anybody is.

Times are RFC 3339 in the site's time zone. Every number carries `coverage`, the share of its interval that was really
watched, and `reliable`. What is not known is null, never zero. Errors are problem details (RFC 9457)."""

TAGS = [
    {"name": "cameras", "description": "The cameras, what is measured with them, and how they are doing."},
    {"name": "observations", "description": "What was measured, with the share of the time that was watched."},
    {
        "name": "validations",
        "description": "What people counted by hand at a line, and what it says about the line's counts.",
    },
    {
        "name": "live",
        "description": "The day so far as events, and the live view (a WebSocket, described in the reference).",
    },
    {"name": "events", "description": "What is dangerous at a place, why, and what people decided about it."},
    {"name": "health", "description": "How the cameras are doing."},
    {"name": "configuration", "description": "The site file and its history."},
    {"name": "audit", "description": "The audit log: its tree for all, its entries for auditors."},
    {"name": "people", "description": "Accounts, grants, tokens, and what you log in with."},
    {"name": "operation", "description": "For operators."},
    {"name": "register", "description": "The public register; needs no session."},
    {"name": "page", "description": "The first page, and the way in."},
]


def described(app: FastAPI, cookie: str) -> dict[str, Any]:
    """The description.

    Args:
        app: the whole application.
        cookie: name of the session's cookie.
    """
    api = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=TAGS,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    _, extra = models_json_schema(
        [(model, "serialization") for model in SENT], ref_template="#/components/schemas/{model}"
    )
    components = api.setdefault("components", {})
    components.setdefault("schemas", {}).update(extra["$defs"])
    components["securitySchemes"] = {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "The cookie that the one-time link is changed into.",
        }
    }
    api["security"] = [{"session": []}]
    for operation in _operations(api):
        # Of parameters that there are not: `parameters.check_parameters`.
        operation["responses"].setdefault("422", _problem(HTTPStatus.UNPROCESSABLE_ENTITY))
        for status, answer in operation["responses"].items():
            # FastAPI writes every model under JSON's own media type.
            if int(status) >= HTTPStatus.BAD_REQUEST and "application/json" in answer["content"]:
                answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
    for parameter in api["paths"]["/api/v1/configuration"]["put"]["parameters"]:
        # Optional to FastAPI only, so that its lack is answered with a status of its own.
        parameter["required"] = True
    add_examples(api)
    return api


def _operations(api: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in api["paths"].values():
        yield from methods.values()


def _problem(status: HTTPStatus) -> dict[str, Any]:
    return documented(status)[status]
