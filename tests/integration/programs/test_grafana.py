"""The queries of the how-to for Grafana, read out of its page: against a real Prometheus and the real API."""

import asyncio
import json
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from ruamel.yaml import YAML

from passerby.domain.access import Permission, Role
from passerby.domain.notices import NoticeState, RecipientStanding
from passerby.domain.observations import Quantity
from passerby.service.metrics.delivery import DeliveryMetrics
from passerby.service.metrics.hub import HubMetrics
from testing.ports import free_port
from testing.servers.prometheus import Prometheus, missing, prometheus
from testing.source_tree import ROOT
from testing.waiting import WITHIN_S
from testing.web.fakes import NOW_S, health_report, observation
from tests.integration.programs.served import Programs, blocks, service_for_programs

PAGE = (ROOT / "docs" / "how-to" / "show-in-grafana.md").read_text(encoding="utf-8")
METRICS = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
HOST = "https://count.example.org"
SCRAPING, RULES, INFINITY = (YAML(typ="safe").load(block) for block in blocks(PAGE, "yaml"))
ALERTS = [rule["expr"] for rule in RULES["groups"][0]["rules"]]
QUERIES = [query.strip() for query in blocks(PAGE, "promql")]
ADDRESSES = [line for block in blocks(PAGE, "text") for line in block.splitlines()]
DASHBOARD = json.loads((ROOT / "packaging" / "grafana" / "passerby.json").read_text(encoding="utf-8"))
PANELS = DASHBOARD["panels"]
SHOWN = [target["expr"] for panel in PANELS for target in panel["targets"]]
FAILING = "/.well-known/passerby/register.json"
"""Answered with 503 as long as no register has been published."""


def busy(programs: Programs) -> None:
    """Makes everything go on that the page asks for, and go wrong what it warns of."""
    programs.service.live.reports = {
        "square": health_report(
            frames_in=300, frames_dropped=30, detect_p50_ms=40.0, detect_p95_ms=90.0, time_ns=(NOW_S - 60) * 10**9
        )
    }
    standing = RecipientStanding("room", 2, 5, 1, 40 * 10**9, None, 7, "no answer", 1, NoticeState.FAILED)
    delivery = SimpleNamespace(standings=(standing,), now_ns=lambda: 100 * 10**9)
    server = SimpleNamespace(rows_stored=12, rows_set_aside=3, waiting=0, store_fault="it does not answer")
    registry = programs.service.app.state.hub.figures.registry
    registry.register(DeliveryMetrics(cast("Any", delivery)))
    registry.register(HubMetrics(cast("Any", SimpleNamespace(workers=1)), cast("Any", server)))


def configured(folder: Path, address: str, token: str) -> Path:
    """The page's own configuration, for a service that is here, and with its own rules; and for one that is away."""
    (folder / "token").write_text(token, encoding="utf-8")
    configuration = YAML(typ="safe").load(blocks(PAGE, "yaml")[0])
    (job,) = configuration["scrape_configs"]
    assert f"{job['scheme']}://{job['static_configs'][0]['targets'][0]}" == HOST
    job |= {"scheme": "http", "scrape_interval": "1s"}
    job["authorization"]["credentials_file"] = str(folder / "token")
    job["static_configs"][0]["targets"] = [address.removeprefix("http://"), f"127.0.0.1:{free_port()}"]
    (folder / "rules.yml").write_text(blocks(PAGE, "yaml")[1], encoding="utf-8")
    configuration |= {"rule_files": ["rules.yml"]}
    made = folder / "prometheus.yml"
    with made.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(configuration, file)
    return made


async def answered(running: Prometheus, query: str, client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """What a query finds, asked until it finds numbers, while requests go on that succeed and that fail."""
    try:
        async with asyncio.timeout(WITHIN_S):
            while True:
                await client.get("/healthz")
                assert (await client.get(FAILING)).status_code == 503
                found = await asyncio.to_thread(running.query, query)
                if found and not any(math.isnan(float(each["value"][1])) for each in found):
                    return found
                await asyncio.sleep(0.1)
    except TimeoutError:
        targets = (await asyncio.to_thread(running.ask, "/api/v1/targets"))["activeTargets"]
        pytest.fail(f"nothing for {query}; scraping: {[each['lastError'] for each in targets]}")


@pytest.mark.slow
@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_prometheus_answers_every_query_of_the_page(tmp_path: Path) -> None:
    async def scene() -> dict[str, list[dict[str, Any]]]:
        async with (
            service_for_programs(tmp_path) as programs,
            httpx.AsyncClient(base_url=programs.address) as client,
        ):
            busy(programs)
            token = await programs.token(Role.ADMINISTRATOR, Permission.SEE_METRICS)
            configuration = configured(tmp_path, programs.address, token)
            # Started in a thread, so that what is served here goes on meanwhile.
            running = prometheus(tmp_path, configuration)
            asked = await asyncio.to_thread(running.__enter__)
            try:
                found = {query: await answered(asked, query, client) for query in [*QUERIES, *ALERTS]}
                rules = await asyncio.to_thread(asked.ask, "/api/v1/rules")
                assert [each["query"] for each in rules["groups"][0]["rules"]] == ALERTS
                for shown in SHOWN:  # a query that Prometheus cannot read raises an error
                    found[shown] = await asyncio.to_thread(asked.query, shown.replace("$job", ".+"))
                return found
            finally:
                await asyncio.to_thread(running.__exit__, None, None, None)

    found = asyncio.run(scene())
    states = {each["metric"]["state"]: float(each["value"][1]) for each in found[QUERIES[0]]}
    assert {state: number for state, number in states.items() if number} == {"online": 1, "unknown": 1}
    ((looked_at, detected),) = [[float(found[query][0]["value"][1]) for query in QUERIES[1:3]]]
    assert (looked_at, detected) == (pytest.approx(0.9), 0.09)
    assert {each["metric"]["status"] for each in found[QUERIES[4]]} >= {"200", "503"}
    assert sum(bool(found[shown]) for shown in SHOWN) >= len(SHOWN) // 2, "what is shown of this service"


def test_every_metric_of_the_page_is_in_the_reference() -> None:
    used = set(re.findall(r"\b(?:passerby|process)_[a-z_]+", " ".join([*QUERIES, *ALERTS, *SHOWN])))
    assert len(used) > 10
    known = set(re.findall(r"`((?:passerby|process)_[a-z_]+)", METRICS))
    # A histogram's parts are what Prometheus makes of it.
    assert {name.removesuffix("_bucket") for name in used} - known == set()


def test_the_dashboard_is_one_that_grafana_can_lay_out() -> None:
    """Grafana's dashboard JSON model: ids of their own, 24 columns, no panel upon another, one data source for all."""
    assert {variable["name"]: variable["type"] for variable in DASHBOARD["templating"]["list"]} == {
        "source": "datasource", "job": "query",
    }  # fmt: skip
    assert len({panel["id"] for panel in PANELS}) == len({panel["title"] for panel in PANELS}) == len(PANELS) == 20
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in PANELS)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    for panel in PANELS:
        assert panel["type"] in ("timeseries", "stat")
        for one in (panel, *panel["targets"]):
            assert one["datasource"] == {"type": "prometheus", "uid": "${source}"}
    assert all('job=~"$job"' in shown for shown in SHOWN)


def test_the_api_answers_every_address_of_the_page(tmp_path: Path) -> None:
    rows = [observation(NOW_S - 60 * minute) for minute in range(1, 200)]
    rows += [
        observation(NOW_S - 60 * minute, series="benches", quantity=Quantity.OCCUPANCY_MAX, direction=None)
        for minute in range(1, 200)
    ]
    times = {"${__from:date:iso}": "2026-09-27T22:00:00.000Z", "${__to:date:iso}": "2026-09-28T10:00:00.254Z"}
    assert INFINITY["datasources"][0]["jsonData"]["allowedHosts"] == [HOST]

    async def scene() -> list[tuple[str, list[dict[str, Any]]]]:
        found = []
        async with service_for_programs(tmp_path, rows) as programs:
            programs.service.live.reports = {"square": health_report()}
            token = await programs.token(Role.ANALYST, Permission.SEE_COUNTS, Permission.SEE_STATE)
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(base_url=programs.address, headers=headers) as client:
                for address in ADDRESSES:
                    path = address.removeprefix(HOST)
                    for variable, time in times.items():
                        path = path.replace(variable, time)
                    answer = await client.get(path)
                    assert answer.status_code == 200, answer.text
                    found.append((path.partition("?")[0], answer.json()["rows"]))
        return found

    found = asyncio.run(scene())
    columns = set(re.findall(r"^\| `(\w+)` \| (?:Time|Number|String) \|", PAGE, re.MULTILINE))
    assert len(columns) == 7
    expected = {
        "/api/v1/observations": columns,
        "/api/v1/health": {"camera", "state", "since", "why"},
        "/api/v1/cameras": {"name"},
    }
    assert [path for path, _ in found] == [*list(expected)[:1] * 2, *list(expected)[1:]]
    for path, page in found:
        assert page, path
        assert all(expected[path] <= set(row) for row in page)
