"""Addresses: what is taken, what is hidden, and what points elsewhere."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress, StreamAddress, device_address, stream_address

HERE = frozenset({"gate.example", "10.0.0.5"})


@pytest.mark.parametrize(
    ("text", "host", "port", "shown"),
    [
        ("10.0.3.7", "10.0.3.7", 80, "10.0.3.7:80"),
        ("10.0.3.7:8000", "10.0.3.7", 8000, "10.0.3.7:8000"),
        ("gate.example:2020", "gate.example", 2020, "gate.example:2020"),
        ("fe80::1", "fe80::1", 80, "[fe80::1]:80"),
        ("[fe80::1]", "fe80::1", 80, "[fe80::1]:80"),
        ("[fe80::1]:8000", "fe80::1", 8000, "[fe80::1]:8000"),
    ],
)
def test_a_host_and_its_port_are_read(text: str, host: str, port: int, shown: str) -> None:
    address = device_address(text)
    assert address == DeviceAddress(host, port)
    assert address.shown == shown
    assert urlsplit(address.url("/a")).hostname == host
    assert urlsplit(address.url("/a")).port == port


def test_tls_has_its_own_port() -> None:
    assert device_address("gate", encrypted=True).url("/a") == "https://gate:443/a"


@pytest.mark.parametrize("text", ["", "a b", "gate:", "gate:0", "gate:65536", "gate:²", ":80", "a/b", "gate\x1b", "-x"])
def test_what_is_no_host_is_refused(text: str) -> None:
    if text == "gate:":
        assert device_address(text).port == 80
        return
    with pytest.raises(SourceError, match="HOST"):
        device_address(text)


@pytest.mark.parametrize("text", ["http://u:S3cret@gate/", "u:S3cret@gate", "rtsp://gate/?password=S3cret"])
def test_an_address_with_a_password_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        device_address(text)
    assert "S3cret" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_a_host_or_a_clear_error(text: str) -> None:
    try:
        address = device_address(text)
    except SourceError as error:
        assert str(error).startswith("HOST: ")
    else:
        assert urlsplit(address.url("/")).port == address.port


@pytest.mark.parametrize(
    ("uri", "shown", "elsewhere", "complete"),
    [
        ("rtsp://10.0.0.5/a", "rtsp://10.0.0.5/a", False, True),
        ("rtsp://10.0.0.5:554/a?b=1&c=2", "rtsp://10.0.0.5/a?b=1&c=2", False, True),
        ("rtsp://10.0.0.5:8554", "rtsp://10.0.0.5:8554/", False, True),
        ("rtsps://GATE.example./a", "rtsps://gate.example./a", False, True),
        ("rtsp://u:S3cret@10.0.0.5/a", "rtsp://10.0.0.5/a", False, True),
        ("rtsp://10.0.0.6/a", "rtsp://10.0.0.6/a", True, True),
        ("rtsp://127.0.0.1/a", "rtsp://127.0.0.1/a", True, True),
        ("rtsp://10.0.0.5/a?password=S3cret&b=1", "rtsp://10.0.0.5/a?password=***&b=1", False, False),
        ("rtsp://10.0.0.5/user=a_pwd=S3cret_channel=1", "rtsp://10.0.0.5/user=***_pwd=***_channel=1", False, False),
        ("rtsp://10.0.0.5/a?loginuse=u&loginpas=x", "rtsp://10.0.0.5/a?loginuse=***&loginpas=***", False, False),
        ("rtsp://10.0.0.5:8554/a@b", "rtsp://10.0.0.5:8554/a@b", False, True),
        ("rtsp://10.0.0.5/a/S3cret/b", "rtsp://10.0.0.5/a/***/b", False, False),
        ('rtsp://10.0.0.5/a" b', 'rtsp://10.0.0.5/a" b', False, False),
    ],
)  # fmt: skip
def test_a_stream_address_is_shown_without_credentials(uri: str, shown: str, elsewhere: bool, complete: bool) -> None:
    assert stream_address(uri, HERE, "S3cret") == StreamAddress(shown, elsewhere, complete)


@pytest.mark.parametrize(
    "uri",
    [
        None, 7, "", "file:///etc/passwd", "http://10.0.0.5/a", "rtsp:///a", "rtsp://[::1", "rtsp://10.0.0.5:99999/a",
        "rtsp://u:12/34@10.0.0.5/a", "rtsp://u:pw?x@10.0.0.5/a", "rtsp://u/x@10.0.0.5/a",
        "rtsp://10.0.0.5/\x1b[2J", "rtsp://10.0.0.5/\na", "rtsp://10.0.0.5/" + "a" * 1000, "concat:rtsp://10.0.0.5/a",
    ],
)  # fmt: skip
def test_what_is_no_stream_address_is_left_out(uri: object) -> None:
    assert stream_address(uri, HERE) is None


@given(st.text(max_size=200))
def test_any_text_after_the_scheme_is_survived(text: str) -> None:
    found = stream_address(f"rtsp://{text}", HERE)
    assert found is None or found.shown.isprintable()


@given(
    st.text(st.characters(codec="ascii", min_codepoint=33, max_codepoint=126), min_size=8, max_size=20), st.booleans()
)
def test_the_password_is_never_shown(secret: str, quoted: bool) -> None:
    assume(not any(part in secret for part in ("***", "rtsp", "10.0.0.5")))
    written = quote(secret, safe="") if quoted else secret
    for uri in (
        f"rtsp://u:{quote(secret, safe='')}@10.0.0.5/a",
        f"rtsp://10.0.0.5/{written}/a",
        f"rtsp://10.0.0.5/a?k={written}",
    ):
        found = stream_address(uri, HERE, secret)
        assert found is None or (secret not in found.shown and quote(secret, safe="") not in found.shown)
