"""The reference of the API as one page for people, made from its description; it needs no script."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from passerby.domain.access import Permission
from passerby.markup import Markup, element, joined
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.markup import page
from passerby.web.permissions import needs, needs_of
from passerby.web.reference.curl import curl_of

Operation = dict[str, Any]

_CODE = re.compile(r"`([^`]+)`")


router = APIRouter(tags=["page"])


@router.get("/api", dependencies=[needs(Permission.SEE_OWN)], include_in_schema=False)
async def reference(hub: HubHere, request: Request) -> Response:
    """The reference of the API, for people."""
    # In a thread: it is made of the whole description.
    return await asyncio.to_thread(_reference, hub, request.app)


def _reference(hub: Hub, app: FastAPI) -> Response:
    needed = {f"{method} {path.replace(':path', '')}": declared.words for method, path, declared in needs_of(app)}
    parts = reference_page(app.openapi(), hub.plan.server.origin, needed)
    return page("The HTTP API", *parts, site=hub.plan.name)


def reference_page(api: dict[str, Any], origin: str, needed: Mapping[str, str]) -> list[Markup]:
    """Returns what stands on the page below its heading.

    Args:
        api: the description, with examples.
        origin: scheme, host and port of the service, for the lines of curl.
        needed: `GET /api/v1/cameras` -> the permission that it needs, in words.
    """
    groups = [(tag, _operations_of(api, tag["name"])) for tag in api["tags"]]
    parts = [
        *(_prose(part) for part in api["info"]["description"].split("\n\n")),
        element(
            "p",
            "For programs: ",
            element("a", "GET /openapi.json", href="/openapi.json"),
            " (OpenAPI 3.1). Every list has the keys ", element("code", "rows"), " and ", element("code", "after"),
            "; HEAD works wherever GET does; a parameter that an address does not have is refused.",
        ),
        _contents(groups),
    ]  # fmt: skip
    for tag, operations in groups:
        parts.append(element("h2", tag["name"].capitalize(), id=f"group-{tag['name']}"))
        parts.append(_prose(tag["description"]))
        parts += [_operation(origin, needed, *each) for each in operations]
    parts.append(element("h2", "Shapes", id="shapes"))
    parts.append(element("p", "What bodies and answers are made of."))
    parts += [_shape(name, schema) for name, schema in sorted(api["components"]["schemas"].items())]
    return parts


def _operations_of(api: dict[str, Any], tag: str) -> list[tuple[str, str, Operation]]:
    return [
        (method, path, operation)
        for path, methods in api["paths"].items()
        for method, operation in methods.items()
        if operation["tags"][0] == tag
    ]


def _contents(groups: list[tuple[dict[str, Any], list[tuple[str, str, Operation]]]]) -> Markup:
    lists = []
    for tag, operations in groups:
        links = [
            element("li", element("a", _address(method, path), href=f"#{operation['operationId']}"))
            for method, path, operation in operations
        ]
        # Not within the summary, which is to be pressed itself.
        top = element("li", element("a", tag["description"], href=f"#group-{tag['name']}"))
        summary = element("summary", f"{tag['name'].capitalize()} ({len(links)})")
        lists.append(element("details", summary, element("ul", top, *links)))
    shapes = element("p", element("a", "Shapes", href="#shapes"))
    return element("nav", *lists, shapes, aria_label="Addresses", class_="contents")


def _operation(origin: str, needed: Mapping[str, str], method: str, path: str, operation: Operation) -> Markup:
    address = f"{method.upper()} {path}"
    parts = [
        element("h3", _address(method, path), id=operation["operationId"]),
        *(_prose(part) for part in operation["description"].split("\n\n")),
        element("p", f"Needs {needed.get(address, 'nothing')}.", class_="note"),
        _parameters(operation),
    ]
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if sent is not None:
        parts.append(element("p", "Takes ", _type(sent["schema"]), "."))
    parts.append(_block(curl_of(origin, method, path, operation)))
    parts.append(_answers(operation))
    return element("section", *parts)


def _address(method: str, path: str) -> Markup:
    return joined(element("code", method.upper(), class_="method"), " ", element("code", path))


def _parameters(operation: Operation) -> Markup | None:
    rows = [
        (
            element("code", parameter["name"]),
            joined("needed, " if parameter.get("required") else "", _type(parameter["schema"])),
            _words(parameter.get("description") or parameter["schema"].get("description", "")),
        )
        for parameter in operation.get("parameters", ())
    ]
    return _table("Parameters", ("name", "kind", "meaning"), rows) if rows else None


def _answers(operation: Operation) -> Markup:
    parts = []
    for status, answer in operation["responses"].items():
        if status.startswith(("2", "3")):
            kinds = answer.get("content", {})
            schemas = [content["schema"] for kind, content in kinds.items() if kind == "application/json"]
            what = joined(": ", _type(schemas[0])) if schemas and schemas[0] else None
            parts.append(element("p", "Answers ", element("code", status), what, "."))
            parts += [_example(kind, content["example"]) for kind, content in kinds.items() if "example" in content]
    refused = ", ".join(status for status in operation["responses"] if int(status) >= 400)
    return joined(*parts, element("p", f"Refuses with {refused}.", class_="note") if refused else None)


def _example(kind: str, example: Any) -> Markup:
    text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
    return element("details", element("summary", "An answer as ", element("code", kind)), _block(text))


def _block(text: str) -> Markup:
    # It can be wider than a phone: then it has to be reached by keyboard to be moved.
    return element("pre", element("code", text), tabindex=0)


def _shape(name: str, schema: dict[str, Any]) -> Markup:
    parts = [element("h3", name, id=f"shape-{name}"), _prose(schema.get("description", ""))]
    if "enum" in schema:
        parts.append(element("p", "One of ", _type(schema), "."))
    if schema.get("properties"):
        rows = [
            (element("code", key), _type(part), _words(part.get("description", "")))
            for key, part in schema["properties"].items()
        ]
        parts.append(_table(f"Keys of {name}", ("key", "kind", "meaning"), rows))
    return element("section", *parts)


def _table(caption: str, heads: tuple[str, ...], rows: Sequence[tuple[Markup, ...]]) -> Markup:
    head = element("thead", element("tr", *(element("th", word, scope="col") for word in heads)))
    body = element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows))
    table = element("table", element("caption", caption), head, body)
    return element("div", table, class_="wide", tabindex=0, role="group", aria_label=caption)


def _type(schema: dict[str, Any]) -> Markup:
    """Returns the kind of a value in words, with a link to its shape where it has one."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return element("a", name, href=f"#shape-{name}")
    if "anyOf" in schema:
        return _listed([_type(part) for part in schema["anyOf"]])
    if "const" in schema:
        return element("code", str(schema["const"]))
    if "enum" in schema:
        return _listed([element("code", str(word)) for word in schema["enum"]])
    if schema.get("type") == "array":
        return joined("list of ", _type(schema.get("items", {})))
    return joined(_KINDS.get(schema.get("type", ""), "anything"), _limits(schema))


_KINDS = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null",
    "object": "object",
}  # fmt: skip


def _limits(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f" from {low:g}" if low is not None else ""


def _listed(parts: Sequence[Markup]) -> Markup:
    return joined(*(joined(", " if number else "", part) for number, part in enumerate(parts)))


def _prose(text: str) -> Markup:
    return element("p", _words(" ".join(text.split())))


def _words(text: str) -> Markup:
    """Returns a description, what stands in backquotes as code."""
    return joined(*(element("code", part) if number % 2 else part for number, part in enumerate(_CODE.split(text))))
