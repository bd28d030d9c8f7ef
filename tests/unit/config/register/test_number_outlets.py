"""Outlets of published numbers: for whom, under which licence, and with which secret; what is of no use is refused."""

from pathlib import Path

import pytest

from passerby.config.loader import load_site
from passerby.config.service import load_service
from passerby.domain.errors import SiteFileError
from passerby.domain.publish_plan import BrokerPlan
from passerby.domain.published import Audience

SITE = """
register: {{recipients: [Everybody, The university]}}
cameras:
  square:
    source: {{rtsp: "rtsp://10.0.0.7/a"}}
    lines: {{north: {{points: [[0.1, 0.5], [0.9, 0.5]]}}}}
publish:
  title: Counts
  publisher: City
  contact: counts@example.org
  licence: CC-BY-4.0
  audiences: {{public: {{recipient: Everybody}}}}
  counters: [{{camera: square, line: north}}]
  outlets: {{{outlets}}}
"""
CITY = "city: {{audience: public, recipient: Everybody, {more}mqtt: {{host: broker.example.org{mqtt}}}}}"


def site_file(folder: Path, more: str = "", mqtt: str = "", others: str = "") -> Path:
    path = folder / "site.yaml"
    path.write_text(SITE.format(outlets=CITY.format(more=more, mqtt=mqtt) + others))
    return path


def faults(path: Path) -> str:
    with pytest.raises(SiteFileError) as caught:
        load_site(path)
    return str(caught.value)


def test_an_outlet_has_the_licence_of_all_unless_it_names_its_own(tmp_path: Path) -> None:
    for more, licence in (("", "CC-BY-4.0"), ("licence: CC0-1.0, ", "CC0-1.0")):
        mqtt = ", user: passerby, password_from: BROKER_PASSWORD, home_assistant: true"
        plan = load_service(site_file(tmp_path, more, mqtt), {"BROKER_PASSWORD": "S3cret"}).plan
        assert plan.publish is not None
        (outlet,) = plan.publish.outlets
        assert (outlet.name, outlet.audience, outlet.licence) == ("city", Audience.PUBLIC, licence)
        assert isinstance(outlet.channel, BrokerPlan)
        assert outlet.channel.home_assistant
        broker = outlet.channel.broker
        assert (broker.host, broker.port, broker.tls, broker.topic) == ("broker.example.org", 8883, True, "passerby/v1")
        assert "S3cret" in plan.secrets
        assert "S3cret" not in repr(plan.publish)


def test_a_password_that_is_not_set_is_said(tmp_path: Path) -> None:
    path = site_file(tmp_path, mqtt=", user: passerby, password_from: BROKER_PASSWORD")
    with pytest.raises(
        SiteFileError, match=r"publish\.outlets\.city\.mqtt\.password_from: .*BROKER_PASSWORD is not set"
    ):
        load_service(path, {})


@pytest.mark.parametrize(
    ("mqtt", "what"),
    [
        (", tls: false", "nothing leaves this machine but over TLS"),
        (", user: passerby", "password_from is needed with it"),
        (', topic: "city/#"', "a topic such as city/passerby is needed"),
    ],
)
def test_a_broker_is_spoken_to_over_tls_and_on_a_plain_topic(tmp_path: Path, mqtt: str, what: str) -> None:
    assert what in faults(site_file(tmp_path, mqtt=mqtt))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("audience: public", "audience: partner", "nothing is published for the audience partner"),
        ("audience: public", "audience: internal", "is no audience that numbers leave for: partner and public are"),
        ("recipient: Everybody, mqtt", "recipient: The press, mqtt", "add The press to register.recipients"),
        ("recipient: Everybody, mqtt", "mqtt", "recipient"),
        ("recipient: Everybody, mqtt", "recipient: Everybody, licence: CC BY, mqtt", "is no licence for data"),
    ],
)
def test_an_outlet_needs_an_audience_a_licence_and_a_recipient(tmp_path: Path, old: str, new: str, what: str) -> None:
    path = site_file(tmp_path)
    path.write_text(path.read_text().replace(old, new))
    found = faults(path)
    assert "publish.outlets.city" in found
    assert what in found


def test_two_outlets_do_not_write_over_each_other(tmp_path: Path) -> None:
    other = ", town: {audience: public, recipient: The university, mqtt: {host: Broker.example.org, port: 8883%s}}"
    assert "give one of them another topic" in faults(site_file(tmp_path, others=other % ""))
    load_site(site_file(tmp_path, others=other % ", topic: town/v1"))
