"""What `doctor` finds out about secrets: in plain text in the site file, or encrypted and without their key."""

from pathlib import Path

from passerby.admin.findings import Finding, Outcome
from passerby.admin.site_checks import password_findings, plain_secret_finding
from passerby.camera_secrets.keeper import CameraPasswords
from passerby.config.service import service_site
from passerby.engine.service_folder import ServiceFolder
from testing.access.stored_passwords import set_password

CANARY = "K4nar1enV0gel"
SITE = f"""\
cameras:
  square: {{source: {{rtsp: "rtsp://10.0.0.1/x", user: u}}}}
  gate: {{source: {{rtsp: "rtsp://10.0.0.2/x", user: u, password: {CANARY}}}}}
  side: {{source: {{rtsp: "rtsp://10.0.0.3/x", user: u, password_from: SIDE}}}}
  open: {{source: {{rtsp: "rtsp://10.0.0.4/x"}}}}
store: {{url: "postgresql://me:{CANARY}@db/x"}}
"""


def test_secrets_in_plain_text_are_named() -> None:
    service = service_site(SITE, "site.yaml", Path(), {"SIDE": "s"})
    assert service.in_plain == ("cameras.gate.source.password", "store.url")
    found = [plain_secret_finding(key) for key in service.in_plain]
    assert {finding.outcome for finding in found} == {Outcome.WARN}
    assert "passerby secrets take SITE" in found[0].do
    assert "url_from" in found[1].do
    assert CANARY not in str(found)
    plain = service_site(SITE.replace(f"me:{CANARY}@", "me@"), "site.yaml", Path(), {"SIDE": "s"})
    assert plain.in_plain == ("cameras.gate.source.password",)


def test_a_key_that_is_missing_is_named_at_its_camera(tmp_path: Path) -> None:
    service = service_site(SITE, "site.yaml", Path(), {"SIDE": "s"})
    kept = CameraPasswords(tmp_path, {})

    def looked() -> list[Finding]:
        return list(password_findings(service, ServiceFolder(tmp_path)))

    assert looked() == []
    set_password(kept, "square", service.plan.cameras[0].source, CANARY)
    assert looked() == []
    kept.key_file.unlink()
    (finding,) = looked()
    assert (finding.name, finding.outcome) == ("password square", Outcome.FAIL)
    assert "secrets.key: the key of the cameras' passwords is not there" in finding.why
