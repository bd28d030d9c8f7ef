"""The reference page names every address, parameter, key and error of the API, and no address that is not there."""

import re
from pathlib import Path
from typing import Any

import pytest

from passerby.web.app import ROUTERS
from passerby.web.permissions import needs_of
from testing.web.fakes import Service
from testing.web.serving import api_description

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
API = api_description()


def addresses() -> set[str]:
    return {f"{method} {path.replace(':path', '')}" for method, path, _ in needs_of(Service().app)}


def operations() -> list[dict[str, Any]]:
    return [operation for methods in API["paths"].values() for operation in methods.values()]


def test_every_address_is_reported_and_no_other() -> None:
    assert set(re.findall(r"^\| `((?:GET|PUT|POST|DELETE|WS) [^`]+)` \|", TEXT, re.MULTILINE)) == addresses()


def test_what_each_address_needs_is_reported() -> None:
    rows = dict(
        re.findall(
            r"^\| `((?:GET|PUT|POST|DELETE|WS) [^`]+)` \| (nothing|`[a-z_]+`(?: or `[a-z_]+`)*)", TEXT, re.MULTILINE
        )
    )
    needed = {
        f"{method} {path.replace(':path', '')}": " or ".join(f"`{each.value}`" for each in declared.permissions)
        for method, path, declared in needs_of(Service().app)
    }
    assert rows == {route: text.replace("`see_public`", "nothing") for route, text in needed.items()}


def test_every_websocket_is_known_here() -> None:
    sockets = {
        str(getattr(route, "path", ""))
        for router in ROUTERS
        for route in router.routes
        if not hasattr(route, "methods")
    }
    assert sockets == {"/api/v1/cameras/{camera}/view", "/api/v1/cameras/{camera}/tally"}


def test_every_parameter_is_reported() -> None:
    names = {parameter["name"] for operation in operations() for parameter in operation.get("parameters", [])}
    assert len(names) > 10
    assert [name for name in sorted(names) if f"`{name}`" not in TEXT and f"{{{name}}}" not in TEXT] == []


def test_every_key_is_reported() -> None:
    keys = {key for schema in API["components"]["schemas"].values() for key in schema.get("properties", {})}
    assert len(keys) > 40
    assert [key for key in sorted(keys) if f"`{key}`" not in TEXT and f'"{key}"' not in TEXT] == []


def test_every_word_of_a_choice_is_reported() -> None:
    words: set[str] = set()
    waiting: list[Any] = [API]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            words |= {word for word in part.get("enum", []) if isinstance(word, str)}
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    assert "defocused" in words
    assert [word for word in sorted(words) if f"`{word}`" not in TEXT] == []


def test_every_error_is_reported() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/passerby/web").rglob("*.py"))
    codes = set(re.findall(r'^ +"([a-z]+(?:-[a-z]+)+)",$', source, re.MULTILINE))
    codes |= set(re.findall(r'HTTPStatus\.\w+, "([a-z-]+)"', source)) | set(re.findall(r'status, "([a-z-]+)"', source))
    assert len(codes) > 12
    assert [code for code in sorted(codes) if f"`{code}`" not in TEXT] == []


def test_description_is_whole() -> None:
    assert API["openapi"].startswith("3.1")
    for operation in operations():
        assert operation["tags"]
        assert operation["summary"]
        assert operation["description"]
        assert all(response["description"] for response in operation["responses"].values())
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], operation["operationId"]
    assert "HTTPValidationError" not in API["components"]["schemas"]
    tags = {tag["name"] for tag in API["tags"]}
    assert {tag for operation in operations() for tag in operation["tags"]} == tags


@pytest.mark.parametrize("schema", sorted(API["components"]["schemas"]))
def test_every_shape_says_what_it_is(schema: str) -> None:
    shape = API["components"]["schemas"][schema]
    assert shape.get("description"), schema


def test_every_list_is_sent_in_the_same_keys() -> None:
    schemas = API["components"]["schemas"]
    answers = [
        content["schema"]
        for operation in operations()
        for status, response in operation["responses"].items()
        if status.startswith("2")
        for kind, content in response.get("content", {}).items()
        if kind == "application/json"
    ]
    assert [schema for schema in answers if schema.get("type") == "array"] == []
    named = [schemas[schema["$ref"].rpartition("/")[2]] for schema in answers if "$ref" in schema]
    lists = [schema for schema in named if "rows" in schema["properties"]]
    assert len(lists) > 10
    assert [schema["title"] for schema in lists if not {"rows", "after"} <= set(schema["required"])] == []


def test_operations_have_names_made_for_people() -> None:
    names = [operation["operationId"] for operation in operations()]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name) or "api" in name] == []
