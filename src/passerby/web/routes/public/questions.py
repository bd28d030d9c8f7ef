"""Objections and questions of the public: taken without a session, encrypted at once, answered by reference."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from passerby.domain.access import Permission
from passerby.domain.cases import Case, CaseKind
from passerby.register.cases import MAX_LETTERS, decrypted_answer, open_case, reference_hash
from passerby.register.pages.ask_page import answer_page, ask_page, received_page
from passerby.register.pages.frame import Here, Shown
from passerby.register.published.publication import read_document
from passerby.text import is_storable, iso_time
from passerby.web.edge.rate_limits import ALL_ANSWERS, ALL_LETTERS, ANSWERS, LETTERS
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.forms import form_of
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, no_such

MAX_FORM_BYTES = 8 * MAX_LETTERS + 4096
"""A letter of a text is at most four bytes, and each of these is three when it is sent in a form."""

Language = Annotated[str, Path(pattern=r"^[A-Za-z-]{2,20}$")]

router = APIRouter(prefix="/register", include_in_schema=False, dependencies=[needs(Permission.SEE_PUBLIC)])


@router.post("/{language}/ask")
async def ask(hub: HubHere, language: Language, request: Request) -> Response:
    """Takes an objection or a question; answers with its reference."""
    shown, here = await _where(hub, language)
    fields = await _fields(request)
    text = (fields or {}).get("text", "").strip()
    wrong, status = _wrong(hub, here, request, fields, text, shown)
    if wrong or fields is None:
        return _page(ask_page(shown, here, wrong, text[:MAX_LETTERS]), status)
    site = hub.plan.record
    known = {camera.name for camera in hub.plan.cameras}
    camera = fields.get("camera", "")
    case, reference = await open_case(
        hub.store, CaseKind(fields["kind"]), text, camera if camera in known else "", site.case_key, site.answer_days,
        hub.clock(),
    )  # fmt: skip
    return _page(received_page(shown, here, reference, _day(hub, case.due_ns)))


@router.post("/{language}/answer")
async def answer(hub: HubHere, language: Language, request: Request) -> Response:
    """Shows how the case of a reference stands."""
    shown, here = await _where(hub, language)
    reference = ((await _fields(request)) or {}).get("reference", "")
    if not hub.limits.allows(ANSWERS, ALL_ANSWERS, _who(request)):
        contact = _contact(shown)
        return _page(
            answer_page(shown, here, here.texts("ask.too_many", contact=contact)), HTTPStatus.TOO_MANY_REQUESTS
        )
    case = await hub.store.case_of(reference_hash(reference[:64]))
    if case is None:
        return _page(answer_page(shown, here, here.texts("ask.unknown")), HTTPStatus.NOT_FOUND)
    standing, text = _standing(hub, shown, here, case, reference)
    return _page(answer_page(shown, here, standing, text))


def _standing(hub: Hub, shown: Shown, here: Here, case: Case, reference: str) -> tuple[str, str]:
    if case.answer is not None and case.answered_ns is not None:
        return here.texts("ask.answered", date=_day(hub, case.answered_ns)), decrypted_answer(case.answer, reference)
    due = _day(hub, case.due_ns)
    if case.overdue(hub.clock()):
        authority = hub.plan.record.authority
        return here.texts("ask.overdue", date=due, authority=authority.name if authority else _contact(shown)), ""
    return here.texts("ask.waiting", date=due), ""


def _wrong(
    hub: Hub, here: Here, request: Request, fields: dict[str, str] | None, text: str, shown: Shown
) -> tuple[str, HTTPStatus]:
    texts = here.texts
    if fields is None or len(text) > MAX_LETTERS:
        return texts("ask.too_long"), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if not text or not is_storable(text) or fields.get("kind") not in set(CaseKind):
        return texts("ask.empty"), HTTPStatus.UNPROCESSABLE_ENTITY
    if not hub.limits.allows(LETTERS, ALL_LETTERS, _who(request)):
        return texts("ask.too_many", contact=_contact(shown)), HTTPStatus.TOO_MANY_REQUESTS
    return "", HTTPStatus.OK


async def _where(hub: Hub, language: str) -> tuple[Shown, Here]:
    newest = await hub.register.newest()
    if newest is None or language not in hub.plan.record.languages or not hub.plan.record.case_key:
        raise no_such("page", f"{language}/ask", "GET /register/ leads to the list of cameras.")
    return Shown(read_document(newest), hub.register.drift, form=True), Here(language, "ask.html")


async def _fields(request: Request) -> dict[str, str] | None:
    """Returns the fields of a form, none of what is no form; None where it is too long."""
    try:
        return await form_of(request, MAX_FORM_BYTES)
    except ProblemError as error:
        return None if error.problem.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else {}


def _who(request: Request) -> str:
    return request.client.host if request.client else ""


def _contact(shown: Shown) -> str:
    return next((each.record.privacy_officer.contact for each in shown.document.cameras if each.record), "")


def _day(hub: Hub, time_ns: int) -> str:
    return iso_time(time_ns, hub.zone)[:10]


def _page(content: bytes, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(content, status, media_type="text/html; charset=utf-8")
