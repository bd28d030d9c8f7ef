"""A package that could not be looked up is not taken for one without a vulnerability."""

from tools.known_vulnerabilities import Audit

UNKNOWN = {"name": "six", "skip_reason": "not found"}
FINE = {"name": "rich", "version": "15.0.0", "vulns": []}
HOLED = {"name": "six", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"], "aliases": []}]}


def test_where_nothing_could_be_looked_up_nothing_was_checked() -> None:
    assert "not checked" in Audit.of({"dependencies": [UNKNOWN]}).sentence
    assert "not checked" in Audit(0, 0, ()).sentence


def test_what_was_checked_and_what_was_not_is_counted() -> None:
    assert Audit.of({"dependencies": [FINE]}).sentence == "Known vulnerabilities: none in 1 packages."
    assert Audit.of({"dependencies": [FINE, UNKNOWN]}).sentence.endswith("none in 1 packages; 1 not checked.")


def test_a_vulnerability_is_named_with_the_version_that_mends_it() -> None:
    audit = Audit.of({"dependencies": [FINE, HOLED, UNKNOWN]})
    assert audit.found == ("six 1.0: CVE-1, mended in 1.1",)
    assert "CVE-1" in audit.sentence
