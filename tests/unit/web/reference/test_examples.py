"""Examples of the description: everywhere, and each as its own schema says."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from passerby.web.reference.example_values import VALUES
from passerby.web.reference.examples import add_examples
from testing.web.serving import api_description

API = api_description()


def operations() -> list[dict[str, Any]]:
    return [operation for methods in API["paths"].values() for operation in methods.values()]


def examples() -> list[tuple[str, dict[str, Any], Any]]:
    """Where each is to stand, its schema, and what is there."""
    found = []
    for operation in operations():
        name = operation["operationId"]
        found += [
            (f"{name} {one['name']}", one["schema"], one.get("example")) for one in operation.get("parameters", [])
        ]
        contents = list(operation.get("requestBody", {}).get("content", {}).items())
        for status, answer in operation["responses"].items():
            contents += answer.get("content", {}).items() if status.startswith("2") else ()
        for kind, content in contents:
            if kind not in ("application/pdf", "image/png") and content["schema"].get("format") != "binary":
                found.append((f"{name} {kind}", content["schema"], content.get("example")))
    return found


def test_every_parameter_body_and_answer_has_an_example_that_its_schema_allows() -> None:
    wrong = []
    for where, schema, example in examples():
        whole = {**schema, "components": API["components"]}
        errors = [error.message for error in Draft202012Validator(whole).iter_errors(example)]
        wrong += [(where, errors[:2], example)] if errors or example is None else []
    assert len(examples()) > 150
    assert wrong == []


def described(schema: dict[str, Any]) -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": schema}}, "description": "x"}
    return {
        "paths": {"/x": {"get": {"operationId": "get_x", "responses": {"200": answer}}}},
        "components": {"schemas": {"Row": {"type": "object", "properties": {"camera": {"type": "string"}}}}},
    }


def example_of(schema: dict[str, Any]) -> Any:
    api = described(schema)
    assert add_examples(api) == []
    return api["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]["example"]


def test_a_field_without_one_is_named() -> None:
    api = described({"type": "object", "properties": {"unheard_of": {"type": "string"}}})
    (missing,) = add_examples(api)
    assert missing.startswith("get_x application/json.unheard_of: ")
    assert "example" not in api["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"$ref": "#/components/schemas/Row"}, {"camera": VALUES["camera"][0]}),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [False, False]),
        ({"type": "object", "properties": {"end": {"type": "string", "examples": ["now"]}}}, {"end": "now"}),
        ({"type": "object", "properties": {"end": {"type": "null"}}}, {"end": None}),
        ({"type": "object", "properties": {"value": {"type": "array", "items": {}}}}, {"value": [412.0]}),
        ({"type": "object", "properties": {"silent": {"type": "boolean"}}}, {"silent": False}),
        ({"type": "object", "properties": {"hold_min": {"const": 3}}}, {"hold_min": 3}),
    ],
)  # fmt: skip
def test_examples_are_made_from_schemas(schema: dict[str, Any], example: Any) -> None:
    assert example_of(schema) == example
