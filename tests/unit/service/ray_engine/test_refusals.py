"""A site whose cameras Ray must not or cannot place is refused before anything starts, with all that is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest

from passerby.domain.errors import PasserbyError
from passerby.domain.service import FleetPlan, SitePlan
from passerby.service.ray_engine import refusals
from passerby.service.ray_engine.refusals import check_cluster, check_site, cluster_address, cluster_notes

PLAN = SitePlan(
    "Harbour", "UTC", (), store_url="postgresql://hub@db/passerby",
    fleet=FleetPlan("0.0.0.0:8443", ("hub.example:8443",), 0, "127.0.0.1:6379"),
)  # fmt: skip


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(refusals, "find_spec", lambda _name: object())
    token = tmp_path / "token"
    token.touch(0o600)
    token.write_text("0" * 64)
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}


def test_a_cluster_with_a_token_on_this_machine_is_taken(environment: dict[str, str]) -> None:
    check_cluster(PLAN, environment)
    assert str(cluster_address(PLAN, environment)) == "127.0.0.1:6379"


@pytest.mark.parametrize(
    ("plan", "told", "why"),
    [
        (PLAN, {"RAY_AUTH_MODE": "disabled"}, "CVE-2023-48022"),
        (replace(PLAN, fleet=FleetPlan("", (), 0, "10.0.0.5:6379")), {}, "TLS of Ray is off here"),
        (replace(PLAN, store_url=None), {}, "needs PostgreSQL"),
        (replace(PLAN, store_url="sqlite:////srv/a.sqlite"), {}, "needs PostgreSQL"),
        (replace(PLAN, fleet=None), {}, "the site file names no Ray cluster"),
        (replace(PLAN, fleet=FleetPlan("", (), 0)), {}, "the site file names no Ray cluster"),
    ],
)
def test_others_are_refused(environment: dict[str, str], plan: SitePlan, told: dict[str, str], why: str) -> None:
    with pytest.raises(PasserbyError, match=why):
        check_cluster(plan, {**environment, **told})


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "find_spec", lambda _name: None)
    with pytest.raises(PasserbyError) as refused:
        check_cluster(replace(PLAN, store_url=None), {})
    assert len(str(refused.value).splitlines()) == 3


def test_what_would_be_refused_is_noted_beforehand(tmp_path: Path, environment: dict[str, str]) -> None:
    site, store = tmp_path / "site.yaml", {"DATABASE": "postgresql://hub@db/passerby"}
    site.write_text(
        "site: {name: Harbour, time_zone: UTC}\nstore: {url_from: DATABASE}\n"
        "fleet: {address: 'hub.example:8443', ray: '127.0.0.1:6379'}\n"
        "cameras: {quay: {source: {rtsp: 'rtsp://10.0.0.4/a', user: a, password_from: NOT_SET}}}\n"
    )
    assert cluster_notes(site, {**environment, **store}) == ()
    (note,) = cluster_notes(site, environment)
    assert "`--engine ray` would be refused here: " in note
    assert "store.url_from: the environment variable DATABASE is not set" in note
    notes = cluster_notes(site, {"DATABASE": f"sqlite:///{tmp_path / 'a.sqlite'}"})
    assert len(notes) == 2
    assert "needs PostgreSQL" in notes[0]
    assert "CVE-2023-48022" in notes[1]


def test_a_site_file_with_faults_is_left_to_who_reads_it(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("cameras: [", "utf-8")
    check_site(tmp_path / "site.yaml")
