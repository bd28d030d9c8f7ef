"""Parts of the register's pages and documents: contacts, facts, tables and lists."""

import re

from passerby.markup import Markup, element, joined

_MAIL = re.compile(r"^[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+$")
_PAGE = re.compile(r"^https?://[^\s<>\"]+$")


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
