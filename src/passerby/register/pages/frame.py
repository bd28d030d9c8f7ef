"""What all public pages share: head, languages, warnings, foot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from passerby.markup import Markup, element, joined
from passerby.register.catalogue import Catalogue, catalogue
from passerby.register.published.document import RegisterDocument
from passerby.text import to_minute


@dataclass(frozen=True, slots=True)
class LookCounts:
    """How often people looked in a month.

    Attributes:
        month: as `2026-10`; empty where it is not known.
        purposes: camera -> purpose -> times.
    """

    month: str = ""
    purposes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of(self, camera: str) -> Mapping[str, int]:
        """Returns purpose -> times of one camera."""
        return self.purposes.get(camera, {})


_DRIFTS: Final = (
    ("nothing is published", "drift.none"),
    ("was changed after it was published", "drift.changed"),
    ("is not signed", "drift.unsigned"),
    ("another configuration runs", "drift.other"),
)
"""What `Publication.drift` says in English, and what the pages say in their language."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the pages are made from.

    Attributes:
        document: the published register.
        drift: in what it differs from what runs; None on pages written to files, which cannot know.
        looks: how often people looked last month.
        written: when the files were written; empty for pages of a running service.
        form: objections and questions can be sent here.
        origin: scheme, host and port at which this service is reached.
    """

    document: RegisterDocument
    drift: str | None
    looks: LookCounts = field(default_factory=LookCounts)
    written: str = ""
    form: bool = False
    origin: str = "http://localhost"

    @property
    def address(self) -> str:
        """The address that signs lead to: where the city publishes the register; of this service where it does not."""
        return self.document.site.page or f"{self.origin}/register/"


@dataclass(frozen=True, slots=True)
class Here:
    """Where a page is.

    Attributes:
        language: its language tag.
        path: its path within the folder of its language, such as `cameras/square.html`.
        translated: a page of the same path is in every language.
    """

    language: str
    path: str
    translated: bool = True

    @property
    def texts(self) -> Catalogue:
        """The language's texts."""
        return catalogue(self.language)

    @property
    def root(self) -> str:
        """The way to the folder of all pages."""
        return "../" * (self.path.count("/") + 1)


def page(shown: Shown, here: Here, title: str, *content: str | None) -> bytes:
    """Returns a whole page."""
    texts = here.texts
    root = here.root
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="icon", href="data:,"),  # without it a browser asks for one that is not public
        element("link", rel="stylesheet", href=f"{root}style.css"),
    )
    body = element(
        "body",
        element("a", texts("page.to_content"), href="#content", class_="skip"),
        element("header", _place(shown, here), _languages(shown, here)),
        element("main", _notice(shown, texts), element("h1", title), *content, id="content"),
        element("footer", _foot(shown, here)),
    )
    return ("<!DOCTYPE html>\n" + element("html", head, body, lang=here.language) + "\n").encode("utf-8")


def _place(shown: Shown, here: Here) -> Markup:
    home = "../" * here.path.count("/") + "index.html"
    return element("p", element("a", shown.document.site.name, href=home), class_="site")


def _languages(shown: Shown, here: Here) -> Markup:
    path = here.path if here.translated else "index.html"
    links = [element("li", _language(here, tag, path)) for tag in shown.document.site.languages]
    return element("nav", element("ul", *links), aria_label=here.texts("page.language"))


def _language(here: Here, tag: str, path: str) -> Markup:
    current = "page" if tag == here.language else None
    href = f"{here.root}{tag}/{path}"
    return element("a", catalogue(tag)("grammar.name"), href=href, lang=tag, hreflang=tag, aria_current=current)


def _notice(shown: Shown, texts: Catalogue) -> Markup | None:
    if shown.drift:
        why = next((key for words, key in _DRIFTS if words in shown.drift), "drift.copy")
        return element("p", texts("page.drift", why=texts(why)), class_="warning", role="alert")
    return None


def _foot(shown: Shown, here: Here) -> Markup:
    texts, document, root = here.texts, shown.document, here.root
    home = "../" * here.path.count("/")
    published = to_minute(document.published)
    state = (
        texts("page.static", time=shown.written, number=document.number)
        if shown.drift is None
        else texts("page.agrees")
        if not shown.drift
        else None
    )
    return joined(
        element("p", texts("page.version", number=document.number, time=published)),
        element("p", state) if state else None,
        element(
            "ul",
            element("li", element("a", texts("page.history"), href=f"{home}history.html")),
            element("li", element("a", texts("page.document"), href=f"{root}register.json")),
            element("li", element("a", texts("page.schema"), href=f"{root}register.schema.json")),
        ),
    )
