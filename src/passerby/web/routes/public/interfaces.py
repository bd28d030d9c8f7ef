"""Public numbers by the trade's interfaces: NGSI-LD entities, the read side of OGC SensorThings, and DATEX II."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from passerby.domain.access import Permission
from passerby.domain.published import Audience, PublishedBin, PublishedCounter
from passerby.ports.published import PublishedQuery
from passerby.publish.open_data.months import OpenData
from passerby.publish.standards.datex2 import MEDIA_TYPE, measured_data, site_table
from passerby.publish.standards.ngsi_ld import Entity, context, entities, newest, normalised
from passerby.publish.standards.sensorthings.errors import NotFoundError, WrongRequestError
from passerby.publish.standards.sensorthings.service import SensorThings
from passerby.units import NS_PER_S
from passerby.web.hub import HubHere
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, no_such
from passerby.web.routes.measured.formats import best_format
from passerby.web.routes.public.open_files import open_data_of

LD_JSON: Final = "application/ld+json"
JSON: Final = "application/json"

_CONTEXT_PATH: Final = "/ngsi-ld/v1/context.jsonld"

_BINS_BACK: Final = 4
"""An entity is of the newest number; where nothing was published for so many bins, there is none."""

_FOR_ALL: Final = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}

router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE_PUBLIC)])


@router.get("/ngsi-ld/v1/entities")
async def get_entities(
    hub: HubHere,
    request: Request,
    type_: Annotated[str, Query(alias="type")] = "",
    id_: Annotated[str, Query(alias="id")] = "",
    options: Literal["", "keyValues", "simplified"] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    count: bool = False,
) -> Response:
    """The newest number of each series."""
    if not type_ and not id_:
        raise ProblemError(
            HTTPStatus.BAD_REQUEST, "too-wide", "Entities are asked for by type or id.", "Add ?type=ItemFlowObserved."
        )
    data = open_data_of(hub)
    found = _asked(await _entities(data, hub.clock()), type_, id_)
    page = [_shown(each, options) for each in found[offset : offset + limit]]
    answer = _ngsi(request, data, page)
    if count:
        answer.headers["NGSILD-Results-Count"] = str(len(found))
    return answer


@router.get(_CONTEXT_PATH)
async def get_context(hub: HubHere) -> Response:
    """What the names in entities mean."""
    return JSONResponse({"@context": context(open_data_of(hub).describe())}, media_type=LD_JSON, headers=_FOR_ALL)


@router.get("/ngsi-ld/v1/entities/{entity}")
async def get_entity(
    hub: HubHere, request: Request, entity: str, options: Literal["", "keyValues", "simplified"] = ""
) -> Response:
    """One of them."""
    data = open_data_of(hub)
    found = next((each for each in await _entities(data, hub.clock()) if each["id"] == entity), None)
    if found is None:
        raise no_such("entity", entity, "GET /ngsi-ld/v1/entities?type=ItemFlowObserved lists them.")
    return _ngsi(request, data, _shown(found, options))


@router.get("/sensorthings/v1.1")
@router.get("/sensorthings/v1.1/{path:path}")
async def get_sensorthings(hub: HubHere, request: Request, path: str = "") -> Response:
    """What lies at a path of SensorThings."""
    data = open_data_of(hub)
    service = SensorThings(data.describe(), await data.counters(), data.numbers, Audience.PUBLIC, hub.clock())
    try:
        found = await service.answer(path, dict(request.query_params))
    except NotFoundError as error:
        raise _problem(HTTPStatus.NOT_FOUND, "no-such-entity", error) from None
    except WrongRequestError as error:
        raise _problem(HTTPStatus.BAD_REQUEST, "wrong-request", error) from None
    if isinstance(found, str):
        return PlainTextResponse(found, headers=_FOR_ALL)
    return JSONResponse(found, headers=_FOR_ALL)


@router.get("/datex2/v3/measurement-sites.xml")
async def get_measurement_sites(hub: HubHere) -> Response:
    """Where vehicles are counted, as DATEX II."""
    data = open_data_of(hub)
    content = site_table(data.describe(), _going_on(await data.counters()), hub.clock())
    return Response(content, media_type=MEDIA_TYPE, headers=_FOR_ALL)


@router.get("/datex2/v3/measured-data.xml")
async def get_measured_data(hub: HubHere) -> Response:
    """The newest number of vehicles of each series, as DATEX II."""
    data, now_ns = open_data_of(hub), hub.clock()
    counters = _going_on(await data.counters())
    content = measured_data(data.describe(), counters, newest(await _newest_of(data, counters, now_ns)), now_ns)
    return Response(content, media_type=MEDIA_TYPE, headers=_FOR_ALL)


def _problem(status: HTTPStatus, code: str, error: Exception) -> ProblemError:
    text = str(error)
    return ProblemError(
        status, code, f"{text[0].upper()}{text[1:]}.", "docs/reference/published-numbers.md says what is offered."
    )


async def _entities(data: OpenData, now_ns: int) -> list[Entity]:
    counters = _going_on(await data.counters())
    return list(entities(data.describe(), counters, await _newest_of(data, counters, now_ns)))


def _going_on(counters: Sequence[PublishedCounter]) -> list[PublishedCounter]:
    return [each for each in counters if each.ended_ns is None]


async def _newest_of(data: OpenData, counters: Sequence[PublishedCounter], now_ns: int) -> list[PublishedBin]:
    bins: list[PublishedBin] = []
    for sensitive in (False, True):
        bins += await _newest(data, [each for each in counters if each.sensitive is sensitive], now_ns)
    return bins


async def _newest(data: OpenData, counters: list[PublishedCounter], now_ns: int) -> tuple[PublishedBin, ...]:
    if not counters:
        return ()
    rules = counters[0].rules(Audience.PUBLIC)
    back_ns = (rules.delay_s + _BINS_BACK * rules.bin_s) * NS_PER_S
    ids = tuple(each.id for each in counters)
    return await data.numbers.bins(PublishedQuery(Audience.PUBLIC, now_ns - back_ns, now_ns, ids))


def _asked(found: list[Entity], types: str, ids: str) -> list[Entity]:
    """Those of types and ids, each a list with commas; empty for all."""
    kinds, names = set(filter(None, types.split(","))), set(filter(None, ids.split(",")))
    return [each for each in found if (not kinds or each["type"] in kinds) and (not names or each["id"] in names)]


def _shown(entity: Entity, options: str) -> Entity:
    return entity if options else normalised(entity)


def _ngsi(request: Request, data: OpenData, content: Any) -> Response:
    """An answer with its context: within it as linked data, else as a link to it (ETSI GS CIM 009, 6.3.5)."""
    linked = best_format(request.headers.get("accept") or "", (JSON, LD_JSON)) == LD_JSON
    if not linked:
        address = f"{data.describe().origin}{_CONTEXT_PATH}"
        link = f'<{address}>; rel="http://www.w3.org/ns/json-ld#context"; type="{LD_JSON}"'
        return JSONResponse(content, headers={**_FOR_ALL, "Link": link})
    own = {"@context": context(data.describe())}
    with_context = [{**own, **each} for each in content] if isinstance(content, list) else {**own, **content}
    return JSONResponse(with_context, media_type=LD_JSON, headers=_FOR_ALL)
