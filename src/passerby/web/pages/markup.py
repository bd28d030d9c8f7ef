"""HTML from Python: every text is escaped where it goes in, so that no name can become markup."""

from html import escape
from http import HTTPStatus

from starlette.responses import HTMLResponse

_EMPTY = frozenset({"input", "br", "hr", "img", "link", "meta"})


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def el(tag: str, *children: str | None, **attributes: str | bool | int | None) -> Markup:
    """Returns an element.

    Args:
        tag: its name.
        children: texts, escaped here, and markup; None is left out.
        attributes: `class_` and `for_` for words of Python, `_` for `-`; True for one without a value, False and None
            for none.

    >>> el("p", "a < b ", el("b", "c"), class_="note")
    '<p class="note">a &lt; b <b>c</b></p>'
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _EMPTY:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*children: str | None) -> Markup:
    """Returns texts and markup, one after the other."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children if child))


def page(
    title: str, *body: str | None, site: str = "", status: HTTPStatus = HTTPStatus.OK, scripts: tuple[str, ...] = ()
) -> HTMLResponse:
    """Returns a whole page.

    Args:
        title: its heading, and what the browser's tab shows.
        body: what stands under the heading.
        site: the site's name, for those who may see it.
        status: the HTTP status.
        scripts: files of `/public` that it loads; the page works without them.
    """
    head = joined(
        el("meta", charset="utf-8"),
        el("title", f"{title} · {site}" if site else title),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("link", rel="stylesheet", href="/public/plain.css"),
        *(el("script", type="module", src=f"/public/{script}") for script in scripts),
    )
    top = el("header", el("p", el("a", "passerby", href="/"), class_="mark"), el("p", site or None))
    main = el("main", el("h1", title), *body)
    whole = el("html", el("head", head), el("body", top, main), lang="en")
    return HTMLResponse(f"<!doctype html>\n{whole}\n", status)


def form(action: str, *fields: str | None, button: str, danger: bool = False) -> Markup:
    """Returns a form that is posted, with its one button."""
    send = el("button", button, type="submit", class_="danger" if danger else None)
    return el("form", *fields, el("p", send), method="post", action=action)


def field(name: str, label: str, *, note: str | None = None, **attributes: str | bool | int | None) -> Markup:
    """Returns an input with its label."""
    words = el("span", note, class_="note") if note else None
    return el("p", el("label", label, words, el("input", name=name, **attributes)))


def choice(name: str, label: str, options: list[tuple[str, str]]) -> Markup:
    """Returns a list to choose from, of values and words."""
    listed = [el("option", words, value=value) for value, words in options]
    return el("p", el("label", label, el("select", *listed, name=name)))


def table(heads: list[str], rows: list[list[str | None]], caption: str) -> Markup:
    """Returns a table, or a sentence where there is nothing in it."""
    if not rows:
        return el("p", f"{caption}: none.", class_="note")
    head = el("tr", *(el("th", word, scope="col") for word in heads))
    body = [el("tr", *(el("td", cell) for cell in row)) for row in rows]
    return el("div", el("table", el("caption", caption), el("thead", head), el("tbody", *body)), class_="wide")


def problem(text: str | None) -> Markup | None:
    """Returns what went wrong, for the top of a page; None where nothing did."""
    if not text:
        return None
    sentence = text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
    return el("p", sentence, class_="problem", role="alert")


def _attribute(name: str, value: str | bool | int | None) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(str(value))}"'
