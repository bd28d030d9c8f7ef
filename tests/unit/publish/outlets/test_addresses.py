"""Addresses that notices may go to, in all the forms that one can be written in."""

import pytest

from passerby.publish.outlets.addresses import refused

INSIDE = (
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "::127.0.0.1", "198.18.0.1",
    "fec0::1", "::ffff:0:7f00:1", "200::1", "5f00::1",
)  # fmt: skip
NEVER = (
    "169.254.169.254", "169.254.1.1", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200", "168.63.129.16",
    "192.0.0.192", "224.0.0.1", "ff02::1", "0.0.0.0", "::", "255.255.255.255", "240.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "::ffff:0:a9fe:a9fe", "no address", "",
)  # fmt: skip


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::6810:84e5", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"])
def test_addresses_of_everybody_may_be_reached(address: str) -> None:
    assert refused(address, inside=False) == refused(address, inside=True) == ""


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_may_be_reached_where_the_site_file_says_so(address: str) -> None:
    assert "inside: true" in refused(address, inside=False)
    assert refused(address, inside=True) == ""


@pytest.mark.parametrize("address", NEVER)
def test_addresses_of_no_receiver_are_never_reached(address: str) -> None:
    assert refused(address, inside=False)
    assert refused(address, inside=True)
