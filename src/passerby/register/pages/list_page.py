"""The first public page: all cameras on a list and on a map; and the page of earlier versions."""

from collections.abc import Sequence

from passerby.domain.register import RegisterVersion
from passerby.markup import Markup, element, joined
from passerby.register.markup import table
from passerby.register.pages.camera_page import own_text, state_mark, title_of
from passerby.register.pages.frame import Here, Shown, page
from passerby.register.pages.map import camera_map
from passerby.text import utc_minute


def list_page(shown: Shown, here: Here, documents: Sequence[str] = ()) -> bytes:
    """Returns the list and the map.

    Args:
        shown: what the pages are made from.
        here: where the page is.
        documents: names of the exported documents that lie beside it.
    """
    texts = here.texts
    cameras = list(enumerate(shown.document.cameras, 1))
    drawn = camera_map([(number, each, f"cameras/{each.camera}.html") for number, each in cameras], texts)
    return page(
        shown,
        here,
        texts("page.title", site=shown.document.site.name),
        element("p", texts("page.intro")),
        element("p", texts("page.one_person")) if shown.document.site.one_person else None,
        element("section", element("h2", texts("page.cameras")), _table(shown, here)),
        _map(here, drawn),
        element("p", element("a", texts("camera.ask"), href="ask.html")) if shown.form else None,
        _documents(here, documents),
    )


def _table(shown: Shown, here: Here) -> Markup:
    texts = here.texts
    if not shown.document.cameras:
        return element("p", texts("page.none"))
    rows: list[tuple[str, ...]] = []
    for number, camera in enumerate(shown.document.cameras, 1):
        link = element("a", title_of(camera, texts), href=f"cameras/{camera.camera}.html")
        record = camera.record
        purposes = "" if record is None else ", ".join(texts.word("purpose", each) for each in record.purposes)
        address = Markup() if record is None else own_text(record.place.address, texts)
        rows.append((str(number), joined(link, element("br"), address), state_mark(camera, texts), purposes))
    head = (texts("page.number"), texts("page.place"), texts("page.state"), texts("page.purposes"))
    return table(head, rows, texts("page.cameras"))


def _map(here: Here, drawn: Markup | None) -> Markup | None:
    if drawn is None:
        return None
    small = element("p", here.texts("page.no_tiles"), class_="small")
    return element("section", element("h2", here.texts("page.map")), drawn, small)


def _documents(here: Here, documents: Sequence[str]) -> Markup | None:
    if not documents:
        return None
    texts = here.texts
    links = [element("li", element("a", name, href=f"documents/{name}")) for name in documents]
    return element(
        "section",
        element("h2", texts("page.exports")),
        element("p", texts("page.exports_intro")),
        element("ul", *links),
    )


def history_page(shown: Shown, here: Here, versions: Sequence[RegisterVersion]) -> bytes:
    """Returns the page of all versions, newest first."""
    texts = here.texts
    rows: list[tuple[str, ...]] = [
        (
            element("a", str(version.number), href=f"{here.root}versions/{version.number}.json"),
            utc_minute(version.time_ns),
            element("code", version.sha256),
        )
        for version in reversed(versions)
    ]
    head = (texts("page.number"), texts("page.published"), texts("page.hash"))
    return page(
        shown,
        here,
        texts("page.history"),
        element("p", texts("page.history_intro")),
        element("div", table(head, rows, texts("page.history")), class_="wide", tabindex="0", role="region",
                aria_label=texts("page.history")),
    )  # fmt: skip
