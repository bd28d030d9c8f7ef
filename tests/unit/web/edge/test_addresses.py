"""How a request came: what a proxy says counts from a trusted address only, and names are never taken on trust."""

import pytest
from starlette.datastructures import Headers

from passerby.domain.service import ServerPlan, TlsFiles
from passerby.web.edge.addresses import Arrival, foreign_page

PUBLIC = "https://count.example.org"
PROXIED = ServerPlan(public_url=PUBLIC, behind=("10.0.0.1/32", "127.0.0.1/32"))
OVER_TLS = ServerPlan(host="0.0.0.0", public_url=PUBLIC, tls=TlsFiles(None, None))  # type: ignore[arg-type]


def arrival(server: ServerPlan, peer: str, scheme: str = "http", **headers: str) -> tuple[Arrival, str | None]:
    sent = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    came = Arrival.of({"type": "http", "client": (peer, 1), "scheme": scheme}, sent, server)
    refused = came.refused(server)
    return came, None if refused is None else refused.problem.code


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        ("localhost", "unknown"),
        ("'; drop", "unknown"),
        ("", "unknown"),
        (", ".join(["10.0.0.1"] * 5000), "unknown"),
        ("203.0.113.9:49152", "203.0.113.9"),
        ("[2001:db8::9]:49152", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"),
        ("2001:DB8::9", "2001:db8::9"),
        ("fe80::9%eth0", "fe80::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, ::ffff:10.0.0.1", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.0.0.1:7", "203.0.113.9"),
        ("203.0.113.9, ", "unknown"),
        ("203.0.113.9, unix:", "unknown"),
        ("203.0.113.9, _hidden", "unknown"),
        ("203.0.113.9, 10.0.0.1%eth0", "unknown"),
        ("127.0.0.1", "unknown"),
        ("::1", "::1"),
        ("ÿ, 127.0.0.1", "unknown"),
    ],
)
@pytest.mark.asvs("15.3.4")
def test_a_trusted_proxy_names_the_client(forwarded: str, client: str) -> None:
    headers = {"host": "count.example.org", "x_forwarded_for": forwarded, "x_forwarded_proto": "https"}
    came, refused = arrival(PROXIED, "10.0.0.1", **headers)
    assert (came.client, came.scheme, came.is_local, refused) == (client, "https", False, None)


@pytest.mark.asvs("4.1.3")
def test_nobody_else_names_a_client_or_a_scheme() -> None:
    headers = {"host": "count.example.org", "x_forwarded_for": "127.0.0.1", "x_forwarded_proto": "https"}
    came, refused = arrival(PROXIED, "203.0.113.9", **headers)
    assert (came.client, came.scheme, refused) == ("203.0.113.9", "http", "past-the-proxy")
    came, refused = arrival(OVER_TLS, "203.0.113.9", "https", **headers)
    assert (came.client, came.is_local, refused) == ("203.0.113.9", False, None)


@pytest.mark.parametrize(
    ("header", "content"),
    [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-For", ""),
        ("Forwarded", "for=203.0.113.9;proto=https"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "localhost"),
        ("X-Real-IP", "203.0.113.9"),
        ("Via", "1.1 squid"),
        ("CF-Connecting-IP", "203.0.113.9"),
    ],
)
@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1", ""])
@pytest.mark.asvs("4.1.3", "15.3.4")
def test_what_a_proxy_without_a_name_passes_on_is_not_of_this_machine(peer: str, header: str, content: str) -> None:
    elsewhere = ("10.0.0.1/32", "192.0.2.0/24")
    for server in (ServerPlan(), ServerPlan(public_url=PUBLIC, behind=elsewhere), OVER_TLS):
        for host in ("localhost:8642", "127.0.0.1", "[::1]:8642", "count.example.org"):
            came, refused = arrival(server, peer, **{"host": host, header.replace("-", "_"): content})
            assert (came.is_local, came.client, refused) == (False, peer, "unnamed-proxy")
    assert arrival(ServerPlan(), peer, host="localhost:8642")[0].is_local


def test_from_elsewhere_such_headers_change_nothing() -> None:
    came, refused = arrival(OVER_TLS, "203.0.113.9", "https", host="count.example.org", forwarded="for=127.0.0.1")
    assert (came.client, came.is_local, refused) == ("203.0.113.9", False, None)


@pytest.mark.parametrize("header", ["forwarded", "via", "x_real_ip", "x_forwarded_proto"])
def test_a_named_proxy_that_names_no_client_makes_nobody_local(header: str) -> None:
    came, refused = arrival(PROXIED, "127.0.0.1", **{"host": "localhost", header: "for=127.0.0.1"})
    assert (came.client, came.is_local, came.direct, refused) == ("unknown", False, False, "wrong-host")


@pytest.mark.parametrize(
    ("behind", "peer", "trusted"),
    [
        ("10.0.0.0/8", "10.9.8.7", True),
        ("10.0.0.0/8", "::ffff:10.9.8.7", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("fe80::/10", "fe80::1%eth0", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("0.0.0.0/0", "2001:db8::1", False),
    ],
)
def test_proxies_are_named_as_networks(behind: str, peer: str, trusted: bool) -> None:
    server = ServerPlan(public_url=PUBLIC, behind=(behind,))
    headers = {"host": "count.example.org", "x_forwarded_for": "203.0.113.9", "x_forwarded_proto": "https"}
    came, refused = arrival(server, peer, **headers)
    assert (came.client, refused) == (("203.0.113.9", None) if trusted else (peer, "past-the-proxy"))


def test_of_headers_sent_twice_the_proxy_s_own_counts() -> None:
    sent = [("host", "count.example.org"), ("x-forwarded-proto", "https"), ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "http"), ("x-forwarded-for", "203.0.113.9")]  # fmt: skip
    headers = Headers(raw=[(name.encode(), value.encode()) for name, value in sent])
    came = Arrival.of({"type": "http", "client": ("10.0.0.1", 1), "scheme": "http"}, headers, PROXIED)
    assert (came.client, came.scheme) == ("203.0.113.9", "http")


def test_no_header_names_the_host_but_host() -> None:
    headers = {"host": "evil.example", "x_forwarded_host": "count.example.org", "x_forwarded_proto": "https"}
    assert arrival(PROXIED, "10.0.0.1", x_forwarded_for="203.0.113.9", **headers)[1] == "wrong-host"


def test_a_proxy_on_this_machine_makes_nobody_local() -> None:
    came, refused = arrival(PROXIED, "127.0.0.1", host="localhost", x_forwarded_for="203.0.113.9")
    assert (came.is_local, refused) == (False, "wrong-host")
    came, refused = arrival(PROXIED, "127.0.0.1", host="count.example.org")
    assert came.is_local is False
    came, refused = arrival(PROXIED, "127.0.0.1", host="localhost:8642")
    assert (came.is_local, refused) == (True, None)


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("count.example.org", None),
        ("COUNT.example.org:443", None),
        ("count.example.org:8443", "wrong-host"),
        ("count.example.org.evil.example", "wrong-host"),
        ("localhost", "wrong-host"),
        ("127.0.0.1", "wrong-host"),
        ("0.0.0.0", "wrong-host"),
        ("", "wrong-host"),
    ],
)
def test_it_answers_under_its_public_name_alone(host: str, refused: str | None) -> None:
    assert arrival(OVER_TLS, "203.0.113.9", "https", host=host)[1] == refused


@pytest.mark.asvs("4.1.2", "12.2.1")
def test_the_clear_is_refused_where_there_is_tls() -> None:
    headers = {"host": "count.example.org", "x_forwarded_for": "203.0.113.9"}
    assert arrival(PROXIED, "10.0.0.1", **headers, x_forwarded_proto="http")[1] == "tls-needed"
    assert arrival(PROXIED, "10.0.0.1", **headers, x_forwarded_proto="https, http")[1] == "tls-needed"


@pytest.mark.parametrize(
    ("origin", "refused"),
    [
        (PUBLIC, False),
        ("http://count.example.org", True),
        ("https://count.example.org:8443", True),
        ("null", True),
        ("https://evil.example", True),
    ],
)
def test_an_origin_has_the_scheme_too(origin: str, refused: bool) -> None:
    came, _ = arrival(OVER_TLS, "203.0.113.9", "https", host="count.example.org")
    scope = {"type": "http", "method": "POST"}
    assert (foreign_page(scope, Headers({"origin": origin}), came) is not None) == refused
