"""The site file: read, validated, applied and rolled back; its secrets never reach these routes."""

import asyncio
import re
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import OutputError
from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError
from passerby.text import iso_time
from passerby.web.edge.gate import MAX_BODY_BYTES
from passerby.web.hub import HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import RETRY_AFTER_S, InvalidField, ProblemError, bad_value, documented, echoed, no_such
from passerby.web.rows import ListOf

_ETAG = re.compile(r'"([0-9a-z]{1,64})"')
_NUMBER = re.compile(r"[0-9]{1,15}")
_LARGEST_NUMBER = 2**31 - 1


class SiteText(BaseModel):
    """A site file."""

    text: str = Field(
        max_length=MAX_BODY_BYTES,
        pattern=r"^[^\x00]*$",
        description="The whole file. `********` stands for the secret that is stored at the same key.",
        examples=["site:\n  name: Market square\n"],
    )


class Faults(BaseModel):
    """What is wrong with a site file; nothing, if it is empty."""

    faults: list[str] = Field(description="One sentence each, with its line and key.")


class Version(BaseModel):
    """A version of the site file, without its text."""

    number: int = Field(description="Each new version is one higher.", examples=[7])
    time: str = Field(description="When it was applied.", examples=["2026-09-28T08:10:00+02:00"])
    author: str = Field(description="Who applied it.")


class VersionRows(ListOf[Version]):
    """Versions, oldest first."""


class VersionText(Version):
    """A version of the site file."""

    text: str = Field(description="The file, with `********` for each secret.")


Number = Annotated[int, Path(ge=1, le=_LARGEST_NUMBER, description="The version's number.", examples=[7])]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description='The `ETag` of what the change was made from, in quotes: `"7"`; `*` for whatever there is.',
        examples=['"7"'],
    ),
]

router = APIRouter(prefix="/api/v1/configuration", tags=["configuration"])
READS = [needs(Permission.CONFIGURE)]
CHANGES = [needs(Permission.CONFIGURE, recent=True)]


@router.get("", dependencies=READS, responses=documented(401, 403, 503))
async def get_configuration(hub: HubHere, response: Response) -> VersionText:
    """The site file that runs now; the ETag is what a change has to name."""
    version = await hub.configurations.newest()
    response.headers["ETag"] = f'"{version.number}"'
    return _with_text(version, hub.zone)


@router.post("/validate", dependencies=READS, responses=documented(400, 401, 403, 413, 422))
async def validate_configuration(hub: HubHere, site: SiteText) -> Faults:
    """Returns what is wrong with a site file; applies nothing."""
    # In a thread: a long file takes seconds to read.
    faults = await asyncio.to_thread(hub.configurations.faults, site.text)
    return Faults(faults=list(faults))


@router.put("", dependencies=CHANGES, responses=documented(400, 401, 403, 412, 413, 422, 428, 503))
async def apply_configuration(
    hub: HubHere, principal: PrincipalHere, site: SiteText, response: Response, if_match: IfMatch = None
) -> Version:
    """Applies a site file: writes it, keeps it as a new version, and starts anew only the cameras that differ."""
    base = _base(if_match)
    try:
        version = await hub.configurations.apply(site.text, principal.name, base)
    except ConfigurationRefusedError as error:
        raise refused(error.faults) from None
    except ConfigurationConflictError as error:
        raise conflict(error) from None
    except OutputError as error:
        raise not_written(error) from None
    response.headers["ETag"] = f'"{version.number}"'
    return _version(version, hub.zone)


@router.get("/versions", dependencies=READS, responses=documented(401, 403, 503))
async def list_configuration_versions(hub: HubHere) -> VersionRows:
    """All versions that are kept, oldest first."""
    found = await hub.configurations.versions()
    return VersionRows(rows=[_version(version, hub.zone) for version in found], after=None)


@router.get("/versions/{number}", dependencies=READS, responses=documented(401, 403, 404, 422, 503))
async def get_configuration_version(hub: HubHere, number: Number) -> VersionText:
    """One version, with its text."""
    version = await hub.configurations.version(number)
    if version is None:
        raise _no_such_version(number)
    return _with_text(version, hub.zone)


@router.post("/versions/{number}/roll-back", dependencies=CHANGES, responses=documented(401, 403, 404, 422, 503))
async def roll_back_configuration(
    hub: HubHere, principal: PrincipalHere, number: Number, response: Response
) -> Version:
    """Applies an earlier version again, as a new one."""
    try:
        version = await hub.configurations.roll_back(number, principal.name)
    except KeyError:
        raise _no_such_version(number) from None
    except ConfigurationRefusedError as error:
        raise refused(error.faults) from None
    except OutputError as error:
        raise not_written(error) from None
    response.headers["ETag"] = f'"{version.number}"'
    return _version(version, hub.zone)


def _with_text(version: ConfigurationVersion, zone: ZoneInfo) -> VersionText:
    return VersionText(**_version(version, zone).model_dump(), text=version.text)


def _version(version: ConfigurationVersion, zone: ZoneInfo) -> Version:
    return Version(number=version.number, time=iso_time(version.time_ns, zone), author=version.author)


def _base(if_match: str | None) -> int | None:
    tag = tag_in(if_match)
    if tag is None:
        return None
    if _NUMBER.fullmatch(tag) is None:
        raise bad_value("header.If-Match", 'a version\'s number in quotes, such as "7", or *', if_match or "")
    return int(tag)


def tag_in(if_match: str | None) -> str | None:
    """Returns the ETag that a change was made from; None for whatever there is.

    Raises:
        ProblemError: there is none, or it is no strong one.
    """
    if if_match is None:
        raise ProblemError(
            HTTPStatus.PRECONDITION_REQUIRED,
            "base-needed",
            "It is not known whether this would undo another person's change.",
            "Send If-Match with the ETag of what it was made from, in quotes, or *.",
        )
    if if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise bad_value("header.If-Match", "the ETag of what it was made from, in quotes, or *", if_match)
    return found[1]


def conflict(error: ConfigurationConflictError, newest: str = "GET /api/v1/configuration") -> ProblemError:
    """The problem of a change that was made from an older state; `newest` reads the newest one."""
    return ProblemError(
        HTTPStatus.PRECONDITION_FAILED,
        "changed-meanwhile",
        str(error),
        f"{newest}, make the change anew in it, and send its ETag as If-Match.",
    )


def not_written(error: OutputError) -> ProblemError:
    """The problem of a file that cannot be written."""
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "not-written",
        str(error),
        "Mend that on the machine, then ask again; what ran goes on running.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


def refused(faults: tuple[str, ...]) -> ProblemError:
    """The problem of a site file with faults."""
    return ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "site-file-refused",
        f"The site file has {len(faults)} faults; what ran goes on running.",
        "Mend what the faults say.",
        [InvalidField(where="text", what=fault, got=None) for fault in faults],
    )


def _no_such_version(number: int) -> ProblemError:
    return no_such("version", echoed(str(number)), "GET /api/v1/configuration/versions lists all that are kept.")
