"""What went wrong, as RFC 9457 problem details: what, where, got, do; never a secret, never a traceback."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from passerby.access import (
    AccessError,
    InputError,
    LogInRefusedError,
    ProviderError,
    RecentLogInNeededError,
    TooManyAttemptsError,
)
from passerby.ports import StoreError, StoreUnavailableError
from passerby.text import escaped, shortened

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
"""A database that restarts is back within seconds; workers and pages ask again after this long."""

_SHOWN_LETTERS = 80
_SHOWN_NEEDED = 400
"""What is needed may be one of many words, and is ours."""


_WORDS: Final = {
    "missing": "this is needed",
    "extra_forbidden": "this is not known here",
    "int_parsing": "a whole number is needed",
    "int_type": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "float_parsing": "a number is needed",
    "float_type": "a number is needed",
    "finite_number": "a finite number is needed",
    "bool_parsing": "true or false is needed",
    "bool_type": "true or false is needed",
    "string_type": "a text is needed",
    "string_pattern_mismatch": "it does not have the form that is needed here",
    "list_type": "a list is needed",
    "tuple_type": "a list is needed",
    "dict_type": "keys and values are needed",
    "model_type": "keys and values are needed",
    "model_attributes_type": "keys and values are needed",
    "json_invalid": "this is no JSON",
}
_BOUNDS: Final = {
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than": "it must be less than {lt}",
    "less_than_equal": "it must be at most {le}",
    "string_too_short": "it must have at least {min_length} letters",
    "string_too_long": "it must have at most {max_length} letters",
    "too_short": "at least {min_length} must be given",
    "too_long": "at most {max_length} may be given",
}
_CHOICES: Final = ("literal_error", "enum")


class InvalidField(BaseModel):
    """One thing that is wrong with what was sent."""

    where: str = Field(description="The parameter, header or key.", examples=["query.limit"])
    what: str = Field(description="What is needed there.", examples=["a number from 1 to 10000"])
    got: str | None = Field(
        default=None, description="What was sent, shortened; never given for a body.", examples=["0"]
    )


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(default="about:blank", description="Always `about:blank`; `code` distinguishes problems.")
    title: str = Field(description="The status in words.", examples=["Not Found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    code: str = Field(description="A word for programs, which does not change.", examples=["no-such-camera"])
    detail: str = Field(description="What is wrong, for people.", examples=["There is no camera square-south."])
    do: str = Field(description="What to do about it.", examples=["GET /api/v1/cameras lists all of them."])
    faults: list[InvalidField] = Field(
        default_factory=list, description="Each thing that is wrong, where there are several."
    )


CODE: Final = "passerby.problem_code"
"""Key of a request's scope: the code of the `ProblemError` that it was answered with."""


class ProblemError(Exception):
    """Ends a request with a problem.

    Args:
        status: the HTTP status.
        code: a word for programs.
        detail: what is wrong.
        do: what to do about it.
        faults: each thing that is wrong.
        headers: to send with it.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        do: str,
        faults: Sequence[InvalidField] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.headers = headers or {}
        self.problem = Problem(
            title=status.phrase, status=int(status), code=code, detail=detail, do=do, faults=list(faults)
        )

    def response(self) -> Response:
        """What is sent."""
        return Response(self.problem.model_dump_json(), self.problem.status, self.headers, MEDIA_TYPE)


def bad_value(where: str, what: str, got: str) -> ProblemError:
    """The problem of one wrong value."""
    fault = InvalidField(where=where, what=what, got=echoed(got))
    return ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", f"{where}: {what}.", "Mend it and ask again.", [fault]
    )


def no_such(kind: str, name: object, do: str) -> ProblemError:
    """The problem of something that is not there."""
    detail = f"There is no {kind} {echoed(str(name))}."
    return ProblemError(HTTPStatus.NOT_FOUND, f"no-such-{kind.replace(' ', '-')}", detail, do)


def no_such_camera(name: str) -> ProblemError:
    """The problem of a camera that there is not."""
    return no_such("camera", name, "GET /api/v1/cameras lists all of them.")


def echoed(text: str) -> str:
    r"""Returns what was sent in a form that can be shown anywhere: printable and at most 80 letters long.

    >>> echoed("caf\ud800")
    'caf\\ud800'
    """
    shown = escaped(text[: _SHOWN_LETTERS + 1])
    return shown if len(text) <= _SHOWN_LETTERS else shown[:_SHOWN_LETTERS] + "…"


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def answer_with_problems(app: FastAPI, no_such_page: Callable[[Request], Response]) -> None:
    """Makes every failure of the app a problem.

    Args:
        app: the application.
        no_such_page: what a person's browser gets in place of the problem of an address at which nothing is served.
    """

    async def _refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - the table below says so
        if error.status_code == HTTPStatus.NOT_FOUND and "text/html" in request.headers.get("accept", ""):
            return no_such_page(request)
        return _refusal(request, error)

    app.add_exception_handler(ProblemError, _respond)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(StoreError, _store_failed)
    app.add_exception_handler(AccessError, _not_let_in)
    app.add_exception_handler(Exception, _unexpected)


async def _respond(connection: Any, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - the table above says so
    answer = error.response()
    connection.scope[CODE] = error.problem.code
    if isinstance(connection, WebSocket):
        await connection.send_denial_response(answer)
    return answer


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the table above says so
    # A value of several possible kinds is tried as each of them, and wrong once: the first is what it is taken for.
    first: dict[tuple[str, ...], Any] = {}
    for each in error.errors():
        first.setdefault(tuple(parameter_of(tuple(each["loc"]))), each)
    # Keys of a body are not shown again: several that are not known are one fault.
    faults = list({fault.model_dump_json(): fault for fault in map(_fault, first.values())}.values())
    detail = "; ".join(f"{fault.where}: {fault.what}" for fault in faults[:3])
    return ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", f"{detail}.", "Mend it and ask again.", faults[:20]
    ).response()


def _fault(error: Any) -> InvalidField:
    places = error["loc"]
    # A body may hold passwords, so nothing of it is shown again, not even the names of its keys; one that is missing is
    # named by us.
    body, missing = places[0] == "body", error["type"] == "missing"
    shown = [str(part) for part in places if part in ("body", "text")] if body else parameter_of(places)
    if body and missing and len(places) == 2:
        shown = ["body", str(places[1])]
    got = None if body or missing else echoed(str(error["input"]))
    what = shortened(escaped(what_is_needed(error)), _SHOWN_NEEDED)
    return InvalidField(where=echoed(".".join(shown)), what=what, got=got)


def what_is_needed(error: Mapping[str, Any]) -> str:
    """Returns what is needed in place of a wrong value.

    Args:
        error: as pydantic has it: `type`, `msg` and, for limits and choices, `ctx`.

    >>> what_is_needed({"type": "literal_error", "msg": "Input should be …", "ctx": {"expected": "'a' or 'b'"}})
    'one of a, b is needed'
    """
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind in _CHOICES:
        words = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        return f"one of {words} is needed"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    return _WORDS.get(kind) or str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "it must be")


def parameter_of(places: tuple[int | str, ...]) -> list[str]:
    """Returns where a wrong value of an address or a header is: the parameter, and of a list the number of the value.

    The library also names the kind of value that it tried, such as `literal['car']`.

    >>> parameter_of(("query", "road_user", 0, "literal['car']"))
    ['query', 'road_user', '0']
    """
    return [str(part) for at, part in enumerate(places) if at < 2 or isinstance(part, int)]


def _refusal(request: Request, error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND:
        refused = ProblemError(
            status, "no-such-page", "Nothing is served at this address.", "GET /openapi.json lists all addresses."
        )
    elif status is HTTPStatus.METHOD_NOT_ALLOWED:
        refused = ProblemError(
            status, "no-such-method", f"{request.method} does nothing here.", "The Allow header names what does."
        )
    elif status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        refused = ProblemError(status, "body-too-long", f"The body is too long: {error.detail}.", "Send less.")
    else:
        refused = ProblemError(status, "refused", echoed(str(error.detail)), "Mend it and ask again.")
    refused.headers = dict(error.headers or {})
    return refused.response()


async def _store_failed(_: Request, error: Exception) -> Response:
    return store_problem(error).response()


def store_problem(error: Exception) -> ProblemError:
    """The problem of a store that does not do what it should; its own text holds no password."""
    code = "store-unavailable" if isinstance(error, StoreUnavailableError) else "store-failed"
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        code,
        str(error),
        f"Ask again in {RETRY_AFTER_S} s. Nothing that was measured is lost: it waits where it was measured.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


async def _not_let_in(_: Request, error: Exception) -> Response:
    assert isinstance(error, AccessError)  # noqa: S101 - the table above says so
    return access_problem(error).response()


def access_problem(error: AccessError) -> ProblemError:
    """The problem of a log-in or a change of accounts that was refused; its text holds no secret and no name typed."""
    _, status, code, do = next(refusal for refusal in _REFUSALS if isinstance(error, refusal[0]))
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooManyAttemptsError) else {}
    return ProblemError(status, code, str(error), do, headers=headers)


_REFUSALS: tuple[tuple[type[AccessError], HTTPStatus, str, str], ...] = (
    (TooManyAttemptsError, HTTPStatus.TOO_MANY_REQUESTS, "too-many-attempts", "Wait, then try again."),
    (LogInRefusedError, HTTPStatus.UNAUTHORIZED, "log-in-refused", "Begin the log-in anew."),
    (RecentLogInNeededError, HTTPStatus.FORBIDDEN, "new-log-in-needed", "Log in again at /log-in/again."),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", "Mend it and ask again."),
    (ProviderError, HTTPStatus.BAD_GATEWAY, "provider-away", "Try again later, or log in another way."),
    (AccessError, HTTPStatus.FORBIDDEN, "not-allowed", "Ask the administrator."),
)


async def _unexpected(_: Request, __: Exception) -> Response:
    return ProblemError(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "unexpected",
        "Something went wrong that was not foreseen.",
        "The log of the service says more; please report it.",
    ).response()
