"""What is read quickly is what `ruamel.yaml` reads, mark for mark; all else is left to it."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from passerby.quick_yaml import quick_root
from testing.city.site_file import site_text
from testing.source_tree import ROOT

EXAMPLES = sorted((ROOT / "examples").rglob("*.yaml"))


def quick(text: str) -> Node | None:
    return quick_root(text, max_depth=24, max_values=5000)


def tree(node: Node) -> tuple[object, ...]:
    """A node with its tag, its marks and what is in it."""
    head: tuple[object, ...] = (type(node), str(node.tag))
    if node.value != "":  # where nothing stands between two marks is a matter of taste
        head = (*head, node.start_mark.line, node.start_mark.index, node.end_mark.index)
    if isinstance(node, ScalarNode):
        return (*head, node.value, node.style)
    if isinstance(node, MappingNode):
        return (*head, node.flow_style, [(tree(key), tree(value)) for key, value in node.value])
    assert isinstance(node, SequenceNode)
    return (*head, node.flow_style, [tree(each) for each in node.value])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_are_read_alike(path: Path) -> None:
    text = path.read_text("utf-8")
    found = quick(text)
    assert found is not None
    assert tree(found) == tree(YAML(typ="safe", pure=True).compose(text))


def test_a_citys_file_is_read_alike() -> None:
    text = site_text(20, 3, "postgresql://hub@localhost/city", "127.0.0.1:8700")
    found = quick(text)
    assert found is not None
    assert tree(found) == tree(YAML(typ="safe", pure=True).compose(text))


words = st.sampled_from([
    "yes", "No", "on", "true", "null", "~", "", "017", "0o17", "0x1F", "1_000", "1:30", "12e03", ".5", "-.inf",
    "2026-09-28", "a b", "a:b", "rtsp://10.0.0.1/a?b=c#d", "'it''s'", '"\\u00e9"', "- x", "é", "{a: 1}", "{a:1}",
    "[1, 2]",
    '{"a":1}',
    "|\n    two\n    lines", ">-\n    folded\n    text", "a # said", "a#b", "plain\n    and on", "=", "<<", "? a",
    "*", "&a 1",     "!x 1", "@at", "`tick", "%a", "a\u2028b", "a\tb",
])  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["a", "b c", "'q'", "1", "yes", "é"]), words), max_size=6))
def test_what_is_read_quickly_is_what_is_read_exactly(pairs: list[tuple[str, str]]) -> None:
    text = "".join(f"{key}: {word}\n" for key, word in pairs)
    found = quick(text)
    if found is None:
        return
    try:
        exact = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError) as fault:
        raise AssertionError(f"read quickly, and refused exactly: {text!r}") from fault
    assert tree(found) == tree(exact)


@given(st.text(alphabet="ab:-,[]{}#'\" \n?|>1", max_size=40))
def test_any_text_is_read_alike_or_left(text: str) -> None:
    text += "\n"
    found = quick(text)
    if found is None:
        return
    with suppress(YAMLError):  # libyaml takes a few odd texts that the other refuses
        exact = YAML(typ="safe", pure=True).compose(text)
        assert tree(found) == tree(exact)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x", "a: !x 1", "!x {a: 1}", "&x [1]", "%YAML 1.1\n---\na: yes", "---\na: 1\n---\nb: 2",
        "a:\t1", "a: [1", "a: 1\x85b: 2", "a: 1", "? a\n: 1\n",
        "# nothing", "[" * 25 + "]" * 25, "[" + "1," * 12_000 + "1]",
    ],
)  # fmt: skip
def test_what_may_be_read_otherwise_and_what_is_wrong_is_left(text: str) -> None:
    assert quick(text) is None
    assert quick(text + "\n") is None or text == "a: 1"
