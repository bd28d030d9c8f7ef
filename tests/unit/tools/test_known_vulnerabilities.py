"""A package that could not be looked up is not taken for one without a vulnerability."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools.known_vulnerabilities import NOT_CHECKED, Audit, AuditFailedError, main, read_answer

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


REFUSED = """Traceback (most recent call last):
  File "urllib3/connection.py", line 203, in _new_conn
ConnectionRefusedError: [Errno 111] Connection refused
requests.exceptions.ProxyError: HTTPSConnectionPool(host='index.example', port=443): Max retries exceeded
"""


def answer(*packages: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    "errors",
    [
        REFUSED,
        "requests.exceptions.ConnectionError: ('Connection aborted.', ConnectionResetError(104))",
        "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='index.example', port=443): Read timed out.",
        "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed\nERROR:pip_audit._cli:Tip: your network",
        "requests.exceptions.HTTPError: 503 Server Error: for url\npip_audit._service.interface.ServiceError",
    ],
)
def test_a_database_that_cannot_be_reached_checks_nothing(errors: str) -> None:
    assert read_answer(1, "", errors) == NOT_CHECKED


@pytest.mark.parametrize(
    ("exit_code", "output", "errors", "why"),
    [
        (1, "", "python: No module named pip_audit\n", "No module named pip_audit"),
        (1, "", "ERROR:pip_audit._cli:invalid requirements input: x.lock\n", "invalid requirements"),
        (1, "", "requests.exceptions.SSLError: certificate verify failed", "certificate verify failed"),
        (1, "", "requests.exceptions.HTTPError: 400 Client Error", "400"),
        (2, "", "", "code 2 and no answer"),
        (0, "", "", "no answer"),
        (-9, "", "", "code -9"),
        (1, answer(FINE), "ERROR:pip_audit._cli:something else\n", "something else"),
        (0, answer(HOLED), "", "code 0"),
        (0, answer(), "", "no package"),
        (0, "[]", "", "no answer"),
        (0, '{"dependencies": [1]}', "", "no answer"),
        (1, answer({"name": "six", "vulns": [{}]}), REFUSED, "ProxyError"),
    ],
)
def test_every_other_failure_is_one(exit_code: int, output: str, errors: str, why: str) -> None:
    with pytest.raises(AuditFailedError, match=why):
        read_answer(exit_code, output, errors)


def test_what_was_answered_is_read() -> None:
    assert read_answer(0, answer(FINE, UNKNOWN), "No known vulnerabilities found") == Audit(1, 1, ())
    assert read_answer(1, answer(HOLED), "Found 1 known vulnerability").found


def test_a_pip_audit_that_does_not_run_fails_the_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pip_audit.py").write_text("raise SystemExit('a broken installation')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert main(tmp_path / "any.lock") == 2
    assert "a broken installation" in capsys.readouterr().err
