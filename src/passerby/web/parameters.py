"""Refuses query parameters that a route does not have: a misspelt filter must not be answered as if it were none."""

from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from starlette.requests import HTTPConnection

from passerby.web.problems import InvalidField, ProblemError, echoed

_MAX_FAULTS = 20


def check_parameters(connection: HTTPConnection) -> None:
    """Passes where the route declares every query parameter of the request; pages for people take whatever comes.

    Raises:
        ProblemError: it does not declare one; the problem names it, what may have been meant, and those that there are.
    """
    route = connection.scope.get("route")
    if not connection.query_params or not getattr(route, "include_in_schema", True):
        return
    known = sorted(_names(getattr(route, "dependant", None)))
    unknown = [name for name in dict.fromkeys(connection.query_params) if name not in known]
    if not unknown:
        return
    faults = [InvalidField(where=f"query.{echoed(name)}", what=_meant(name, known)) for name in unknown[:_MAX_FAULTS]]
    listed = ", ".join(known)
    raise ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unknown-parameter",
        f"{'; '.join(f'{fault.where}: {fault.what}' for fault in faults[:3])}.",
        f"The parameters here are: {listed}." if known else "This address takes no parameters: leave them out.",
        faults,
    )


def _meant(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"there is no such parameter; did you mean `{near[0]}`?" if near else "there is no such parameter"


def _names(dependant: Any) -> set[str]:
    """Returns the names of the query parameters of a route and of all that it depends on."""
    if dependant is None:
        return set()
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_names(each) for each in dependant.dependencies))
