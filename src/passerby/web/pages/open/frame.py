"""What the pages of public numbers share: head, languages, foot, in the look of the register's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import PublishedCounter
from passerby.markup import Markup, element, joined
from passerby.publish.open_data.description import OpenDataDescription
from passerby.publish.open_data.periods import Period
from passerby.register.catalogue import Catalogue, catalogue
from passerby.register.markup import reachable


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around each page.

    Attributes:
        description: who publishes, and under which licence.
        language: the page's.
        languages: those that it is in.
        zone: the site's clock.
        today: the day by it.
    """

    description: OpenDataDescription
    language: str
    languages: Sequence[str]
    zone: ZoneInfo
    today: date

    @property
    def texts(self) -> Catalogue:
        """The language's texts."""
        return catalogue(self.language)

    def site(self, counter: PublishedCounter) -> str:
        """Returns what the place of a counter is called."""
        site = self.description.sites.get(counter.camera)
        return counter.camera if site is None else site.title

    def group(self, group: ClassGroup | None) -> str:
        """Returns what a class group is called; None for all together."""
        return self.texts("counts.all_groups") if group is None else self.texts.word("class_group", group.value)


def view_path(counter: PublishedCounter, period: Period, group: ClassGroup | None, embed: str = "") -> str:
    """Returns where a view is, below the folder of a language."""
    return f"counters/{counter.id}/{period}{embed}?class={group_word(group)}"


def group_word(group: ClassGroup | None) -> str:
    """Returns a class group as an address has it."""
    return "all" if group is None else group.value.replace(" ", "-")


def page(around: Around, path: str, title: str, *content: str | None) -> bytes:
    """Returns a whole page.

    Args:
        around: what stands around it.
        path: its own below the folder of its language.
        title: its heading.
        content: what stands below.
    """
    texts, description = around.texts, around.description
    home = element("a", description.title, href=f"/open/{around.language}/", lang=_other(around))
    foot = joined(
        element("p", texts("counts.published_by", name=description.publisher.name), " ", _contact(description)),
        element("p", element("a", texts("counts.register"), href="/register/")),
    )
    body = element(
        "body",
        element("a", texts("page.to_content"), href="#content", class_="skip"),
        element("header", element("p", home, class_="site"), _languages(around, path)),
        element("main", element("h1", title), *content, id="content"),
        element("footer", foot),
    )
    return document(around, title, body)


def document(around: Around, title: str, body: Markup) -> bytes:
    """Returns an HTML document with the style of the public pages."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="icon", href="data:,"),  # without it a browser asks for one that is not public
        element("link", rel="stylesheet", href="/register/style.css"),
    )
    return ("<!DOCTYPE html>\n" + element("html", head, body, lang=around.language) + "\n").encode("utf-8")


def licence(around: Around) -> Markup:
    """Returns the licence, and how to cite."""
    terms = around.description.licence
    return joined(
        element("h2", around.texts("counts.licence")),
        element("p", element("a", terms.identifier, href=terms.url, rel="license noreferrer")),
        element("p", around.texts("counts.cite")),
        element("p", around.description.citation(around.today), lang="en" if around.language != "en" else None),
    )


def notes(around: Around) -> Markup:
    """Returns what is to be known of all numbers."""
    texts = around.texts
    lines = ("noise", "withheld_note", "gap_note", "interval_note", "coverage_note", "error_note")
    return joined(
        element("h2", texts("counts.notes")),
        element("ul", *(element("li", texts(f"counts.{each}")) for each in lines)),
    )


def _contact(description: OpenDataDescription) -> Markup:
    return reachable(description.publisher.page or description.publisher.email)


def _other(around: Around) -> str | None:
    """The language of the site's own texts, where it is not the page's."""
    own = around.description.language
    return own if own != around.language else None


def _languages(around: Around, path: str) -> Markup:
    links = [
        element(
            "li",
            element(
                "a", catalogue(tag)("grammar.name"), href=f"/open/{tag}/{path}", lang=tag, hreflang=tag,
                aria_current="page" if tag == around.language else None,
            ),
        )
        for tag in around.languages
    ]  # fmt: skip
    return element("nav", element("ul", *links), aria_label=around.texts("page.language"))
