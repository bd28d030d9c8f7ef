"""InfluxDB's write interfaces: what is posted, and what a real database then holds."""

import asyncio
import base64
from pathlib import Path

import pytest

from passerby.domain.publish_plan import HttpsServer, InfluxPlan
from passerby.domain.published import Audience
from passerby.publish.numbers.https import HttpsChannel
from passerby.publish.numbers.influx import InfluxForm
from passerby.publish.outlets.outlet import DeliveryError
from testing.servers import influxdb
from testing.servers.influxdb import DATABASE, PASSWORD, USER
from testing.servers.webhook_receiver import answer
from testing.web.authority import Authority
from tests.unit.publish.numbers.https_server import Https
from tests.unit.publish.numbers.made import counter_bins
from tests.unit.publish.published_numbers import LINE, ZONE


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> Https:
    return Https(tmp_path_factory.mktemp("https"))


def form(server: HttpsServer) -> InfluxForm:
    return InfluxForm(InfluxPlan(server, "city hall", "counts"), Audience.PUBLIC, "CC-BY-4.0")


def old_form(server: HttpsServer) -> InfluxForm:
    plan = InfluxPlan(server, database=DATABASE, user=USER)
    return InfluxForm(plan, Audience.PUBLIC, "CC-BY-4.0")


def test_version_2_has_organisation_bucket_and_token(https: Https) -> None:
    receiver, fault = https.send(form, counter_bins(LINE, 0, 2), answer(204))
    assert fault is None
    (got,) = receiver.received
    assert got.target == "POST /api/v2/write?org=city+hall&bucket=counts&precision=ns"
    assert got.headers["authorization"] == "Token t0ken"
    assert len(got.body.splitlines()) == 8


def test_version_1_has_database_and_user(https: Https) -> None:
    receiver, fault = https.send(old_form, counter_bins(LINE, 0, 1), answer(204))
    assert fault is None
    (got,) = receiver.received
    assert got.target == f"POST /write?db={DATABASE}&precision=ns"
    assert base64.b64decode(got.headers["authorization"].removeprefix("Basic ")).decode() == f"{USER}:t0ken"


@pytest.mark.parametrize(
    ("body", "said"),
    [(b'{"error": "partial write"}', ": partial write"), (b'{"message": "no bucket"}', ": no bucket"),
     (b'{"error": 3}', ""), (b"[]", ""), (b"<html>", "")],
)  # fmt: skip
def test_a_database_that_refuses_says_why(https: Https, body: bytes, said: str) -> None:
    _, fault = https.send(form, counter_bins(LINE, 0, 1), answer(400, body=body))
    assert str(fault) == f"server server.example: it answered with status 400{said}"


@pytest.mark.slow
def test_a_real_database_holds_what_was_published(tmp_path: Path) -> None:
    if why_not := influxdb.missing():
        pytest.skip(why_not)
    authority = Authority(tmp_path)
    bins = counter_bins(LINE, 0, 26) + counter_bins(ZONE, 0, 26)  # some are withheld, and some gaps
    with influxdb.influxdb(tmp_path, authority.certificate("localhost"), authority.file) as running:

        def sent(password: str) -> None:
            server = HttpsServer(f"https://localhost:{running.port}", password, True, str(authority.file))
            asyncio.run(HttpsChannel("database", server, old_form(server)).send(bins))

        with pytest.raises(DeliveryError, match="look at the token or the password"):
            sent("wrong")
        for _ in range(2):  # written again it is the same point
            sent(PASSWORD)
        rows = running.query("SELECT * FROM passerby_count")
    held = {
        (row["channel"], row["time"]): (row["count"], row["low"], row["high"], row["coverage"], row["status"])
        for row in rows
    }
    wanted = {
        (f"{one.counter.id}-{number.group.value.replace(' ', '-')}-{number.way.value}", number.from_ns): (
            number.value, number.low, number.high, number.coverage, number.status.value
        )
        for one in bins
        for number in one.numbers
        if number.group is not None and number.way is not None
    }  # fmt: skip
    assert held == wanted
    assert len(rows) == len(wanted)
    assert {row["count"] for row in rows if row["status"] != "published"} == {None}
