"""Parts of the log-in and account pages: a whole page, forms, fields, tables and what went wrong."""

from http import HTTPStatus

from starlette.responses import HTMLResponse

from passerby.markup import Markup, element, joined


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
        element("meta", charset="utf-8"),
        element("title", f"{title} · {site}" if site else title),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("link", rel="stylesheet", href="/public/plain.css"),
        *(element("script", type="module", src=f"/public/{script}") for script in scripts),
    )
    top = element("header", element("p", element("a", "passerby", href="/"), class_="mark"), element("p", site or None))
    main = element("main", element("h1", title), *body)
    whole = element("html", element("head", head), element("body", top, main), lang="en")
    return HTMLResponse(f"<!doctype html>\n{whole}\n", status)


def form(action: str, *fields: str | None, button: str, danger: bool = False) -> Markup:
    """Returns a form that is posted, with its one button."""
    send = element("button", button, type="submit", class_="danger" if danger else None)
    return element("form", *fields, element("p", send), method="post", action=action)


def field(name: str, label: str, *, note: str | None = None, **attributes: str | bool | int | None) -> Markup:
    """Returns an input with its label."""
    words = element("span", note, class_="note") if note else None
    return element("p", element("label", label, " ", words, element("input", name=name, **attributes)))


def choice(name: str, label: str, options: list[tuple[str, str]]) -> Markup:
    """Returns a list to choose from, of values and words."""
    listed = [element("option", words, value=value) for value, words in options]
    return element("p", element("label", label, element("select", *listed, name=name)))


def table(heads: list[str], rows: list[list[str | None]], caption: str) -> Markup:
    """Returns a table, or a sentence where there is nothing in it."""
    if not rows:
        return element("p", f"{caption}: none.", class_="note")
    head = element("tr", *(element("th", word, scope="col") for word in heads))
    body = [element("tr", *(element("td", cell) for cell in row)) for row in rows]
    return element(
        "div",
        element("table", element("caption", caption), element("thead", head), element("tbody", *body)),
        class_="wide",
    )


def problem(text: str | None) -> Markup | None:
    """Returns what went wrong, for the top of a page; None where nothing did."""
    if not text:
        return None
    sentence = text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
    return element("p", sentence, class_="problem", role="alert")
