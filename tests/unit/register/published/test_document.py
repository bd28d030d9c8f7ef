"""The schema that is published is the one in the documentation."""

import json

import jsonschema

from passerby.register.published.document import register_schema
from testing.source_tree import ROOT


def test_the_schema_of_the_documentation_is_the_one_that_is_served() -> None:
    written = json.loads((ROOT / "docs" / "reference" / "register.schema.json").read_text(encoding="utf-8"))
    assert written == register_schema()


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(register_schema())
