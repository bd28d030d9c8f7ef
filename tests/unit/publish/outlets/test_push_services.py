"""Which push services are spoken to, and above all which not."""

import pytest

from passerby.publish.outlets.push_services import is_service, refused_endpoint


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example.org/x", "https://user@push.example.org/x", "https://push.example.org@evil.example.org/",
        "https://evil.example.org/push.example.org", "https://push.example.org.evil.example.org/x",
        "https://push.example.org:8443/x", "https://evilpush.example.org/x", "https://push.example.org/x#y", "ftp://x",
        "https://[::1]/x", "https://push.example.org\\@evil.example.org/x", "https:///x", "", "https://[/x",
        "https://push.example.org/" + "x" * 1000, "https://push.example.org:999999/x",
    ],
)  # fmt: skip
def test_addresses_of_an_attacker_are_refused(url: str) -> None:
    assert refused_endpoint(url, ["push.example.org"])
    assert refused_endpoint(url, ["push.example.org", "*.notify.example.org"])


def test_a_star_stands_for_hosts_below_it_alone() -> None:
    assert refused_endpoint("https://notify.example.org/x", ["*.notify.example.org"])
    assert refused_endpoint("https://evilnotify.example.org/x", ["*.notify.example.org"])
    assert not refused_endpoint("https://PUSH.example.org:443/x", ["push.example.org"])


@pytest.mark.parametrize(
    "text", ["", "*", "*.com", "a b", "push.example.org/x", "PUSH.example.org", "-a.org", "a*.org", "a.org:0"]
)
def test_what_names_no_push_services(text: str) -> None:
    assert not is_service(text)
    assert all(map(is_service, ("push.example.org", "*.notify.windows.com", "push.example.org:8443")))
