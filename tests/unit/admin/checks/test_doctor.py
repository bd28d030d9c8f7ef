"""What the doctor finds in all: a fault in one place keeps nothing else from being looked at."""

from pathlib import Path

from passerby.admin.checks.doctor import examine
from passerby.admin.findings import Outcome


def test_a_bad_site_file_keeps_nothing_else_from_being_looked_at(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("cameras: {a: {source: {rtsp: 'rtsp://u:canary@h'}}}\nserver: {port: 0}\n")
    found = list(examine(site, tmp_path))
    assert sum(finding.name == "site file" for finding in found) == 2
    assert any(finding.name == "disk" for finding in found)
    assert "canary" not in str(found)
    site.write_text("cameras: {a: {source: {file: gone.mp4}}, b: {}}")
    names = {finding.name: finding.outcome for finding in examine(site, tmp_path)}
    assert names["camera a"] is Outcome.FAIL
    assert names["site file"] is Outcome.WARN
    assert {"time zone", "detector", "database", "port"} <= set(names)


def test_a_password_that_only_the_service_has_is_no_failure(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("cameras: {a: {source: {rtsp: 'rtsp://127.0.0.1:1/', user: u, password_from: NOT_HERE}}}")
    found = [finding for finding in examine(site, tmp_path) if finding.name == "site file"]
    assert [finding.outcome for finding in found] == [Outcome.WARN, Outcome.OK]
    assert "NOT_HERE is not set" in found[0].why
