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
