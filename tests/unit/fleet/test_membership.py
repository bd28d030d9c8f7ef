"""What a node keeps: private, whole, and a number that is on the disk before it is presented."""

from pathlib import Path

import pytest
from cryptography import x509

from passerby.domain.errors import PasserbyError
from passerby.fleet.authority import CERTIFICATE_FILE, SiteAuthority, read_certificate
from passerby.fleet.certificates import new_key, signing_request
from passerby.fleet.membership import (
    COUNTER_FILE,
    HUB_ADDRESS_FILE,
    NODE_FILE,
    Membership,
    begin_counter,
    next_counter,
    node_folder,
    write_membership,
)


def joined(folder: Path) -> Path:
    folder.mkdir()
    authority, key = SiteAuthority.make(folder / "hub", "Market square"), new_key()
    given, _ = authority.node_certificate("pole-7", "ab12", signing_request(key))
    certificate = x509.load_pem_x509_certificate(given.encode())
    write_membership(folder, ("hub:8443",), key, certificate, read_certificate(folder / "hub" / CERTIFICATE_FILE))
    return folder


def test_a_membership_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = joined(tmp_path / "node")
    member = Membership.read(folder)
    assert (member.node, member.site, member.addresses) == ("pole-7", "Market square", ("hub:8443",))
    assert member.renewal_ns < member.end_ns
    member.verify(b"part", SiteAuthority.open(folder / "hub").sign(b"part"))
    assert {(folder / name).stat().st_mode & 0o777 for name in (NODE_FILE, HUB_ADDRESS_FILE)} == {0o600}
    member.tls()


def test_files_that_are_missing_damaged_or_open_to_others_are_explained(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="belongs to no site yet"):
        Membership.read(tmp_path)
    folder = joined(tmp_path / "node")
    (folder / NODE_FILE).chmod(0o640)
    with pytest.raises(PasserbyError, match="other accounts may read the key of this node"):
        Membership.read(folder)
    (folder / NODE_FILE).chmod(0o600)
    (folder / HUB_ADDRESS_FILE).write_text("{}")
    with pytest.raises(PasserbyError, match="are damaged"):
        Membership.read(folder)


def test_the_number_of_a_connection_grows_and_is_on_the_disk(tmp_path: Path) -> None:
    assert [next_counter(tmp_path), next_counter(tmp_path)] == [1, 2]
    assert (tmp_path / COUNTER_FILE).read_text() == "2\n"
    begin_counter(tmp_path)
    begin_counter(tmp_path)
    assert next_counter(tmp_path) == 1
    (tmp_path / COUNTER_FILE).write_text("")
    with pytest.raises(PasserbyError, match="it holds no number"):
        next_counter(tmp_path)


def test_the_folder_is_the_one_given_then_systemd_s_then_the_user_s_own(tmp_path: Path) -> None:
    given = {"STATE_DIRECTORY": "/var/lib/passerby:/var/lib/other"}
    assert node_folder(tmp_path, given) == tmp_path
    assert node_folder(None, given) == Path("/var/lib/passerby")
    assert node_folder(None, {}).parts[-2:] == ("passerby", "node")
