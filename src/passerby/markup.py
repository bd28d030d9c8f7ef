"""HTML and SVG built from elements, so that no text of the site or of the public is ever taken for markup."""

from html import escape
from typing import Final

_EMPTY: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Markup(str):
    """A text that is markup already."""

    __slots__ = ()


def element(tag: str, /, *children: str | None, **attributes: str | bool | int | None) -> Markup:
    """Returns an element; children that are not markup are escaped, attributes always.

    Args:
        tag: name of the element.
        children: its content; None is left out.
        attributes: `class_` for class, `aria_label` for aria-label; None and False are left out, True stands alone.

    >>> element("p", "a < b", class_="x")
    '<p class="x">a &lt; b</p>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if tag in _EMPTY:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*children: str | None) -> Markup:
    """Returns children one after another, each escaped unless it is markup."""
    return Markup("".join(each if isinstance(each, Markup) else escape(each) for each in children if each is not None))


def _attribute(key: str, value: str | bool | int | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
