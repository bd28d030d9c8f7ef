"""Passwords are taken out of a site file's text; every other letter stays, or nothing is done."""

import pytest

from passerby.config.document import parse
from passerby.config.secrets.plain_passwords import without_passwords
from passerby.domain.errors import SiteFileError

HEAD = "# ours\ncameras:\n  a:  # north\n    source:"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n      rtsp: x  # one\n      password: s3cret\n      user: u\n", "\n      rtsp: x  # one\n      user: u\n"),
        ("\n      rtsp: x\n      password: 's3''cret'", "\n      rtsp: x\n"),
        ("\n      password: \"s3\\u00e9\"  # since May\n      rtsp: x\n", "\n      # since May\n      rtsp: x\n"),
        ("\n      rtsp: x\r\n      password: s3 # c\r\n", "\n      rtsp: x\r\n      # c\r\n"),
        ('\n      rtsp: x\n      "password": s3\n  # about b\n  b: {}\n', "\n      rtsp: x\n  # about b\n  b: {}\n"),
        ("\n      rtsp: x\n      password:\n        s3\n      user: u\n", "\n      rtsp: x\n      user: u\n"),
        ('\n      password: "s3\n        cret"\n      rtsp: x\n', "\n      rtsp: x\n"),
        (" {rtsp: x, password: s3, user: u}\n", " {rtsp: x, user: u}\n"),
        (" {password: s3, rtsp: x}  # all\n", " {rtsp: x}  # all\n"),
        (" {rtsp: x, password: s3}\n", " {rtsp: x}\n"),
        (" {rtsp: x, password: s3,}\n", " {rtsp: x, }\n"),
        (" {rtsp: x,\n      password: s3 }\n", " {rtsp: x }\n"),
        (" {rtsp: x, password: \"s3, user: }\", user: 'ж'}\n", " {rtsp: x, user: 'ж'}\n"),
    ],
)  # fmt: skip
def test_only_the_password_goes(before: str, after: str) -> None:
    assert without_passwords(HEAD + before, ["a"], "site.yaml") == HEAD + after


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + " {rtsp: x, password: &p s3}\n  b: {source: {rtsp: y, password: *p}}\n", "without an anchor"),
        (HEAD + " &s {rtsp: x, password: s3}\n  b: {source: *s}\n", "by hand"),
        ("x: &p s3\n" + HEAD + " {rtsp: x, password: *p}\n", "by hand"),
        (HEAD + "\n      rtsp: x\n      password: |\n        s3\n", "site.yaml:6"),
        (HEAD + "\n      rtsp: x\n      ? password\n      : s3\n", "by hand"),
        (HEAD + " {rtsp: x,\n    password: s3 # c\n    , user: u}\n", "comment"),
        (HEAD + " {rtsp: x, # one\n    password: s3}\n", "comment|by hand"),
        ("cameras:\n  &k a: {source: {rtsp: x}}\n", "not there"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_out_safely_is_refused(text: str, why: str) -> None:
    with pytest.raises(SiteFileError, match=why) as refused:
        without_passwords(text, ["a"], "site.yaml")
    assert "s3" not in str(refused.value)


def test_many_at_once_and_others_stay() -> None:
    text = "cameras:\n" + "".join(
        f"  c{number}:\n    source: {{rtsp: x, password: s3-{number}}}  # {number}\n" for number in range(30)
    )
    taken = without_passwords(text, [f"c{number}" for number in range(0, 30, 2)], "site.yaml")
    assert [f"s3-{number}}}" in taken for number in range(30)] == [False, True] * 15
    assert taken.count("#") == 30
    assert parse(taken).faults == []
