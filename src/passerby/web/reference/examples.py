"""Puts an example beside every parameter, body and answer of the API's description, made from the schemas themselves.

A field's own `examples` come first, then the values that its name has everywhere (`example_values.py`).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from passerby.web.reference.example_values import ANSWERS, BODIES, PARAMETERS, TEXTS, VALUES

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
    "object": (dict,), "null": (type(None),),
}  # fmt: skip


_NO_TEXT = frozenset({"application/pdf", "application/octet-stream", "image/png", "image/jpeg"})


class NoExampleError(ValueError):
    """A field has no example, and none can be made."""


def add_examples(api: dict[str, Any]) -> list[str]:
    """Writes the examples into a description; returns where one is missing, a sentence each."""
    makes, missing = _Examples(api["components"]["schemas"]), []
    for methods in api["paths"].values():
        for operation in methods.values():
            for beside, made in _places(makes, operation):
                try:
                    beside["example"] = made()
                except NoExampleError as fault:
                    missing.append(str(fault))
    return missing


def _places(makes: "_Examples", operation: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Callable[[], Any]]]:
    """Yields what an example is to stand beside, and how it is made."""
    name = operation["operationId"]
    for parameter in operation.get("parameters", ()):
        yield parameter, partial(makes.parameter, parameter, name)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield content, partial(makes.body, name, kind, content["schema"])
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items() if status.startswith("2") else ():
            # What is no text cannot be shown in a text.
            if content["schema"].get("format") != "binary" and kind not in _NO_TEXT:
                yield content, partial(makes.answer, name, kind, content["schema"])


class _Examples:
    """Makes examples.

    Args:
        schemas: name -> schema, of all that there are.
    """

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas

    def parameter(self, parameter: dict[str, Any], operation: str) -> Any:
        """Returns the example of one parameter."""
        schema, name = parameter["schema"], parameter["name"]
        return self.of(schema, f"{operation} {name}", name, (*PARAMETERS.get(name, ()), *VALUES.get(name, ())))

    def body(self, operation: str, kind: str, schema: dict[str, Any]) -> Any:
        """Returns the example of what is sent."""
        return BODIES[operation] if operation in BODIES else self.of(schema, f"{operation} {kind}")

    def answer(self, operation: str, kind: str, schema: dict[str, Any]) -> Any:
        """Returns the example of an answer."""
        if operation in ANSWERS:
            return ANSWERS[operation]
        if kind == "application/json":
            return self.of(schema, f"{operation} {kind}")
        if kind in TEXTS:
            return TEXTS[kind]
        raise NoExampleError(f"{operation}: an example of {kind} is needed in web/reference/example_values.py")

    def of(self, schema: dict[str, Any], where: str, name: str = "", values: Iterable[Any] = ()) -> Any:
        """Returns an example of a schema.

        Args:
            schema: in JSON Schema, as Pydantic writes it.
            where: names the field, for the error.
            name: the key that it stands under.
            values: what to take where the schema has no example of its own.
        """
        if schema.get("examples"):
            # Of a parameter that may be repeated, one value is given.
            given = schema["examples"][0]
            return [given] if schema.get("type") == "array" and not isinstance(given, list) else given
        if "$ref" in schema:
            return self.of(self._schemas[_name_of(schema)], _name_of(schema), name, values)
        values = tuple(values)
        fitting = [value for value in values if self._fits(schema, value)]
        if fitting:
            return fitting[0]
        made = self._composed(schema, where, values)
        if made is _NOTHING:
            raise NoExampleError(f"{where}: give the field `examples`, or its name a value in example_values.py")
        return made

    def _composed(self, schema: dict[str, Any], where: str, values: tuple[Any, ...]) -> Any:
        for key in ("const", "default"):
            if schema.get(key) is not None and schema[key] != []:
                return schema[key]
        if "enum" in schema:
            return schema["enum"][0]
        parts = schema.get("anyOf")
        if parts:
            return self.of(parts[0], where, values=values)
        if schema.get("type") == "boolean":
            return False
        if schema.get("type") == "array" and "items" in schema:
            length = max(1, int(schema.get("minItems", 1)))
            return [self.of(schema["items"], where, values=values)] * length
        if "properties" in schema:
            return {
                key: self.of(part, f"{where}.{key}", key, (*VALUES.get(f"{where}.{key}", ()), *VALUES.get(key, ())))
                for key, part in schema["properties"].items()
            }
        return _NOTHING

    def _fits(self, schema: dict[str, Any], value: Any) -> bool:
        """Returns whether a schema allows a value, as far as a value of the vocabulary can miss it."""
        if "$ref" in schema:
            return self._fits(self._schemas[_name_of(schema)], value)
        if "anyOf" in schema:
            return any(self._fits(part, value) for part in schema["anyOf"])
        wanted = _TYPES.get(schema.get("type", ""), (object,))
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted and object not in wanted):
            return False
        if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
            return False
        if isinstance(value, list) and "items" in schema:
            enough = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
            return enough and all(self._fits(schema["items"], each) for each in value)
        if isinstance(value, dict) and "properties" in schema:
            return False
        return value in schema["enum"] if "enum" in schema else value == schema.get("const", value)


_NOTHING = object()


def _name_of(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).rpartition("/")[2]
