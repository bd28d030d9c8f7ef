"""What each route needs: one declaration a route, checked before anything of the request is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, FastAPI
from fastapi.params import Depends as Dependency
from fastapi.routing import iter_route_contexts
from starlette.requests import HTTPConnection
from starlette.routing import Mount, compile_path
from starlette.types import Scope

from passerby.access import RecentLogInNeededError
from passerby.domain.access import EVERY_CAMERA, PERMISSIONS, Permission, Principal, PrincipalKind
from passerby.web.edge.gate import PRINCIPAL, no_session
from passerby.web.hub import CAMERAS, Hub, hub_of
from passerby.web.parameters import check_parameters
from passerby.web.problems import ProblemError, access_problem, no_such_camera


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency that refuses a request whose principal may not do what the route does.

    A camera in the path is checked against the groups of the principal's grants; then the names of the parameters are.

    Attributes:
        permissions: any one of them is enough; `SEE_PUBLIC` needs no principal.
        recent: a person must have logged in a short while ago: the change is a dangerous one.
    """

    permissions: tuple[Permission, ...]
    recent: bool = False

    @property
    def public(self) -> bool:
        """Returns whether it needs no principal."""
        return Permission.SEE_PUBLIC in self.permissions

    @property
    def words(self) -> str:
        """What it needs, for people."""
        return "nothing" if self.public else " or ".join(each.value for each in self.permissions)

    def __call__(self, connection: HTTPConnection) -> None:
        """Passes where the principal may.

        Raises:
            ProblemError: there is no principal, it may not, or the request names a camera or a parameter that there is
                not.
        """
        if not self.public:
            self._check_principal(connection)
        check_parameters(connection)

    def _check_principal(self, connection: HTTPConnection) -> None:
        principal = principal_of(connection)
        hub, camera = hub_of(connection), connection.path_params.get("camera")
        unknown = camera if camera is not None and hub.plan.camera(camera) is None else None
        # Where there is no such camera, the answer says so to all who may do this at any.
        groups = None if camera is None or unknown is not None else groups_of(hub, camera)
        if not any(principal.may(permission, groups) for permission in self.permissions):
            raise not_permitted(self.permissions)
        if unknown is not None and re.fullmatch(CAMERAS, unknown):
            raise no_such_camera(unknown)
        # Who holds the link of a machine without accounts has nothing to log in with.
        exempt = not self.recent or principal.kind is PrincipalKind.LINK
        if not exempt and not hub.access.is_recent(principal):
            raise access_problem(RecentLogInNeededError())


def needs(*permissions: Permission, recent: bool = False) -> Dependency:
    """Returns the declaration of a route: `dependencies=[needs(Permission.SEE_COUNTS)]`."""
    dependency = Depends(Needs(permissions, recent))
    assert isinstance(dependency, Dependency)  # noqa: S101 - FastAPI's annotation says Any
    return dependency


def groups_of(hub: Hub, camera: str) -> tuple[str, ...]:
    """Returns the groups of a camera; none for one that the site does not have."""
    plan = hub.plan.camera(camera)
    return () if plan is None else plan.groups


def principal_of(connection: HTTPConnection) -> Principal:
    """Returns what the request is made by.

    Raises:
        ProblemError: it has none.
    """
    found = connection.scope.get(PRINCIPAL)
    if not isinstance(found, Principal):
        raise no_session()
    return found


PrincipalHere = Annotated[Principal, Depends(principal_of)]
"""What a request is made by; only for routes that are not public."""


def not_permitted(permissions: tuple[Permission, ...]) -> ProblemError:
    """Returns the problem of a principal that may not."""
    wanted = " or ".join(permission.value for permission in permissions)
    roles = [role.value for role, given in PERMISSIONS.items() if given & set(permissions)]
    return ProblemError(
        HTTPStatus.FORBIDDEN,
        "not-permitted",
        f"This needs {wanted}, which none of your grants gives here.",
        f"Ask for a grant on this camera's group as {' or '.join(roles)}.",
    )


FILES: Final = {"/app": Permission.SEE_OWN, "/public": Permission.SEE_PUBLIC}
"""Folders of files: of the web application, and what the log-in and the public pages need."""

_NO_CAMERA = ("",)
"""A query for a name that no camera can have: to the store, an empty tuple would mean all of them."""


@dataclass(frozen=True, slots=True)
class VisibleCameras:
    """The cameras on which a principal may do something.

    Attributes:
        anywhere: there is a grant for it, on whatever group.
        every: also those that the site does not have any more.
        names: of those that it has, in the site file's order.
    """

    anywhere: bool
    every: bool
    names: tuple[str, ...]
    _known: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Lists of a city's cameras ask for each of thousands.
        object.__setattr__(self, "_known", frozenset(self.names))

    @classmethod
    def of(cls, hub: Hub, principal: Principal, permission: Permission) -> "VisibleCameras":
        """Returns those of a principal."""
        # The thousands of cameras of a city are in a few groups.
        may = cache(partial(principal.may, permission))
        names = tuple(plan.name for plan in hub.plan.cameras if may(plan.groups))
        return cls(principal.may(permission), principal.may(permission, (EVERY_CAMERA,)), names)

    def __contains__(self, camera: object) -> bool:
        return camera in self._known

    def asked(self, permission: Permission, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Returns the cameras that a query may cover; () for all of them.

        Args:
            permission: what they are asked for.
            wanted: the cameras that were named; empty where all are.

        Raises:
            ProblemError: one that was named is not among them, or there is no grant for it at all.
        """
        if self.every:
            return wanted
        if not self.anywhere or any(camera not in self._known for camera in wanted):
            raise not_permitted((permission,))
        return wanted or self.names or _NO_CAMERA


class PublicRoutes:
    """The routes that need no principal.

    Args:
        app: the whole application.
    """

    def __init__(self, app: FastAPI) -> None:
        self._patterns = tuple(
            (method, compile_path(path)[0]) for method, path, declared in needs_of(app) if declared.public
        )

    def __call__(self, scope: Scope) -> bool:
        """Returns whether a request is for one of them."""
        method = scope["method"] if scope["type"] == "http" else "WS"
        return any(method in (wanted, "HEAD") and pattern.match(scope["path"]) for wanted, pattern in self._patterns)


def needs_of(app: FastAPI) -> Iterator[tuple[str, str, Needs]]:
    """Yields the method, the path and the declaration of every route; the method of a WebSocket is `WS`.

    Raises:
        RuntimeError: a route declares nothing, or more than one thing.
    """
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, Mount):
            yield "GET", f"{context.path}/{{file:path}}", Needs((FILES[str(context.path)],))
            continue
        dependencies = getattr(context.original_route, "dependencies", None) or ()
        found = [each.dependency for each in dependencies if isinstance(each.dependency, Needs)]
        if len(found) != 1:
            raise RuntimeError(f"{context.path}: one permission is to be declared, got {len(found)}: add needs(...)")
        for method in sorted(context.methods or {"WS"}):
            yield method, str(context.path), found[0]
