"""Where the service is served: beyond this machine only over TLS or behind a named proxy, and under a name."""

from pathlib import Path

import pytest

from passerby.config.service import service_site
from passerby.domain.errors import SiteFileError
from passerby.domain.service import ServerPlan, TlsFiles

CAMERA = "cameras: {a: {source: {file: a.mp4}}}\n"


def server(text: str) -> ServerPlan:
    return service_site(f"{CAMERA}server: {text}\n", "site.yaml", Path("/site"), {}).plan.server


def fault(text: str) -> str:
    with pytest.raises(SiteFileError) as refused:
        server(text)
    return str(refused.value)


def test_tls_and_a_name_open_it_to_others() -> None:
    plan = server("{host: 0.0.0.0, public_url: 'https://Count.example.org/', tls: {certificate: c.pem, key: /k.pem}}")
    assert plan.public_url == "https://count.example.org"
    assert plan.tls == TlsFiles(Path("/site/c.pem"), Path("/k.pem"))
    assert plan.origin == "https://count.example.org"


def test_a_named_proxy_does_too() -> None:
    plan = server("{host: 10.1.0.4, public_url: 'https://count.example.org:8443', behind: [10.1.0.1/32]}")
    assert plan.behind == ("10.1.0.1/32",)


def test_links_of_this_machine_name_localhost() -> None:
    for host in ("127.0.0.1", "'::1'", "localhost"):
        assert server(f"{{host: {host}, port: 8000}}").origin == "http://localhost:8000"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{host: 0.0.0.0}", "server.tls, or server.behind"),
        ("{host: 10.0.0.4, public_url: 'https://a.example'}", "server.tls, or server.behind"),
        ("{host: 10.0.0.4, behind: []}", "server.tls, or server.behind"),
        ("{host: 10.0.0.4, behind: [10.0.0.1/32]}", "server.public_url is needed"),
        ("{tls: {certificate: c, key: k}}", "server.public_url is needed"),
        ("{host: 0.0.0.0, public_url: 'https://a.example', behind: [0.0.0.0/0]}", "every address would be trusted"),
        ("{tls: {certificate: c}, public_url: 'https://a.example'}", "server.tls.key"),
        (
            "{host: a.example, public_url: 'https://a.example', tls: {certificate: c, key: k}}",
            "an address of this machine",
        ),
        ("{public_url: 'http://a.example'}", "https:// only"),
        ("{public_url: 'https://u:p@a.example'}", "nothing after them"),
        ("{public_url: 'https://a.example/path'}", "nothing after them"),
        ("{public_url: 'ftp://a.example'}", "nothing after them"),
        ("{public_url: 'https://a.example:99999'}", "nothing after them"),
        ("{public_url: 'https://a b'}", "nothing after them"),
        ("{behind: [proxy.example]}", "no range of addresses"),
        ("{looks_per_hour: 0}", "server.looks_per_hour"),
    ],
)
def test_what_would_open_it_wrongly_is_refused(text: str, what: str) -> None:
    assert what in fault(text)
