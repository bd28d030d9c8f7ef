"""The page for objections and questions, what is answered to one, and the answer itself."""

from typing import Final

from passerby.markup import Markup, element, joined
from passerby.register.cases import MAX_LETTERS
from passerby.register.pages.camera_page import title_of
from passerby.register.pages.frame import Here, Shown, page

KINDS: Final = ("question", "objection", "rights")


def ask_page(shown: Shown, here: Here, wrong: str = "", text: str = "") -> bytes:
    """Returns the form; with what was wrong, where something was, and the text, so that nothing is typed twice."""
    texts = here.texts
    return page(
        shown,
        here,
        texts("ask.title"),
        element("p", texts("ask.wrong", why=wrong), class_="warning", role="alert") if wrong else None,
        element("p", texts("ask.intro", days=texts.days(shown.document.site.answer_days))),
        _form(shown, here, text),
        element("h2", texts("ask.look")),
        _look(here),
    )


def received_page(shown: Shown, here: Here, reference: str, due: str) -> bytes:
    """Returns the page with the reference."""
    texts = here.texts
    return page(
        shown,
        here,
        texts("ask.thanks"),
        element("h2", texts("ask.reference")),
        element("p", reference, class_="reference"),
        element("p", texts("ask.keep"), class_="notice"),
        element("p", texts("ask.due", date=due)),
    )


def answer_page(shown: Shown, here: Here, standing: str, answer: str = "") -> bytes:
    """Returns how a case stands, with its answer where there is one."""
    lines = [element("p", line) for line in answer.splitlines() if line.strip()]
    return page(shown, here, here.texts("ask.look"), element("p", standing, class_="notice"), *lines, _look(here))


def _form(shown: Shown, here: Here, text: str) -> Markup:
    texts = here.texts
    kinds = [element("option", texts(f"ask.{kind}"), value=kind) for kind in KINDS]
    cameras = [element("option", title_of(each, texts), value=each.camera) for each in shown.document.cameras]
    return element(
        "form",
        element("label", texts("ask.kind"), for_="kind"),
        element("select", *kinds, id="kind", name="kind"),
        element("label", texts("ask.camera"), for_="camera"),
        element("select", element("option", texts("ask.any_camera"), value=""), *cameras, id="camera", name="camera"),
        element("label", texts("ask.text"), for_="text"),
        element("p", texts("ask.text_help", number=MAX_LETTERS), id="help", class_="small"),
        element("textarea", joined("\n", text), id="text", name="text", maxlength=str(MAX_LETTERS), required=True,
                aria_describedby="help"),
        element("button", texts("ask.send"), type="submit"),
        method="post",
        action="ask",
    )  # fmt: skip


def _look(here: Here) -> Markup:
    texts = here.texts
    return element(
        "form",
        element("label", texts("ask.look_help"), for_="reference"),
        element("input", id="reference", name="reference", maxlength="64", autocomplete="off", required=True),
        element("p", element("button", texts("ask.show"), type="submit")),
        method="post",
        action="answer",
    )
