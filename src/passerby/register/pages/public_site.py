"""All public files of a register: the same for a running service and for a folder that a city publishes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from passerby.domain.register import RegisterVersion
from passerby.markup import Markup, element
from passerby.register.catalogue import Catalogue, catalogue
from passerby.register.exports.documents import algorithm_register, data_chain, impact_assessment, processing_record
from passerby.register.exports.report import Report, as_csv, as_json, html, markdown, pdf
from passerby.register.pages.ask_page import ask_page
from passerby.register.pages.camera_page import camera_page
from passerby.register.pages.frame import Here, Shown
from passerby.register.pages.list_page import history_page, list_page
from passerby.register.published.document import register_schema
from passerby.register.sign.street_sign import street_sign
from passerby.text import utc_time

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
PDF: Final = "application/pdf"
CSS: Final = "text/css; charset=utf-8"

MARKDOWN: Final = "text/markdown; charset=utf-8"
CSV: Final = "text/csv; charset=utf-8"

Writer = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One public file; made when it is asked for."""

    media_type: str
    write: Writer


def public_files(shown: Shown, versions: Sequence[RegisterVersion]) -> dict[str, PublicFile]:
    """Returns path -> file, of all public files; a path has only letters that are the same in every address.

    Args:
        shown: what the pages are made from.
        versions: all versions of the register, oldest first; the last one is that of `shown`.
    """
    files = {
        "style.css": PublicFile(CSS, (Path(__file__).parent / "style.css").read_bytes),
        "index.html": PublicFile(HTML, partial(_first, shown)),
        "register.json": PublicFile(JSON, lambda: versions[-1].text.encode("utf-8")),
        "register.schema.json": PublicFile(JSON, lambda: _json(register_schema())),
        "versions.json": PublicFile(JSON, lambda: _json(_listed(versions))),
    }
    for version in versions:
        files[f"versions/{version.number}.json"] = PublicFile(JSON, partial(str.encode, version.text, "utf-8"))
    for language in shown.document.site.languages:
        documents = _documents(shown, language)
        files |= documents
        files |= _pages(shown, versions, language, [path.rpartition("/")[2] for path in documents])
    return files


def _documents(shown: Shown, language: str) -> dict[str, PublicFile]:
    """Returns the documents that the law asks for, each in the forms that people and programs read."""
    texts, document = catalogue(language), shown.document
    folder = f"{language}/documents"
    files = {
        f"{folder}/algorithm-register.json": PublicFile(JSON, partial(algorithm_register, document, texts)),
        f"{folder}/data-chain.json": PublicFile(JSON, partial(data_chain, document, texts)),
    }
    for name, make in (("processing-record", processing_record), ("impact-assessment", impact_assessment)):
        report = partial(make, document, texts)
        files |= {
            f"{folder}/{name}.html": PublicFile(HTML, partial(_written, html, report, texts)),
            f"{folder}/{name}.pdf": PublicFile(PDF, partial(_written, pdf, report, texts)),
            f"{folder}/{name}.md": PublicFile(MARKDOWN, partial(_written, markdown, report, texts)),
            f"{folder}/{name}.csv": PublicFile(CSV, partial(_written, as_csv, report, texts)),
            f"{folder}/{name}.json": PublicFile(JSON, partial(_written, as_json, report, texts)),
        }
    return files


def _written(form: Callable[[Report, Catalogue], bytes], report: Callable[[], Report], texts: Catalogue) -> bytes:
    return form(report(), texts)


def _pages(
    shown: Shown, versions: Sequence[RegisterVersion], language: str, documents: Sequence[str]
) -> dict[str, PublicFile]:
    files = {
        f"{language}/index.html": PublicFile(HTML, partial(list_page, shown, Here(language, "index.html"), documents)),
        f"{language}/history.html": PublicFile(
            HTML, partial(history_page, shown, Here(language, "history.html"), versions)
        ),
    }
    if shown.form:
        files[f"{language}/ask.html"] = PublicFile(HTML, partial(ask_page, shown, Here(language, "ask.html")))
    for number, camera in enumerate(shown.document.cameras, 1):
        path = f"cameras/{camera.camera}.html"
        files[f"{language}/{path}"] = PublicFile(
            HTML, partial(camera_page, shown, Here(language, path), number, camera)
        )
        if camera.record is not None:
            address = f"{shown.address}{language}/{path}"
            sign = partial(street_sign, shown.document, camera, catalogue(language), address)
            files[f"{language}/signs/{camera.camera}.pdf"] = PublicFile(PDF, sign)
    return files


def _first(shown: Shown) -> bytes:
    """Returns the page that leads to each language's own."""
    tags = shown.document.site.languages
    links = [element("li", _entry(shown, tag)) for tag in tags]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", shown.document.site.name),
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href="style.css"),
    )
    main = element("main", element("h1", shown.document.site.name), element("ul", *links))
    return ("<!DOCTYPE html>\n" + element("html", head, element("body", main), lang=tags[0]) + "\n").encode("utf-8")


def _entry(shown: Shown, tag: str) -> Markup:
    title = catalogue(tag)("page.title", site=shown.document.site.name)
    return element("a", title, href=f"{tag}/index.html", lang=tag, hreflang=tag)


def _listed(versions: Sequence[RegisterVersion]) -> dict[str, object]:
    rows = [{"number": each.number, "published": utc_time(each.time_ns), "sha256": each.sha256} for each in versions]
    return {"rows": rows, "after": None}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
