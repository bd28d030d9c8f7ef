"""Questions and objections of the public for the privacy officer: encrypted as they are stored, decrypted in a browser.

The officer's key never reaches the service: what comes out of here is what the database has, and what goes in is an
answer that only the holder of the reference can read.
"""

import base64
import binascii
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import Response

from passerby.domain.access import Permission
from passerby.domain.cases import Case, CaseKind
from passerby.register.cases import MAX_LETTERS
from passerby.text import iso_time
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import ProblemError, documented
from passerby.web.rows import ListOf
from passerby.web.times import iso_or_none

_NONCE_AND_TAG_BYTES = 12 + 16
_MAX_BYTES = 4 * MAX_LETTERS + _NONCE_AND_TAG_BYTES


def _checked_answer(text: str) -> str:
    try:
        length = len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("bytes in base64 are needed") from None
    if not _NONCE_AND_TAG_BYTES < length <= _MAX_BYTES:
        raise ValueError("an encrypted answer is needed, a nonce of 12 bytes first")
    return text


class CaseRow(BaseModel):
    """A case; what the person wrote is encrypted."""

    number: int = Field(examples=[7])
    kind: CaseKind
    came: str = Field(description="When it came.", examples=["2026-09-28T08:10:00+02:00"])
    due: str = Field(description="By when it is to be answered.")
    answered: str | None = Field(description="When it was answered; null while it is open.")
    overdue: bool = Field(description="It is open past its deadline.")
    letter: str = Field(
        description="The encrypted letter, base64: the sender's X25519 public key (32 bytes), a nonce (12), and "
        "AES-256-GCM of JSON with `text`, `camera` and `reference`."
    )
    reference_sha256: str = Field(description="By which the public page finds it: a hash of the reference.")


class Cases(ListOf[CaseRow]):
    """All cases that are kept, oldest first."""

    key: str = Field(
        description="The X25519 public key (base64) that new ones are encrypted with; empty without a form."
    )
    answer_days: int = Field(description="Within how many days one is answered.")


class NewAnswer(BaseModel, extra="forbid"):
    """An answer, encrypted with a key that only the reference gives."""

    answer: Annotated[str, AfterValidator(_checked_answer)] = Field(
        max_length=2 * _MAX_BYTES, description="Base64: a nonce of 12 bytes, and AES-256-GCM of the text."
    )


router = APIRouter(prefix="/api/v1/cases", tags=["register"])


@router.get("", dependencies=[needs(Permission.READ_CASES)], responses=documented(401, 403, 503))
async def list_cases(hub: HubHere) -> Cases:
    """Questions and objections with their deadlines; the letters are encrypted for the privacy officer."""
    rows = [_row(hub, case) for case in await hub.store.cases()]
    record = hub.plan.record
    return Cases(rows=rows, after=None, key=record.case_key, answer_days=record.answer_days)


@router.post(
    "/{number}/answer",
    dependencies=[needs(Permission.READ_CASES, recent=True)],
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=documented(400, 401, 403, 409, 413, 422, 503),
)
async def answer_case(
    hub: HubHere,
    principal: PrincipalHere,
    number: Annotated[int, Path(ge=1, le=2**31 - 1, description="The case.", examples=[7])],
    new: NewAnswer,
) -> None:
    """Stores the answer to a case, which only the holder of its reference can read; a case is answered once."""
    stored = await hub.store.answer_case(number, base64.b64decode(new.answer), principal.name)
    if not stored:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "no-open-case",
            f"There is no open case {number}: it was answered meanwhile, or never was.",
            "GET /api/v1/cases lists all of them.",
        )


def _row(hub: Hub, case: Case) -> CaseRow:
    return CaseRow(
        number=case.number,
        kind=case.kind,
        came=iso_time(case.time_ns, hub.zone),
        due=iso_time(case.due_ns, hub.zone),
        answered=iso_or_none(case.answered_ns, hub.zone),
        overdue=case.overdue(hub.clock()),
        letter=base64.b64encode(case.box).decode("ascii"),
        reference_sha256=case.reference_sha256,
    )
