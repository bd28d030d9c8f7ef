"""Recipients as they are planned, with their secrets from outside of the file; and who may change them."""

import base64
from pathlib import Path

import pytest

from passerby.config.secrets.redaction import redacted, unredacted
from passerby.config.service import service_site
from passerby.domain.errors import SiteFileError
from passerby.domain.event_rules import RuleKind, Severity
from passerby.domain.notices import MailPlan, MqttPlan, WebhookPlan

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
SITE = """
cameras:
  square:
    source: {rtsp: "rtsp://10.0.0.7/a"}
    register: {operational_events: {recipients: [room, duty, broker]}}
recipients:
  room:
    public: {en: Room}
    webhook: {url: "https://x.example/s3cret", secret_from: ROOM, inside: true, authority: ca.pem}
    cameras: [square]
    severity: warning
    kinds: [queue]
    closings: false
    in_10_min: 2
    burst: 3
    test_at: "09:30"
  duty:
    public: Duty
    mail: {host: mail.example, user: a, password_from: MAIL, from: a@x.example, to: [b@x.example, c@x.example]}
    cameras: [square]
  broker:
    public: Broker
    mqtt: {host: mq.example, topic: city, authority: ca.pem}
    cameras: [square]
"""
ENVIRONMENT = {"ROOM": SECRET, "ROOM_2": SECRET, "MAIL": "Passw0rd"}


def test_a_plan_has_all_that_was_written() -> None:
    plan = service_site(SITE, "site.yaml", Path("/etc/site"), ENVIRONMENT).plan
    room, duty, broker = plan.recipients
    assert room.channel == WebhookPlan("https://x.example/s3cret", SECRET, True, "/etc/site/ca.pem")
    assert (room.cameras, room.severity, room.kinds) == ({"square"}, Severity.WARNING, {RuleKind.QUEUE})
    assert (room.closings, room.in_10_min, room.burst, room.test_s, room.inside) == (False, 2, 3, 34_200, True)
    addresses = ("b@x.example", "c@x.example")
    assert duty.channel == MailPlan("mail.example", 587, "starttls", "a", "Passw0rd", "a@x.example", addresses)
    assert broker.channel == MqttPlan("mq.example", 8883, True, "", "", "city", "/etc/site/ca.pem")
    assert [each.channel_name for each in plan.recipients] == ["webhook", "mail", "mqtt"]
    assert {SECRET, "Passw0rd", "https://x.example/s3cret"} <= set(plan.secrets)
    assert SECRET not in repr(plan)
    assert "s3cret" not in repr(plan)


@pytest.mark.parametrize(
    ("changes", "key", "why"),
    [
        ({"ROOM": None}, "room.webhook.secret_from", "ROOM is not set"),
        ({"ROOM": "s3cret"}, "room.webhook.secret_from", "24 to 64 bytes in base64"),
        ({"ROOM": SECRET[:20]}, "room.webhook.secret_from", "openssl rand -base64 32"),
        ({"MAIL": None}, "duty.mail.password_from", "MAIL is not set"),
    ],
)
def test_a_secret_of_no_use_is_refused_without_being_shown(changes: dict[str, str | None], key: str, why: str) -> None:
    environment = {name: text for name, text in {**ENVIRONMENT, **changes}.items() if text is not None}
    with pytest.raises(SiteFileError) as caught:
        service_site(SITE, "site.yaml", Path("/"), environment)
    (fault,) = caught.value.faults
    assert f"recipients.{key}: " in fault
    assert why in fault
    assert "s3cret" not in fault
    # Where only the store is needed, as for a backup, nothing of it has to be there.
    service_site(SITE, "site.yaml", Path("/"), {}, passwords=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://x.example/s3cret", "https://evil.example/"), ("inside: true, ", ""),
        ("secret_from: ROOM", "secret_from: ROOM_2"),
        ("to: [b@x.example, ", "to: [evil@x.example, "), ("severity: warning", "severity: notice"),
    ],
)  # fmt: skip
def test_recipients_are_changed_in_the_file_itself_and_never_over_http(old: str, new: str) -> None:
    tied = service_site(SITE, "site.yaml", Path("/"), ENVIRONMENT).references
    assert service_site(SITE + "# a note\n", "site.yaml", Path("/"), ENVIRONMENT, tied=tied).plan.recipients
    with pytest.raises(SiteFileError, match="recipients: over HTTP it stays as it is"):
        service_site(SITE.replace(old, new), "site.yaml", Path("/"), ENVIRONMENT, tied=tied)


def test_the_address_of_a_webhook_is_shown_to_nobody() -> None:
    shown = redacted(SITE)
    assert "s3cret" not in shown
    assert "secret_from: ROOM" in shown
    edited = shown.replace("severity: warning", "severity: critical")
    assert '"https://x.example/s3cret"' in unredacted(edited, SITE)
