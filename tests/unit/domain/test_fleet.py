"""Addresses of hubs and names of nodes, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import check_node_name, host_and_port


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("hub.city.example:8443", ("hub.city.example", 8443)),
        ("10.0.0.7:1", ("10.0.0.7", 1)),
        ("[::]:65535", ("::", 65535)),
    ],
)
def test_host_and_port_are_read(address: str, expected: tuple[str, int]) -> None:
    assert host_and_port(address) == expected


@pytest.mark.parametrize(
    "address", ["", "hub", "hub:", ":1", "hub:0", "hub:65536", "::1:8443", "[::1]", "hub:8a", "h b:1"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(PasserbyError, match="host and port are needed"):
        host_and_port(address)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        host, port = host_and_port(text)
    except PasserbyError:
        return
    assert host
    assert 1 <= port <= 65_535


@pytest.mark.parametrize("name", ["", "A", "pole 7", "-pole", "pole-", "pole/7", "пол", "x" * 41])
def test_names_that_would_not_fit_a_uri_or_a_file_are_refused(name: str) -> None:
    with pytest.raises(PasserbyError, match="a node's name has"):
        check_node_name(name)
