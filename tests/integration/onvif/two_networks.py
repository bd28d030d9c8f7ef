"""A program for a network namespace of its own: two networks, a camera in each, and the discovery of both.

Prints the names that are found. The second camera answers to the group, as some do.
"""

import re
import socket
import struct
import subprocess
import sys
import threading

from passerby.onvif.discovery import GROUP, PORT, discover
from tests.unit.onvif.test_discovery import named

NETWORKS = {"a0": "10.0.1.1", "b0": "10.0.2.1"}


def make_networks() -> None:
    """Makes two cables, one end of each with an address; there is no way to anywhere else."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, capture_output=True)
    for interface, address in NETWORKS.items():
        for words in (
            f"link add {interface} type veth peer name {interface}x",
            f"addr add {address}/24 dev {interface}",
            f"link set {interface} up",
            f"link set {interface}x up",
        ):
            subprocess.run(["ip", *words.split()], check=True, capture_output=True)


def answer(interface: str, name: str, to_group: bool) -> None:
    """A camera that listens in one of the networks alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        link.setsockopt(socket.IPPROTO_IP, 49, 0)  # IP_MULTICAST_ALL: nothing of the other network's group
        link.bind(("", PORT))
        here = struct.pack("4s4si", socket.inet_aton(GROUP), bytes(4), socket.if_nametoindex(interface))
        link.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, here)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
        while True:
            probe, sender = link.recvfrom(65_535)
            found = re.search(r"d:Probe>.*", probe.decode()) and re.search(r"MessageID>([^<]+)<", probe.decode())
            if found:
                link.sendto(named(name, found[1], f"urn:uuid:{name}"), (GROUP, PORT) if to_group else sender)


def main() -> None:
    """Finds the cameras."""
    make_networks()
    for place, interface in enumerate(NETWORKS):
        threading.Thread(target=answer, args=(interface, f"camera-{interface}", place == 1), daemon=True).start()
    sys.stdout.write(" ".join(sorted(camera.name for camera in discover(1.5))))


main()
