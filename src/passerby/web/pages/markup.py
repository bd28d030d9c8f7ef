"""Parts of the log-in and account pages: a whole page, forms, fields, tables and what went wrong."""

from http import HTTPStatus

from starlette.responses import HTMLResponse

from passerby.markup import Markup, element, joined
from passerby.web.edge.language import (
    COOKIE,
    COOKIE_S,
    LANGUAGES,
    Reader,
    Translated,
    reader,
    translated,
    translated_fault,
)


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
    read = reader()
    head = joined(
        element("meta", charset="utf-8"),
        element("title", f"{title} · {site or 'passerby'}"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href="/app/icon.svg", type="image/svg+xml") if site else None,
        element("link", rel="stylesheet", href="/public/plain.css"),
        *(element("script", type="module", src=f"/public/{script}") for script in scripts),
    )
    body_of = element(
        "body",
        element("a", translated("Skip to the content"), href="#main", class_="skip"),
        _header(read, site),
        element("main", element("h1", title), *body, id="main", tabindex="-1"),
        _footer(read),
    )
    answer = HTMLResponse(
        f"<!doctype html>\n{element('html', element('head', head), body_of, lang=read.language)}\n", status
    )
    if read.chosen:
        answer.set_cookie(COOKIE, read.language, max_age=COOKIE_S, secure=read.secure, samesite="lax", path="/")
    return answer


WAYS = (
    ("/", "Cameras"),
    ("/events", "Events"),
    ("/analysis", "Analysis"),
    ("/validate", "Validate"),
    ("/governance", "Governance"),
)
"""The ways from each page, as `ui/src/App.svelte` has them; all are shown in the language that is read."""


def _header(read: Reader, site: str) -> Markup:
    """The application's own header; the ways to its pages for those who are logged in."""
    mark = element("a", "passerby", href="/", class_="mark")
    if not site:
        return element("header", mark)
    ways = [element("a", translated(words), href=path) for path, words in WAYS]
    here = "page" if read.path.startswith(("/account", "/log-in")) else None
    account = element("a", translated("Account"), href="/account", class_="account", aria_current=here)
    return element("header", mark, element("nav", *ways, aria_label=translated("Pages")), account)


def _footer(read: Reader) -> Markup:
    languages = [
        element("a", name, href=read.in_language(tag), lang=tag, aria_current="true" if tag == read.language else None)
        for tag, name in LANGUAGES.items()
    ]
    return element(
        "footer",
        element("p", translated("It measures the place, never the person."), class_="creed"),
        element(
            "nav",
            element("a", translated("Public register"), href="/register/"),
            # What a form has answered with cannot be asked for again.
            *(languages if read.path else ()),
            aria_label=translated("Language"),
        ),
    )


def form(action: str, *fields: str | None, button: str, danger: bool = False) -> Markup:
    """Returns a form that is posted, with its one button."""
    send = element("button", button, type="submit", class_="danger" if danger else None)
    return element("form", *fields, element("p", send), method="post", action=action)


def field(name: str, label: str, *, note: str | None = None, **attributes: str | bool | int | None) -> Markup:
    """Returns an input with its label."""
    words = element("span", note, class_="note") if note else None
    return element("p", element("label", label, " ", words, element("input", name=name, **attributes)))


def password_field(label: str, autocomplete: str, note: str | None = None) -> Markup:
    """Returns the field of an account's password; `autocomplete` says to a browser whether it is a new one."""
    return field(
        "password", label, note=note, type="password", autocomplete=autocomplete, required=True, maxlength=1000
    )


def code_field(label: str, note: str | None = None) -> Markup:
    """Returns the field of a one-time code."""
    return field(
        "code", label, note=note, inputmode="numeric", autocomplete="one-time-code", required=True, maxlength=100
    )


def choice(name: str, label: str, options: list[tuple[str, str]]) -> Markup:
    """Returns a list to choose from, of values and words."""
    listed = [element("option", words, value=value) for value, words in options]
    return element("p", element("label", label, element("select", *listed, name=name)))


def table(heads: list[str], rows: list[list[str | None]], caption: str) -> Markup:
    """Returns a table, or a sentence where there is nothing in it."""
    if not rows:
        return element("p", translated("{what}: none.", what=caption), class_="note")
    head = element("tr", *(element("th", word, scope="col") for word in heads))
    body = [element("tr", *(element("td", cell) for cell in row)) for row in rows]
    return element(
        "div",
        element("table", element("caption", caption), element("thead", head), element("tbody", *body)),
        class_="wide",
    )


def problem(text: str | None) -> Markup | None:
    """Returns what went wrong, for the top of a page, in the language that is read; None where nothing did.

    Args:
        text: a text of these pages, or of a fault, which is English; what it says is shown above it then.
    """
    if not text:
        return None
    read = reader()
    if read.language == "en" or isinstance(text, Translated):
        return element("div", element("p", _sentence(text)), class_="problem", role="alert")
    words = translated_fault(text) or translated("This was not done.")
    detail = element("p", _sentence(text), lang="en", class_="note")
    return element("div", element("p", words), detail, class_="problem", role="alert")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
