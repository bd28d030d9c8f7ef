"""The tree of the audit log for all, without any entry: its checkpoint, its key, its hashes."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import Response

from passerby.audit.tiles import parsed_path
from passerby.domain.access import Permission
from passerby.web.hub import HubHere
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, documented

PUBLIC = [needs(Permission.SEE_PUBLIC)]

_ASK_AGAIN = "public, no-cache"
"""A tile never changes within one log, but a log that begins anew has others at the same addresses."""


router = APIRouter(prefix="/.well-known/passerby", tags=["audit"])


@router.get(
    "/checkpoint",
    dependencies=PUBLIC,
    response_class=Response,
    responses={
        200: {"description": "C2SP tlog-checkpoint", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **documented(404, 503),
    },
    openapi_extra={"security": []},
)
async def get_audit_checkpoint(hub: HubHere) -> Response:
    """The newest signed checkpoint of the audit log: its name, its size, its root."""
    note = await hub.store.audit_log.newest_checkpoint()
    if note is None:
        raise _not_there("no checkpoint has been signed yet")
    return Response(note, media_type="text/plain; charset=utf-8")


@router.get(
    "/key",
    dependencies=PUBLIC,
    response_class=Response,
    responses={
        200: {"description": "C2SP verifier key", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **documented(503),
    },
    openapi_extra={"security": []},
)
async def get_audit_key(hub: HubHere) -> Response:
    """The public key of the audit log. It proves something only where it is known from elsewhere too."""
    return Response(await hub.store.audit_log.public_key() + "\n", media_type="text/plain; charset=utf-8")


@router.get(
    "/tile/{file:path}",
    dependencies=PUBLIC,
    response_class=Response,
    responses={
        200: {
            "description": "Hashes of 32 bytes (C2SP tlog-tiles)",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(404, 422, 503),
    },
    openapi_extra={"security": []},
)
async def get_audit_tile(hub: HubHere, file: str) -> Response:
    """A tile of the audit log's tree, by which a checkpoint is compared with an earlier one; entries are not served."""
    found = parsed_path(file)
    hashes = None if found is None else await hub.store.audit_log.tile(found[0].level, found[0].number, found[1])
    if hashes is None:
        raise _not_there("the tree has no such tile")
    return Response(hashes, media_type="application/octet-stream", headers={"Cache-Control": _ASK_AGAIN})


def _not_there(why: str) -> ProblemError:
    return ProblemError(
        HTTPStatus.NOT_FOUND, "no-such-page", f"{why[0].upper()}{why[1:]}.", "GET /.well-known/passerby/checkpoint."
    )
