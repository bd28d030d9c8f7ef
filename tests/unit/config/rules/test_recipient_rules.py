"""Recipients that the register does not name, that nothing reaches, or that lie where none may."""

from pathlib import Path

import pytest

from passerby.config.check import check_site
from passerby.config.loader import load_site
from passerby.domain.errors import SiteFileError

SITE = """
cameras:
  square:
    source: {{rtsp: "rtsp://10.0.0.7/a"}}
    zones: {{middle: {{points: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9]]}}}}
    rules: {{full: {{kind: overcrowding, zone: middle, above_people: 40}}}}
    register:
      operational_events: {{recipients: [{named}]}}
recipients:
  room: {{{keys}}}
"""
HOOK = "webhook: {url: https://x.example/hook, secret_from: ROOM}"
SOUND = f"public: Room, cameras: [square], {HOOK}"
MAIL = "host: mail.example, from: a@x.example, to: [b@x.example]"
MQTT = "host: mq.example, topic: city/passerby"


def faults(folder: Path, keys: str, named: str = "room") -> list[str]:
    path = folder / "site.yaml"
    path.write_text(SITE.format(keys=keys, named=named))
    try:
        load_site(path)
    except SiteFileError as error:
        return [fault.partition(" ")[2] for fault in str(error).splitlines()]
    return []


@pytest.mark.parametrize("keys", [SOUND, f"public: {{en: Room}}, cameras: [square], rules: [full], mail: {{{MAIL}}}",
                                  f"public: Room, cameras: [square], kinds: [queue], mqtt: {{{MQTT}}}"])  # fmt: skip
def test_what_is_sound_is_taken(tmp_path: Path, keys: str) -> None:
    assert faults(tmp_path, keys) == []


def test_a_register_that_does_not_name_it_is_refused_with_what_to_add(tmp_path: Path) -> None:
    assert faults(tmp_path, SOUND, named="") == [
        "recipients.room.cameras[0]: the register entry of square does not name this recipient, so nothing is "
        "delivered: add room to cameras.square.register.operational_events.recipients, where the public reads it, or "
        "take the camera away here"
    ]
    (fault,) = faults(tmp_path, SOUND, named="room, rom")
    assert fault == (
        "cameras.square.register.operational_events.recipients[1]: the text 'rom' is no recipient of this site. Did "
        "you mean room?"
    )


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("public: Room, cameras: [square]",
         "recipients.room: say how it is reached: exactly one of webhook, mail, mqtt, push is needed"),
        (f"{SOUND}, mqtt: {{{MQTT}}}",
         "recipients.room.mqtt: exactly one channel is possible, got webhook and mqtt: make two recipients"),
        (f"public: Room, cameras: [sqare], {HOOK}",
         "recipients.room.cameras[0]: the text 'sqare' is no camera of this site. Did you mean square?"),
        (f"{SOUND}, rules: [ful]",
         "recipients.room.rules[0]: the text 'ful' is no rule of these cameras. Did you mean full?"),
        (f"public: Room, cameras: [square], mail: {{{MAIL}, tls: none}}",
         "recipients.room.mail.tls: nothing leaves this machine but over TLS: take the key away"),
        (f"public: Room, cameras: [square], mqtt: {{{MQTT}, tls: false}}",
         "recipients.room.mqtt.tls: nothing leaves this machine but over TLS: take the key away"),
        (f"public: Room, cameras: [square], mail: {{{MAIL}, user: a}}",
         "recipients.room.mail.user: password_from is needed with it"),
    ],
)  # fmt: skip
def test_faults_say_what_and_what_to_do(tmp_path: Path, keys: str, fault: str) -> None:
    assert faults(tmp_path, keys) == [fault]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://x.example/", "TLS only"),
        ("https://u:s3cret@x.example/", "without user"),
        ("https:///s3cret", "the receiver's address is needed"),
        ("https://x.example:99999/s3cret", "the receiver's address is needed"),
        ("https://x.example/#s3cret", "the receiver's address is needed"),
        ("https://10.0.0.7/s3cret", "10.0.0.7, inside the network"),
        ("https://[::1]/s3cret", "inside the network"),
        ("https://localhost/s3cret", "127.0.0.1, inside the network"),
        ("https://169.254.169.254/s3cret", "no receiver has"),
        ("https://[::ffff:127.0.0.1]/s3cret", "127.0.0.1, inside the network"),
    ],
)
def test_addresses_that_may_not_be_reached_are_refused_without_being_shown(
    tmp_path: Path, address: str, why: str
) -> None:
    (fault,) = faults(tmp_path, SOUND.replace("https://x.example/hook", f'"{address}"'))
    assert fault.startswith("recipients.room.webhook.url: ")
    assert why in fault
    assert "s3cret" not in fault


@pytest.mark.parametrize("host", ["10.0.0.7", "localhost", "[fd00::7]"])
def test_a_receiver_inside_is_taken_where_it_is_said(tmp_path: Path, host: str) -> None:
    inside = SOUND.replace("x.example/hook,", f"{host}/hook, inside: true,").replace(
        f"https://{host}/hook", f'"https://{host}/hook"'
    )
    assert faults(tmp_path, inside) == []
    meta = SOUND.replace("x.example/hook,", "169.254.169.254/hook, inside: true,")
    assert len(faults(tmp_path, meta)) == 1


@pytest.mark.parametrize(
    "more",
    ["burst: 0", "in_10_min: 0", "test_at: 9", 'test_at: "25:00"', "kinds: [mass_viewing]", "kinds: [quee]",
     "severity: high", "cameras: []", "limit: 3"],
)  # fmt: skip
def test_values_of_no_use_are_refused(tmp_path: Path, more: str) -> None:
    sound = SOUND.replace("cameras: [square], ", "") if more.startswith("cameras") else SOUND
    assert len(faults(tmp_path, f"{sound}, {more}")) == 1


def test_check_says_in_words_what_is_delivered_where(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    keys = SOUND.replace("x.example/hook", "x.example:8443/s3cret") + ', severity: warning, test_at: "09:00"'
    path.write_text(SITE.format(keys=keys, named="room"))
    found = check_site(path)
    (room,) = found.recipients
    assert (room.name, room.channel, room.cameras) == ("room", "webhook", ("square",))
    assert room.sentence == (
        "events of square from the severity warning on, when they are raised and when they are over, as signed "
        "webhooks over HTTPS to x.example port 8443; at most 5 at once and 1 in 10 minutes in the long run; critical "
        "ones always; a test each day at 09:00"
    )
    assert any(
        w.startswith("recipients.room: nothing of camera square is delivered: not registered") for w in found.warnings
    )


def test_notes_name_what_weakens_delivery(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    other = "\n  duty: {public: Duty, cameras: [square], in_10_min: 5, closings: false, "
    other += f"kinds: [queue], rules: [full], mail: {{{MAIL}}}}}\n"
    text = SITE.format(keys=SOUND, named="room, duty") + other
    gate = "  gate:\n    lines: {a: {points: [[0, 0], [1, 1]]}}\n"
    gate += "    register: {operational_events: {recipients: [room]}}\n"
    path.write_text(text.replace("recipients:\n  room", f"{gate}recipients:\n  room"))
    found = check_site(path)
    notes = "\n".join(found.warnings)
    assert "recipients.room: nothing tests it daily" in notes
    assert "recipients.duty.in_10_min: more than one notice in ten minutes" in notes
    assert "cameras.gate.register.operational_events.recipients: room gets nothing of this camera" in notes
    duty = found.recipients[1].sentence
    assert (
        "of the kinds queue of the rules full, when they are raised, by e-mail from a@x.example to b@x.example" in duty
    )
    assert "through mail.example port 587" in duty
