"""Secrets go out of a shown site file and come back in, and nothing else changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.config.document import DocumentError, parse
from passerby.config.secrets.redaction import redacted, unredacted
from passerby.config.service_keys import PLACEHOLDER

TEXT = """\
# head
cameras:
  a: {source: {rtsp: rtsp://h/x, user: u, password: canary-1 }} # after a
  b:
    source:
      rtsp: rtsps://h:400/y
      user: v
      password: |-
        canary-2
      # after b

  c:
    source: {http: "http://h", user: w, "password": 'canary-3'}
store:
  url: postgresql://u:canary-4@h/d   # after the store
"""


def test_nothing_but_secrets_changes() -> None:
    shown = redacted(TEXT)
    assert "canary" not in shown
    assert shown.count(f'"{PLACEHOLDER}"') == 4
    for kept in ("# head\n", "}} # after a\n", "\n      # after b\n\n  c:", '"password": "', "   # after the store\n"):
        assert kept in shown
    assert unredacted(shown, TEXT) == TEXT
    assert redacted(shown) == shown


def test_secrets_come_back_at_the_same_key() -> None:
    shown = redacted(TEXT).replace("/x", "/z").replace("after b", "under b")
    assert parse(unredacted(shown, TEXT)).value == parse(TEXT.replace("/x", "/z")).value
    assert "# under b" in unredacted(shown, TEXT)


@pytest.mark.parametrize(
    ("old", "new", "canary"),
    [
        ("rtsp: rtsp://h/x", "rtsp: rtsp://evil/x", "canary-1"),
        ("rtsp: rtsp://h/x", "rtsp: rtsp://h:555/x", "canary-1"),
        ("rtsp: rtsp://h/x", "http: http://h/x", "canary-1"),
        ("rtsp: rtsps://h:400/y", "rtsp: rtsp://h:400/y", "canary-2"),
        ("user: v", "user: v\n      authority: mine.pem", "canary-2"),
        ("user: w", "user: other", "canary-3"),
        ("  c:\n", "  d:\n", "canary-3"),
    ],
)
def test_a_secret_goes_nowhere_else(old: str, new: str, canary: str) -> None:
    shown = redacted(TEXT)
    assert old in shown
    reported = unredacted(shown.replace(old, new), TEXT)
    assert canary not in reported
    assert [each for each in ("canary-1", "canary-2", "canary-3", "canary-4") if each in reported] == [
        each for each in ("canary-1", "canary-2", "canary-3", "canary-4") if each != canary
    ]


def test_an_anchor_hands_no_secret_to_an_alias() -> None:
    shown = redacted(TEXT).replace(f'"password": "{PLACEHOLDER}"', f'"password": &stolen "{PLACEHOLDER}"')
    reported = unredacted(shown + "data: *stolen\n", TEXT)
    assert "&stolen" in reported
    assert "canary-3" not in reported
    assert "canary-1" in reported


def test_anchors_and_mappings_are_hidden_too() -> None:
    text = "a: {password: &p canary}\nb: {password: *p, user: *p}\nc: {url: {x: canary, password: canary}}\n"
    assert "canary" not in redacted(text)
    nested = "a: {x: &q {password: &p canary}}\nb: {password: *q}\nc: {url: *p}\n"
    assert "canary" not in redacted(nested)


def test_hostile_texts_end_in_a_fault() -> None:
    bomb = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for text in (bomb, "a: {", "[" * 100, "a: *b"):
        with pytest.raises(DocumentError):
            redacted(text)
        with pytest.raises(DocumentError):
            unredacted(text, TEXT)
    with pytest.raises(DocumentError, match="aliases make more than") as refused:
        redacted(bomb)
    assert refused.value.fault.line == 1
    assert redacted("a: &a {b: *a}") == "a: &a {b: *a}"
    assert redacted("# nothing\n") == "# nothing\n"


SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@settings(max_examples=80)
@given(secret=SECRETS, style=st.sampled_from(["{}", "'{}'", "flow"]), end=st.sampled_from(["\n", "\r\n", ""]))
def test_any_secret_comes_back_as_it_was(secret: str, style: str, end: str) -> None:
    from passerby.text import quoted

    written = quoted(secret) if style == "{}" else "'" + secret.replace("'", "''") + "'"
    inner = f"rtsp: rtsp://h/😀, password: {written}" if style == "flow" else f"rtsp: rtsp://h\n  password: {written}"
    text = f"# ü 😀\na: {{{inner}}}{end}" if style == "flow" else f"# ü 😀\na:\n  {inner}{end}"
    try:
        value = parse(text).value
    except DocumentError:
        return
    shown = redacted(text)
    assert parse(shown).value["a"]["password"] == PLACEHOLDER  # type: ignore[index]
    assert unredacted(shown, text) == text
    assert parse(unredacted(shown + "# more\n", text + "\n")).value == value
