"""Reads the YAML of large site files quickly: by libyaml, into the same nodes as `ruamel.yaml` makes of them.

A city's site file has hundreds of thousands of values; `ruamel.yaml` takes some 30 µs for each, libyaml 2. What libyaml
might read in another way (YAML 1.1 instead of 1.2), or what is wrong with a text, is left to `ruamel.yaml`.
"""

import re
from functools import lru_cache
from typing import Final, TypeAlias

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.tag import Tag

_TEXT, _LIST, _MAPPING = (Tag(suffix=f"tag:yaml.org,2002:{name}") for name in ("str", "seq", "map"))
_RULES: Final = YAML(typ="safe", pure=True).resolver
_READ_OTHERWISE: Final = re.compile(r"[\t\x85\u2028\u2029\ufeff]|^%|^---|^\.\.\.|\?(?=[\s,\]}])", re.MULTILINE)
"""White space, directives and keys of several words on which the two versions of YAML, or the programs, differ."""

_Open: TypeAlias = tuple[Node, list[Node]]
"""A list or a mapping that is being read, and what was found in it so far: of a mapping keys and values in turn."""


def quick_root(text: str, *, max_depth: int, max_values: int) -> Node | None:
    """Returns the node tree of a document; None where that is for `ruamel.yaml` to read, or to say what is wrong.

    Args:
        text: a YAML document.
        max_depth: how deep lists and mappings may be nested.
        max_values: how many values there may be.
    """
    if not text.endswith("\n") or _READ_OTHERWISE.search(text):
        return None
    outermost: list[Node] = []
    around: list[_Open] = []
    try:
        for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            if number > 2 * max_values:
                return None
            found = around[-1][1] if around else outermost
            if isinstance(event, yaml.ScalarEvent):
                if event.anchor is not None or event.tag is not None or _has_comment(event, text):
                    return None
                found.append(_scalar(event))
            elif isinstance(event, yaml.CollectionStartEvent):
                if event.anchor is not None or event.tag is not None or len(around) >= max_depth:
                    return None
                around.append((_collection(event), []))
                found.append(around[-1][0])
            elif isinstance(event, yaml.CollectionEndEvent):
                _close(*around.pop(), event)
            elif isinstance(event, yaml.AliasEvent):
                return None
    except (yaml.YAMLError, ValueError, OverflowError):
        return None
    return outermost[0] if len(outermost) == 1 else None


def _has_comment(event: yaml.ScalarEvent, text: str) -> bool:
    """Returns whether a text over several lines (after | or >) has what may be a comment in or after it."""
    return event.style in ("|", ">") and "#" in text[event.start_mark.index : event.end_mark.index + 1]


def _scalar(event: yaml.ScalarEvent) -> ScalarNode:
    tag = _tag_of(event.value) if event.implicit[0] else _TEXT
    return ScalarNode(tag, event.value, event.start_mark, event.end_mark, style=event.style or None)


def _collection(event: yaml.CollectionStartEvent) -> Node:
    kind, tag = (MappingNode, _MAPPING) if isinstance(event, yaml.MappingStartEvent) else (SequenceNode, _LIST)
    return kind(tag, [], event.start_mark, None, flow_style=event.flow_style)


def _close(node: Node, found: list[Node], event: yaml.CollectionEndEvent) -> None:
    node.end_mark = event.end_mark
    node.value = list(zip(found[::2], found[1::2], strict=True)) if isinstance(node, MappingNode) else found


@lru_cache(maxsize=1 << 14)
def _tag_of(value: str) -> Tag:
    """Returns what kind of value a word without quotes is, by the rules of YAML 1.2."""
    tag: Tag = _RULES.resolve(ScalarNode, value, (True, False))
    return tag
