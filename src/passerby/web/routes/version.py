"""Which passerby this is, and which site it measures."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.text import iso_time
from passerby.web.hub import HubHere
from passerby.web.permissions import needs
from passerby.web.problems import documented
from passerby.web.routes.pages import page_script


class SiteRow(BaseModel):
    """The site."""

    name: str = Field(examples=["Market square"])
    time_zone: str = Field(description="IANA name; all times are given in it.", examples=["Europe/Berlin"])
    made_up_before: str | None = Field(
        description="The first day that was really measured: every number of an earlier one is made up, as the history "
        "of a demo is. Null where nothing is made up.",
        examples=["2026-09-28"],
    )
    map: bool = Field(description="`GET /api/v1/map` has the tiles of a map to draw under the cameras.")


class VersionRow(BaseModel):
    """Which passerby this is."""

    version: str = Field(examples=["0.1.0"])
    page: str | None = Field(
        description="The script that the web application starts with. Its name holds a hash of the whole application, "
        "so that an open page sees that it is older than the service. Null where the application is not built.",
        examples=["index-C6KNXy5J.js"],
    )
    site: SiteRow
    time: str = Field(description="The service's own time.", examples=["2026-09-28T08:10:00+02:00"])
    time_ms: int = Field(
        description="The same in milliseconds since 1970: what a page sets its own clock right by.",
        examples=[1790575800123],
    )


router = APIRouter(prefix="/api/v1", tags=["operation"])


@router.get("/version", dependencies=[needs(Permission.SEE_STATE)], responses=documented(401, 403))
async def get_version(hub: HubHere) -> VersionRow:
    """Which passerby this is, and which site it measures."""
    day = hub.plan.made_up_before
    site = SiteRow(
        name=hub.plan.name,
        time_zone=hub.plan.time_zone,
        made_up_before=None if day is None else day.isoformat(),
        map=hub.plan.map_file is not None,
    )
    now_ns = hub.clock()
    return VersionRow(
        version=hub.version, page=page_script(), site=site, time=iso_time(now_ns, hub.zone), time_ms=now_ns // 1_000_000
    )
