"""The page about the site file tells every key and default that the schema has, and the schema tells what it takes."""

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML

from passerby.config.document import parse
from passerby.config.loader import load_layout, load_site, site_of_text
from passerby.config.register.keys import CameraRegisterKeys, LongTexts, RecordKeys
from passerby.config.service import service_site
from passerby.config.site import CameraKeys, LayoutKeys, Site, site_schema
from passerby.config.validation import bare_annotation
from passerby.config.values import ALL_LABELS, KNOWN_LABELS, Line, RoadUserLabel
from passerby.domain.errors import SiteFileError
from passerby.domain.road_user import RoadUser

REPOSITORY = Path(__file__).parents[3]
TEXTS = (Line, get_args(get_args(LongTexts)[0])[1])
PAGE = REPOSITORY / "docs" / "reference" / "site-file.md"
ROW = re.compile(r"^\| `([^`]+)` \|([^|]*)\|([^|]*)\|(.+)\|$", re.MULTILINE)


def keys_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo | None]]:
    """Every dotted key of the schema, as the page writes it, with its field; None for a name that users choose."""
    # What a camera's own part of the register takes as the site's does stands in the page once.
    twice = set(RecordKeys.model_fields) if model is CameraRegisterKeys else set()
    for name, field in model.model_fields.items():
        if name in twice:
            continue
        key = f"{prefix}{field.alias or name}"
        yield key, field
        inner = bare_annotation(field.annotation)
        if get_origin(inner) is Mapping and get_args(inner)[1] in TEXTS:
            continue  # a text in several languages
        if get_origin(inner) is Mapping:
            key += ".<camera>" if key == "cameras" else ".<name>"
            yield key, None
            inner = bare_annotation(get_args(inner)[1])
        elif get_origin(inner) is tuple:
            key, inner = f"{key}[]", bare_annotation(get_args(inner)[0])
        for each in (inner, *get_args(inner)):  # one model, or one a kind
            if isinstance(each, type) and issubclass(each, BaseModel):
                yield from keys_of(each, f"{key}.")


SCHEMA_KEYS = dict(keys_of(Site))


def page_rows() -> dict[str, tuple[str, str]]:
    """Key to default and meaning, from the page's tables."""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(rows) == len({key for key, *_ in rows}), "a key stands in the page twice"
    return {key: (default.strip(), meaning.strip()) for key, _, default, meaning in rows}


def test_the_page_tells_every_key_and_no_other() -> None:
    assert sorted(page_rows()) == sorted(SCHEMA_KEYS)
    assert len(SCHEMA_KEYS) > 40


@pytest.mark.parametrize("key", sorted(SCHEMA_KEYS))
def test_the_page_tells_the_default(key: str) -> None:
    written, meaning = page_rows()[key]
    assert len(meaning) > 3
    field = SCHEMA_KEYS[key]
    if field is None or field.is_required():
        assert written == "needed"
        return
    default: Any = field.get_default(call_default_factory=True)
    assert default is not PydanticUndefined
    if isinstance(default, BaseModel):
        assert written == ""
    elif default is None:
        assert written == "none"
    elif default == ALL_LABELS:
        assert written == "all"
    elif default == KNOWN_LABELS:
        assert written == "all known"
    else:
        plain = list(default) if isinstance(default, tuple) else default
        assert YAML(typ="safe", pure=True).load(written.strip("`")) == plain


def test_the_page_names_every_class() -> None:
    _, meaning = page_rows()["cameras.<camera>.lines.<name>.count"]
    assert re.findall(r"`(\w+)`", meaning) == [road_user.label for road_user in RoadUser]


def test_the_classes_are_those_of_the_domain() -> None:
    labels = tuple(road_user.label for road_user in RoadUser)
    assert labels == ALL_LABELS
    assert labels == get_args(RoadUserLabel)


SQUARE = """
cameras:
  square:
    source: {file: a.mp4}
    lines: {north: {points: [[0.1, 0.9], [0.9, 0.9]]}, clinic door: {points: [[0.1, 0.1], [0.2, 0.1]]}}
"""
"""What the example of publishing names."""


def test_the_examples_of_the_page_load(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 6
    for block in blocks:
        path = tmp_path / "example.yaml"
        if block.startswith("recipients:"):
            (recipient,) = site_of_text(block, "")[0].recipients.values()
            assert recipient.cameras == ("square",)
            continue
        if "publish:" in block:
            plan = service_site(block + SQUARE, "", tmp_path, {"BROKER_PASSWORD": "S3cret"}).plan
            assert plan.publish is not None
            assert [each.place for each in plan.publish.places] == ["north", "clinic door"]
            assert [each.recipient for each in plan.publish.outlets] == ["The University of Belgrade"]
            continue
        if "register:" in block:
            register = service_site(
                block.replace("    groups", "    source: {file: a.mp4}\n    groups"), "", tmp_path, {}
            )
            assert register.plan.running
            continue
        path.write_text(block if "lines:" in block else f"{block}\nlines: {{a: {{points: [[0, 0], [1, 1]]}}}}")
        if block.startswith("site:"):
            assert load_site(path).cameras["square"].zones["benches"].margin == 0.02
        else:
            assert load_layout(path).lines


def test_the_faults_of_the_page_are_the_program_s_own() -> None:
    tests = (Path(__file__).parent / "test_loader.py").read_text(encoding="utf-8")
    reported = re.findall(r"^site\.yaml:\d+ (\S+): (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(reported) == 2
    for _, text in reported:
        assert text in tests


def test_the_whole_example_uses_every_key_that_goes_with_the_others() -> None:
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    used = set(_written(parse(block[1]).value))
    missing = {key for key in SCHEMA_KEYS if key not in used}
    # Those that exclude others (distances and points, the database's URL and its source), and one of no use.
    excluded = {key for key in SCHEMA_KEYS if ".ground.distances" in key or key.endswith("picture_px")}
    # Examples of their own.
    excluded |= {key for key in SCHEMA_KEYS if "register" in key or key.endswith(".groups")}
    excluded |= {key for key in SCHEMA_KEYS if key.startswith(("recipients", "publish"))}
    assert missing == excluded | {"store.url", "intervals.inside_s", "site.made_up_before"}


def _written(value: object, prefix: str = "") -> Iterator[str]:
    """Dotted keys of a file in the page's way of writing, with users' names as <camera> and <name>."""
    if isinstance(value, tuple):
        for item in value:
            yield from _written(item, f"{prefix}[]")
    if not isinstance(value, dict):
        return
    last, named = (
        prefix.rpartition(".")[2],
        ("lines", "zones", "movements", "providers", "rules", "profiles", "recipients"),
    )
    for name, inner in value.items():
        shown = "<camera>" if last == "cameras" else "<name>" if last in named else name
        key = f"{prefix}.{shown}" if prefix else shown
        yield key
        yield from _written(inner, key)


def test_the_schema_knows_the_keys_and_ranges() -> None:
    schema: Any = site_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "required" not in schema, "a site begins without any camera"
    assert schema["additionalProperties"] is False
    definitions = schema["$defs"]
    assert set(definitions["MovementKeys"]["properties"]) == {"from", "to"}
    assert definitions["LineKeys"]["properties"]["points"]["maxItems"] == 2
    assert definitions["LineKeys"]["properties"]["points"]["items"]["items"]["maximum"] == 1
    assert definitions["DetectorKeys"]["properties"]["model"]["default"] is None


def test_the_schema_wants_two_numbers_of_each_point() -> None:
    schema: Any = site_schema()

    def sizes(node: Any) -> Iterator[tuple[int, int]]:
        if isinstance(node, dict):
            if node.get("items", {}).get("type") == "number":
                yield node["minItems"], node["maxItems"]
            for value in node.values():
                yield from sizes(value)
        for each in node if isinstance(node, list) else []:
            yield from sizes(each)

    assert set(sizes(schema)) == {(2, 2)}


def test_the_schema_lets_a_camera_be_paused_with_words_or_not_at_all() -> None:
    schema: Any = site_schema()
    paused = Draft202012Validator({"$ref": "#/$defs/CameraRegisterKeys/properties/paused", "$defs": schema["$defs"]})
    assert paused.is_valid(False)
    assert paused.is_valid({"en": "The square is being rebuilt."})
    assert not paused.is_valid(True)


def test_a_camera_has_the_keys_of_a_lines_file() -> None:
    assert set(LayoutKeys.model_fields) == {"lines", "zones", "movements", "ground", "near_misses"}
    assert set(LayoutKeys.model_fields) < set(CameraKeys.model_fields)


@pytest.mark.parametrize("name", ["lines.yaml", "demo.site.yaml"])
def test_the_examples_survive_a_round_trip(name: str) -> None:
    """Later edits write files back with their comments; nothing in the examples stands in the way of that."""
    text = (REPOSITORY / "examples" / name).read_text(encoding="utf-8")
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(yaml.load(text), out)
    assert out.getvalue() == text


@pytest.mark.parametrize("name", ["Cabinet", "cabinet_7", "-cabinet", "", "c" * 41])
def test_a_node_that_cannot_have_been_invited_is_a_fault(name: str) -> None:
    with pytest.raises(SiteFileError, match=r"cameras\.a\.node: .*a node's name has 1 to 40"):
        site_of_text(f'cameras: {{a: {{node: "{name}"}}}}', "site.yaml")
