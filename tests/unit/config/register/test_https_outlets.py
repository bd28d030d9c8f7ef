"""Outlets that numbers are posted to: keys, secrets, and addresses and combinations that are refused."""

from pathlib import Path

import pytest

from passerby.config.loader import load_site
from passerby.config.service import load_service
from passerby.domain.errors import SiteFileError
from passerby.domain.publish_plan import ContextBrokerPlan, EventReceiverPlan, InfluxPlan, OutletPlan

SITE = """
register: {{recipients: [Everybody]}}
cameras:
  square:
    source: {{rtsp: "rtsp://10.0.0.7/a"}}
    lines: {{north: {{points: [[0.1, 0.5], [0.9, 0.5]]}}}}
    register: {{place: {{{place}}}}}
publish:
  title: Counts
  publisher: City
  contact: counts@example.org
  licence: CC-BY-4.0
  audiences: {{public: {{recipient: Everybody}}}}
  counters: [{{camera: square, line: north}}]
  outlets:
    city: {{audience: public, recipient: Everybody, {way}}}
"""


def site_file(folder: Path, way: str, place: str = "position: [44.8, 20.4]") -> Path:
    path = folder / "site.yaml"
    path.write_text(SITE.format(way=way, place=place))
    return path


def plan_of(folder: Path, way: str) -> OutletPlan:
    plan = load_service(site_file(folder, way), {"TOKEN": "t0ken"}).plan
    assert plan.publish is not None
    assert "t0ken" in plan.secrets
    (outlet,) = plan.publish.outlets
    return outlet.channel


def test_each_way_has_its_plan(tmp_path: Path) -> None:
    broker = plan_of(
        tmp_path,
        "ngsi_ld: {url: https://x.example, tenant: city, token_from: TOKEN, form: key-values, authority: ca.pem}",
    )
    assert isinstance(broker, ContextBrokerPlan)
    assert (broker.tenant, broker.bearer, broker.key_values) == ("city", True, True)
    assert broker.server.ca_file == str(tmp_path / "ca.pem")
    receiver = plan_of(tmp_path, "events: {url: 'https://x.example/a?b=c', token_from: TOKEN, mode: structured}")
    assert isinstance(receiver, EventReceiverPlan)
    assert not receiver.batched
    bucket = plan_of(tmp_path, "influx: {url: https://x.example, org: hall, bucket: counts, token_from: TOKEN}")
    assert bucket == InfluxPlan(bucket.server, "hall", "counts") if isinstance(bucket, InfluxPlan) else False
    database = plan_of(tmp_path, "influx: {url: https://x.example, database: c, user: u, password_from: TOKEN}")
    assert isinstance(database, InfluxPlan)
    assert (database.database, database.user, database.secret) == ("c", "u", "t0ken")


@pytest.mark.parametrize(
    ("way", "where", "why"),
    [
        ("licence: CC0-1.0", "city", "exactly one of mqtt, ngsi_ld, events, influx is needed, got 0"),
        ("mqtt: {host: a.example}, events: {url: https://x.example}", "city", "got 2"),
        ("events: {url: http://x.example}", "city.events.url", "over TLS only"),
        ("events: {url: https://10.0.0.7/}", "city.events.url", "inside the network"),
        ("ngsi_ld: {url: https://localhost}", "city.ngsi_ld.url", "inside the network"),
        ("influx: {url: https://169.254.169.254, database: c, inside: true}", "city.influx.url", "no receiver has"),
        ("ngsi_ld: {url: 'https://x.example?a=b'}", "city.ngsi_ld.url", "without ?"),
        ("ngsi_ld: {url: https://x.example, tenant: grad-Šabac}", "city.ngsi_ld.tenant", "ASCII"),
        ("influx: {url: https://x.example}", "city.influx", "give `bucket`"),
        ("influx: {url: https://x.example, bucket: b, database: c}", "city.influx", "not both"),
        ("influx: {url: https://x.example, bucket: b, org: o}", "city.influx.bucket", "token_from is needed with it"),
        (
            "influx: {url: https://x.example, bucket: b, org: o, token_from: TOKEN, user: u}",
            "city.influx.user",
            "take it",
        ),
        ("influx: {url: https://x.example, database: c, org: o}", "city.influx.org", "take it away"),
        ("influx: {url: https://x.example, database: c, user: u}", "city.influx.user", "password_from is needed"),
    ],
)
def test_what_is_of_no_use_is_refused(tmp_path: Path, way: str, where: str, why: str) -> None:
    with pytest.raises(SiteFileError) as caught:
        load_site(site_file(tmp_path, way))
    assert f"publish.outlets.{where}: " in str(caught.value)
    assert why in str(caught.value)


def test_a_token_that_is_not_set_is_said(tmp_path: Path) -> None:
    path = site_file(tmp_path, "events: {url: https://x.example, token_from: TOKEN}")
    with pytest.raises(SiteFileError, match=r"publish\.outlets\.city\.events\.token_from: .*TOKEN is not set"):
        load_service(path, {})


def test_entities_need_the_place_of_each_camera(tmp_path: Path) -> None:
    way = "ngsi_ld: {url: https://x.example}"
    load_site(site_file(tmp_path, way))
    with pytest.raises(SiteFileError, match=r"the register says no place of square, which entities need"):
        load_site(site_file(tmp_path, way, place="address: Trg 1"))


def test_two_outlets_do_not_write_the_same_entities(tmp_path: Path) -> None:
    way = "ngsi_ld: {url: https://x.example%s}"
    path = site_file(tmp_path, way % "")
    other = "    town: {audience: public, recipient: Everybody, %s}\n"
    text = path.read_text()
    path.write_text(text + other % (way % "/"))
    with pytest.raises(SiteFileError, match="give one of them another tenant"):
        load_site(path)
    path.write_text(text + other % (way % ", tenant: town"))
    load_site(path)
