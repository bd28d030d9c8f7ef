"""HTML and SVG built from elements, so that no text of the site or of the public is ever taken for markup."""

import re
from html import escape
from typing import Final

_EMPTY: Final = frozenset({"meta", "link", "input", "br", "hr"})
_MAIL = re.compile(r"^[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+$")
_PAGE = re.compile(r"^https?://[^\s<>\"]+$")


class Markup(str):
    """A text that is markup already."""

    __slots__ = ()


def element(tag: str, /, *children: str | None, **attributes: str | bool | None) -> Markup:
    """Returns an element; children that are not markup are escaped, attributes always.

    Args:
        tag: name of the element.
        children: its content; None is left out.
        attributes: `class_` for class, `aria_label` for aria-label; None and False are left out, True stands alone.

    >>> element("p", "a < b", class_="x")
    '<p class="x">a &lt; b</p>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value not in (None, False))
    if tag in _EMPTY:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*children: str | None) -> Markup:
    """Returns children one after another, each escaped unless it is markup."""
    return Markup("".join(each if isinstance(each, Markup) else escape(each) for each in children if each is not None))


def _attribute(key: str, value: str | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def reachable(contact: str) -> Markup:
    """Returns a contact, as a link where it is a page or an e-mail address."""
    if _PAGE.match(contact):
        return element("a", contact, href=contact, rel="noreferrer")
    if _MAIL.match(contact):
        return element("a", contact, href=f"mailto:{contact}")
    return joined(contact)


def facts(*rows: tuple[str, str | None]) -> Markup:
    """Returns a list of terms and what is said of them; rows without a text are left out."""
    return element(
        "dl",
        *(joined(element("dt", term), element("dd", text)) for term, text in rows if text),
    )


def table(head: tuple[str, ...], rows: list[tuple[str, ...]], caption: str) -> Markup:
    """Returns a table with a head; a row's first cell names it."""
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *(element("th", each, scope="col") for each in head))),
        element(
            "tbody",
            *(
                element("tr", element("th", first, scope="row"), *(element("td", each) for each in others))
                for first, *others in rows
            ),
        ),
    )


def bullets(items: list[str]) -> Markup:
    """Returns a list."""
    return element("ul", *(element("li", each) for each in items))
