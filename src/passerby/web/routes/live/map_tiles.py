"""The tiles of the map that lies under the cameras: one file, of which a browser reads a range at a time."""

import asyncio
import re
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Header
from starlette.responses import FileResponse, Response

from passerby.domain.access import Permission
from passerby.map_file import MapFileError, checked_map_file
from passerby.web.hub import HubHere
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, documented, no_such

MEDIA_TYPE: Final = "application/vnd.pmtiles"
_RANGE: Final = re.compile(r"bytes=([0-9]{1,18})-([0-9]{1,18})?")
_BINARY: Final = {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}

router = APIRouter(prefix="/api/v1", tags=["operation"])
TILES = documented(401, 403, 404, 416, 422, 503) | {
    200: {"description": "The whole file.", **_BINARY},
    206: {"description": "The range that was asked for.", **_BINARY},
}


@router.get("/map", dependencies=[needs(Permission.SEE_STATE)], response_class=Response, responses=TILES)
async def get_map(
    hub: HubHere,
    asked: Annotated[
        str | None,
        Header(alias="Range", description="One range of bytes with its beginning.", examples=["bytes=0-16383"]),
    ] = None,
    still: Annotated[
        str | None,
        Header(
            alias="If-Range",
            description="The `ETag` of the file that the range is of; of another one all comes.",
            examples=['"0cc175b9c0f1b6a831c399e269772661"'],
        ),
    ] = None,
) -> Response:
    """The tiles of the site's map (PMTiles, version 3), whole or a range of bytes."""
    path = hub.plan.map_file
    if path is None:
        raise no_such("map", hub.plan.name, "Name a PMTiles file in the site file (site.map).")
    answer = await asyncio.to_thread(_answer, path)
    # A range of another file is not looked at: all of this one comes.
    if asked is not None and still in (None, answer.headers["etag"], answer.headers["last-modified"]):
        _check_range(asked, int(answer.headers["content-length"]))
    return answer


def _answer(path: Path) -> FileResponse:
    """Looks at the file again: it may have been taken away or replaced since the site file was checked."""
    try:
        return FileResponse(path, media_type=MEDIA_TYPE, stat_result=checked_map_file(path))
    except MapFileError as error:
        raise ProblemError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "map-not-readable",
            f"The file of the map cannot be used: {error}.",
            "Put it back; `passerby check SITE.yaml` says more. The page draws its map without it.",
        ) from None


def _check_range(asked: str, size_bytes: int) -> None:
    found = _RANGE.fullmatch(asked.strip())
    last = None if found is None or found[2] is None else int(found[2])
    if found is None or int(found[1]) >= size_bytes or (last is not None and last < int(found[1])):
        raise ProblemError(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "no-such-range",
            f"The file has {size_bytes} bytes; one range of them, from its first byte on, can be asked for.",
            "Ask for `bytes=FIRST-LAST`, or without a range for the whole file.",
            headers={"Content-Range": f"bytes */{size_bytes}"},
        )
