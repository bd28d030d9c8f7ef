"""The reference page names every key and column that is written, and none besides."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from passerby.domain.observations import Quantity
from passerby.tables.counts_json import SCHEMA_VERSION, count_schema, counts_document
from passerby.tables.observation_table import COLUMNS
from testing.reports import market_square

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "count-output.md"


def documented(heading: str) -> dict[str, tuple[str, str]]:
    """Key -> unit and meaning, of the first table whose first column has this heading."""
    table = PAGE.read_text("utf-8").split(f"| {heading} | unit | meaning |\n|---|---|---|\n")[1].split("\n\n")[0]
    cells = [[cell.strip() for cell in row.strip("| \n").split(" | ")] for row in table.splitlines()]
    return {key.strip("`"): (unit, meaning) for key, unit, meaning in cells}


def leaves(node: dict[str, Any], schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """The paths of everything in the schema that is a value; an entry of `intervals` is told by its columns."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    for choice in node.get("oneOf", ()):
        yield from leaves(choice, schema, path)
    inner = dict(node.get("properties", {}))
    if isinstance(node.get("additionalProperties"), dict):
        inner["*"] = node["additionalProperties"]
    for name, child in inner.items():
        yield from leaves(child, schema, f"{path}.{name}".lstrip("."))
    if node.get("type") == "array":
        yield f"{path}[]"
    elif not inner:
        yield path


def test_every_json_key_is_documented() -> None:
    schema = count_schema()
    assert set(documented("key")) == set(leaves(schema, schema))


def test_every_column_is_documented() -> None:
    assert list(documented("column")) == [column.name for column in COLUMNS]
    assert set(count_schema()["$defs"]["interval"]["properties"]) == {column.name for column in COLUMNS}


def test_every_quantity_is_documented_with_its_unit() -> None:
    assert {name: unit for name, (unit, _) in documented("quantity").items()} == {q.value: q.unit for q in Quantity}
    assert set(count_schema()["$defs"]["interval"]["properties"]["quantity"]["enum"]) == set(Quantity)


def test_nothing_is_left_blank() -> None:
    for heading in ("key", "column", "quantity"):
        for key, (unit, meaning) in documented(heading).items():
            assert unit, key
            assert len(meaning) > 10 or key in {"start"}, key


def test_the_page_tells_the_version_that_is_written() -> None:
    meaning = documented("key")["schema_version"][1]
    assert re.match(r"\d+", meaning)
    assert meaning.startswith(str(SCHEMA_VERSION))
    assert counts_document(market_square())["schema_version"] == SCHEMA_VERSION
