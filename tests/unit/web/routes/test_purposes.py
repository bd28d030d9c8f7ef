"""Why one looks: asked first, written down before the first picture, limited in time, and counted."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
import websockets
from websockets.asyncio.client import connect

from passerby.domain.service import CameraPlan
from passerby.web.app import recall_purposes
from passerby.web.edge.purposes import PURPOSE_S, TICKET_S
from testing.waiting import WITHIN_S, until_true
from testing.web.fakes import Service, preview, site_plan
from testing.web.serving import served

WHY = {"purpose": "road_safety", "case": "report 2026-117"}


def stranger(service: Service) -> None:
    """Takes away the purpose that the fakes state."""
    service.session()
    service.app.state.hub.purposes._stated.clear()


@pytest.mark.asvs("2.3.1")
def test_no_look_and_no_export_without_a_purpose() -> None:
    service = Service()
    stranger(service)
    for answer in (
        service.post("/api/v1/cameras/square/ticket"),
        service.get("/api/v1/observations", headers={"Accept": "text/csv"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "purpose-needed")
    assert service.get("/api/v1/purpose").json()["purpose"] is None
    assert service.get("/api/v1/observations").status_code == 200
    stated = service.put("/api/v1/purpose", json=WHY).json()
    assert (stated["purpose"], stated["case"], stated["end"]) == (*WHY.values(), "2026-09-28T12:30:00+02:00")
    assert service.post("/api/v1/cameras/square/ticket").status_code == 200
    assert service.get("/api/v1/observations", headers={"Accept": "text/csv"}).status_code == 200
    acts = [(entry.action, entry.purpose, entry.case) for entry in service.store.audit_rows]
    assert acts == [("purpose.stated", *WHY.values()), ("counts.exported", *WHY.values())]
    assert service.store.audit_log.signed == 1  # a checkpoint with each export


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": "investigation"},
        {"case": "ab"},
        {"case": "  x  "},
        {"case": "x" * 201},
        {"case": "a\nb"},
        {"case": None},
    ],
)
def test_a_purpose_is_of_the_list_and_a_case_is_a_line(wrong: dict[str, Any]) -> None:
    service = Service()
    stranger(service)
    assert service.put("/api/v1/purpose", json=WHY | wrong).status_code == 422
    assert service.store.audit_rows == []


def test_a_purpose_ends_by_itself_and_by_hand() -> None:
    service = Service()
    service.put("/api/v1/purpose", json=WHY)
    service.clock.now_s += PURPOSE_S - 60
    assert service.post("/api/v1/cameras/square/ticket").status_code == 200
    assert asyncio.run(_delete(service)).status_code == 204
    assert service.post("/api/v1/cameras/square/ticket").json()["code"] == "purpose-needed"
    service.put("/api/v1/purpose", json=WHY)
    # A clock that was set back gives no longer time.
    service.clock.now_s -= 3600
    assert service.post("/api/v1/cameras/square/ticket").status_code != 200


def test_another_hub_on_the_same_store_knows_what_was_stated_and_not_what_has_ended() -> None:
    first = Service()
    first.session()

    def other() -> Service:
        made = Service(store=first.store, access=first.access)
        made._session, made.clock.now_s = first._session, first.clock.now_s
        asyncio.run(recall_purposes(made.app))
        return made

    first.put("/api/v1/purpose", json=WHY)
    stated = other().get("/api/v1/purpose").json()
    assert (stated["purpose"], stated["case"], stated["end"]) == (*WHY.values(), "2026-09-28T12:30:00+02:00")
    first.clock.now_s += PURPOSE_S - 1
    assert other().post("/api/v1/cameras/square/ticket").status_code == 200
    first.clock.now_s += 1
    assert other().get("/api/v1/purpose").json()["purpose"] is None
    first.put("/api/v1/purpose", json=WHY)
    asyncio.run(_delete(first))
    assert other().get("/api/v1/purpose").json()["purpose"] is None


async def _delete(service: Service) -> httpx.Response:
    async with service.client() as client:
        return await client.delete("/api/v1/purpose")


def test_what_cannot_be_written_down_is_not_exported() -> None:
    service = Service()
    service.session()
    service.store.away = True
    answer = service.get("/api/v1/observations", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")


def view(service: Service, port: int, ticket: str, camera: str = "square") -> Any:
    address = f"ws://127.0.0.1:{port}/api/v1/cameras/{camera}/view?ticket={ticket}"
    return connect(address, additional_headers={"Cookie": service.session()}, proxy=None)


def refusal(service: Service, ticket: str, camera: str = "square") -> int:
    async def scene() -> int:
        async with served(service.app) as port:
            with pytest.raises(websockets.InvalidStatus) as refused:
                await view(service, port, ticket, camera).__aenter__()
        status: int = refused.value.response.status_code
        return status

    return asyncio.run(scene())


def test_a_look_is_written_down_before_the_first_picture() -> None:
    async def scene() -> None:
        service = Service()
        async with served(service.app) as port, view(service, port, service.ticket()) as viewer:
            (entry,) = service.store.audit_rows
            assert (entry.action, entry.subject, entry.purpose, entry.case) == (
                "view.opened", "square", "maintenance", "a test",
            )  # fmt: skip
            await until_true(lambda: service.live.looks == 1)
            service.live.show(preview())
            assert await viewer.recv()

    asyncio.run(scene())


@pytest.mark.asvs("16.5.3")
def test_a_look_that_cannot_be_written_down_does_not_happen() -> None:
    service = Service()
    service.session()
    service.store.away = True
    assert refusal(service, service.ticket()) == 503
    assert service.live.looks == 0


@pytest.mark.asvs("4.4.3", "4.4.4")
def test_a_ticket_works_once_soon_and_for_its_camera() -> None:
    service = Service()
    assert refusal(service, "") == 403
    assert refusal(service, "ü" * 50) == 403
    assert refusal(service, service.ticket("gate"), "square") == 403
    old = service.ticket()
    service.clock.now_s += TICKET_S
    assert refusal(service, old) == 403

    async def twice() -> None:
        ticket = service.ticket()
        async with served(service.app) as port, view(service, port, ticket):
            with pytest.raises(websockets.InvalidStatus):
                await view(service, port, ticket).__aenter__()

    asyncio.run(twice())


def _log_out(service: Service) -> Any:
    async def ended() -> None:
        async with service.client() as client:
            await client.post("/account/log-out")

    return ended()


async def _end_purpose(service: Service) -> None:
    service.app.state.hub.purposes._stated.clear()


async def _other_case(service: Service) -> None:
    async with service.client() as client:
        answer = await client.put("/api/v1/purpose", json={"purpose": "road_safety", "case": "another report"})
        assert answer.status_code == 200


async def _first_account(service: Service) -> None:
    """The link opens nothing any more once there is an account."""
    await service.access.accounts.make("ann", "test")


@pytest.mark.parametrize("end", [_log_out, _end_purpose, _other_case, _first_account])
def test_an_open_view_ends_with_what_it_was_opened_by(monkeypatch: pytest.MonkeyPatch, end: Any) -> None:
    monkeypatch.setattr("passerby.web.edge.streams.LOOK_S", 0.05)

    async def scene() -> None:
        service = Service()
        async with served(service.app) as port, view(service, port, service.ticket()) as viewer:
            await until_true(lambda: service.live.looks == 1)
            await end(service)
            with pytest.raises(websockets.ConnectionClosed):
                await asyncio.wait_for(viewer.recv(), WITHIN_S)

    asyncio.run(scene())


def test_live_values_end_with_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.edge.streams.LOOK_S", 0.05)
    monkeypatch.setattr("passerby.web.routes.live.stream.MIN_INTERVAL_S", 0.05)
    monkeypatch.setattr("passerby.web.routes.live.stream._LOOK_UP_S", 0.05)

    async def scene() -> None:
        service = Service()
        async with served(service.app) as port:
            client = httpx.AsyncClient(headers={"Cookie": service.session()})
            async with client, client.stream("GET", f"http://127.0.0.1:{port}/api/v1/live") as answer:
                await _log_out(service)
                async with asyncio.timeout(WITHIN_S):
                    async for _ in answer.aiter_lines():
                        pass

    asyncio.run(scene())


@pytest.mark.asvs("2.3.2")
def test_looking_at_many_cameras_raises_one_event_an_hour() -> None:
    service = Service()
    plan = site_plan()
    names = [f"camera-{number}" for number in range(plan.server.looks_per_hour + 3)]
    first: CameraPlan = plan.cameras[0]
    hub = service.app.state.hub
    service.session()
    limit = plan.server.looks_per_hour
    found = [hub.looks.add("ann", name, limit) for name in names]
    assert [each for each in found if each is not None] == [limit + 1]
    assert hub.looks.add("bob", first.name, limit) is None
    service.clock.now_s += 3601
    assert hub.looks.add("ann", names[0], limit) is None


def test_the_event_names_no_one_and_the_audit_log_does(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service()
    plan = service.configurations.plan
    service.configurations.plan = replace(plan, server=replace(plan.server, looks_per_hour=1))

    async def scene() -> None:
        async with served(service.app) as port:
            for camera in ("square", "gate"):
                async with view(service, port, service.ticket(camera), camera):
                    pass

    asyncio.run(scene())
    (event,) = service.store.event_rows
    assert (event.rule, event.value, event.threshold) == ("mass-viewing", 2, 1)
    assert "holder" not in event.why
    assert [entry.subject for entry in service.store.audit_rows if entry.action == "viewing.many"] == [
        "holder of the link"
    ]
