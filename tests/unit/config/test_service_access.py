"""The section `access` of a site file: limits, the one-person setting, and providers whose secrets lie outside."""

from pathlib import Path

import pytest

from passerby.config.service import service_site
from passerby.domain.access_plan import AccessPlan, Provider
from passerby.domain.errors import SiteFileError

SITE = "cameras: {a: {source: {file: a.mp4}}}\naccess: "
CITY = "{providers: {city: {issuer: 'https://id.example.org', client_id: passerby"


def access_of(section: str, **environment: str) -> AccessPlan:
    return service_site(SITE + section, "site.yaml", Path("/srv/site"), environment).plan.access


def test_the_section_becomes_the_plan() -> None:
    assert access_of("{}") == AccessPlan()
    text = "{one_person: true, idle_minutes: 5, session_hours: 1, recent_minutes: 2}"
    assert access_of(text) == AccessPlan(True, 300, 3600, 120)
    more = ", client_secret_from: SECRET, amr: [mfa], acr: [high], authority: ca.pem}}}"
    plan = access_of(CITY + more, SECRET="canary")
    city = Provider(
        "city", "https://id.example.org", "passerby", "canary", ("mfa",), ("high",), Path("/srv/site/ca.pem")
    )
    assert plan.providers == (city,)
    assert "canary" not in repr(plan)


def test_a_provider_s_secret_is_hidden_from_logs_and_must_be_there() -> None:
    text = SITE + CITY + ", client_secret_from: SECRET}}}"
    plan = service_site(text, "site.yaml", Path("/srv/site"), {"SECRET": "canary"}).plan
    assert "canary" in plan.secrets
    with pytest.raises(SiteFileError, match=r"access.providers.city.client_secret_from: .*SECRET is not set"):
        service_site(text, "site.yaml", Path("/srv/site"), {})
    assert service_site(text, "site.yaml", Path("/srv/site"), {}, passwords=False).plan.access.providers


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("{providers: {city: {issuer: 'http://id.example.org', client_id: x}}}", "issuer"),
        ("{providers: {city: {issuer: 'https://id.example.org/?a=b', client_id: x}}}", "issuer"),
        ("{providers: {city: {issuer: 'https://u:canary@id.example.org', client_id: x}}}", "issuer"),
        ("{providers: {city: {issuer: nothing, client_id: x}}}", "issuer"),
        ("{providers: {city: {issuer: 'https://id.example.org', client_id: ''}}}", "client_id"),
        (CITY + ", client_secret_from: 'not a variable'}}}", "client_secret_from"),
        (CITY + ", amr: ['']}}}", "amr"),
        ("{session_hours: 25}", "session_hours"),
        ("{idle_minutes: 0}", "idle_minutes"),
        ("{two_person: true}", "two_person"),
    ],
)
def test_faults(section: str, key: str) -> None:
    with pytest.raises(SiteFileError, match=key) as raised:
        access_of(section)
    assert "canary" not in str(raised.value)


def test_a_provider_on_this_machine_needs_no_tls() -> None:
    text = "{providers: {trial: {issuer: 'http://127.0.0.1:3000', client_id: x}}}"
    assert access_of(text).providers[0].issuer == "http://127.0.0.1:3000"
