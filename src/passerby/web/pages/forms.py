"""What a form sent: a short body of names and values, each once."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.requests import Request

from passerby.web.problems import ProblemError

MAX_FORM_BYTES = 64 * 1024
MAX_FIELDS = 50


async def form_of(request: Request, max_bytes: int = MAX_FORM_BYTES) -> dict[str, str]:
    """Returns the fields of a form of at most so many bytes.

    Raises:
        ProblemError: it is no form, or too long.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise _bad("The body is no form.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > max_bytes:
            raise ProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-long", "This form is too long.", "Send less."
            )
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise _bad("The form cannot be read.") from None
    if len({name for name, _ in pairs}) != len(pairs):
        raise _bad("A field was sent twice.")
    return dict(pairs)


def _bad(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", detail, "Use the form of the page.")
