"""What a site file names that lies outside of it: only who may edit the file itself decides on that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import urlsplit

from passerby.config.addresses import Address, address_of
from passerby.config.events.recipient_keys import RecipientKeys
from passerby.config.register.number_outlets import OutletKeys
from passerby.config.service_keys import AccessKeys, FleetKeys, ServerKeys, SourceKeys, StoreKeys
from passerby.config.site import Site
from passerby.config.validation import Loc
from passerby.domain.sources import SourceKind, Transport


@dataclass(frozen=True, slots=True)
class References:
    """What a site file names that lies outside of it, and what each of the cameras' secrets is tied to.

    Only who may edit the file itself decides on these: over HTTP an attacker could otherwise have a secret of this
    machine sent to a machine of their own, or have results stored, or cameras looked for, elsewhere.
    """

    store: StoreKeys | None
    data: str | None
    map: str | None
    networks: tuple[str, ...]
    passwords: Mapping[str, tuple[object, ...]]
    authorities: Mapping[str, str]
    access: AccessKeys
    front: tuple[object, ...]
    groups: Mapping[str, frozenset[str]]
    recipients: Mapping[str, RecipientKeys]
    nodes: Mapping[str, str]
    pools: Mapping[str, str]
    fleet: FleetKeys | None
    outlets: Mapping[str, OutletKeys]

    @classmethod
    def of(cls, site: Site) -> Self:
        """Returns those of a site."""
        sources = {name: camera.source for name, camera in site.cameras.items()}
        passwords = {name: _ties(keys) for name, keys in sources.items() if keys is not None and keys.password_from}
        authorities = {name: keys.authority for name, keys in sources.items() if keys is not None and keys.authority}
        groups = {name: frozenset(camera.groups) for name, camera in site.cameras.items()}
        front = _front(site.server)
        return cls(
            site.store, site.data, site.site.map, site.network.cameras, passwords, authorities, site.access, front,
            groups, site.recipients, {name: camera.node or "" for name, camera in site.cameras.items()},
            {name: camera.pool or "" for name, camera in site.cameras.items()}, site.fleet,
            {} if site.publish is None else site.publish.outlets,
        )  # fmt: skip

    def edited(self, new: Self) -> Iterator[tuple[Loc, str]]:
        """Yields what another file of the same site has changed of them, with where and why that is a fault."""
        by_hand = "over HTTP it stays as it is: edit the site file itself and run `passerby apply SITE.yaml`"
        for key, old_value, value in (
            (("store",), self.store, new.store),
            (("data",), self.data, new.data),
            # Whatever file of this machine it names is served.
            (("site", "map"), self.map, new.map),
            (("network", "cameras"), self.networks, new.networks),
            # Who may change the file over HTTP must not decide alone who else may what, and who says who they are.
            (("access",), self.access, new.access),
            # Where it listens, whom it trusts, files of this machine, and from when on many looks raise an event.
            (("server",), self.front, new.front),
            (("fleet",), self.fleet, new.fleet),
            # Where events go, with which secrets, and which machines inside the network may be spoken to.
            (("recipients",), self.recipients, new.recipients),
            (("publish", "outlets"), self.outlets, new.outlets),
        ):
            if value != old_value:
                yield key, by_hand
        for name, groups in new.groups.items():
            if groups != self.groups.get(name, frozenset()):  # a grant on a group would come to be one on the camera
                yield ("cameras", name, "groups"), f"who may see a camera is decided by its groups; {by_hand}"
        for name, node in new.nodes.items():
            if node != self.nodes.get(name, ""):  # its password would be sent to another machine
                yield ("cameras", name, "node"), f"which machine gets a camera and its password: {by_hand}"
        for name, pool in new.pools.items():
            if pool != self.pools.get(name, ""):
                yield ("cameras", name, "pool"), f"which machines get a camera and its password: {by_hand}"
        for name, authority in new.authorities.items():
            if authority not in self.authorities.values():  # any file of this machine, handed to a camera's sandbox
                yield ("cameras", name, "source", "authority"), f"a file is named in the site file itself: {by_hand}"
        for name, ties in new.passwords.items():
            if ties not in self.passwords.values():
                yield (
                    ("cameras", name, "source", "password_from"),
                    "a password from outside goes only where the site file itself ties it to, by a camera's "
                    f"address, user, authority, transport and basic_without_tls; {by_hand}, or take password_from away",
                )


NO_REFERENCES: Final = References(None, None, None, (), {}, {}, AccessKeys(), (), {}, {}, {}, {}, None, {})


def _front(keys: ServerKeys) -> tuple[object, ...]:
    return keys.host, keys.public_url, keys.tls, keys.behind, keys.looks_per_hour


def _ties(keys: SourceKeys) -> tuple[object, ...]:
    address = source_address(keys)
    to = (address.kind, address.host, address.port)
    return (keys.password_from, *to, keys.user, keys.authority, keys.basic_without_tls, keys.transport)


def source_address(keys: SourceKeys) -> Address:
    """Returns the address of a source over a network; a stream over HTTP has HTTP's own ports."""
    if keys.rtsp is not None:
        address = address_of(keys.rtsp, (SourceKind.RTSP, SourceKind.RTSPS))
        if Transport(keys.transport) is Transport.HTTP and urlsplit(keys.rtsp).port is None:
            return replace(address, port=443 if address.kind.encrypted else 80)
        return address
    return address_of(keys.http or "", (SourceKind.HTTP, SourceKind.HTTPS))
