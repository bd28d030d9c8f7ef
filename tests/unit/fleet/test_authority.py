"""The authority's files: made once, private, and of one piece; the hub's certificate renews and follows its name."""

from pathlib import Path

import pytest
from cryptography import x509

from passerby.domain.errors import PasserbyError
from passerby.fleet.authority import CERTIFICATE_FILE, HUB_FILE, KEY_FILE, SiteAuthority
from passerby.units import DAY_S, NS_PER_S
from testing.waiting import Clock


def test_it_is_made_once_and_opened_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = SiteAuthority.make(folder, "Market square")
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    found = SiteAuthority.open(folder)
    assert (found.site, found.fingerprint) == ("Market square", made.fingerprint)
    with pytest.raises(PasserbyError, match="has an authority already"):
        SiteAuthority.make(folder, "Market square")


def test_what_is_missing_or_does_not_belong_together_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="passerby fleet init"):
        SiteAuthority.open(tmp_path)
    SiteAuthority.make(tmp_path / "a", "a")
    SiteAuthority.make(tmp_path / "b", "b")
    (tmp_path / "a" / CERTIFICATE_FILE).write_bytes((tmp_path / "b" / CERTIFICATE_FILE).read_bytes())
    with pytest.raises(PasserbyError, match="does not belong to"):
        SiteAuthority.open(tmp_path / "a")
    (tmp_path / "b" / CERTIFICATE_FILE).write_bytes(b"nothing")
    with pytest.raises(PasserbyError, match="no certificate"):
        SiteAuthority.open(tmp_path / "b")
    (tmp_path / "a" / KEY_FILE).chmod(0o644)
    with pytest.raises(PasserbyError, match="other accounts may read the key of the site's authority"):
        SiteAuthority.open(tmp_path / "a")


def test_the_hub_s_certificate_is_kept_until_it_is_due_or_the_hub_has_another_name(tmp_path: Path) -> None:
    clock = Clock()
    authority = SiteAuthority.make(tmp_path, "Market square", clock)

    def certificate(host: str) -> x509.Certificate:
        file = authority.hub_certificate(host)
        assert file == tmp_path / HUB_FILE
        assert file.stat().st_mode & 0o777 == 0o600
        return x509.load_pem_x509_certificate(file.read_bytes())

    first = certificate("hub.example.org")
    clock.now_s += 29 * DAY_S
    assert certificate("hub.example.org") == first
    clock.now_s += 2 * DAY_S
    second = certificate("hub.example.org")
    assert second.not_valid_after_utc.timestamp() == clock() // NS_PER_S + 90 * DAY_S
    assert certificate("10.0.0.7") != second
    (tmp_path / HUB_FILE).write_bytes(b"damaged")
    assert certificate("10.0.0.7").issuer == first.issuer
