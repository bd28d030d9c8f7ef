"""Cases for the privacy officer: the key's file, the list, and one answer a case."""

import asyncio
import os
import pwd
import stat
from functools import partial
from pathlib import Path

import pytest

from passerby.admin.governance.cases import answer_case, make_key, read_cases
from passerby.admin.people import machine_user
from passerby.domain.cases import CaseKind
from passerby.domain.errors import OutputError, PasserbyError
from passerby.engine.service_folder import ServiceFolder
from passerby.register.cases import CaseKeyError, decrypted_answer, open_case
from passerby.store.opening import open_store

PASSPHRASE = "a long passphrase"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text("cameras: {a: {source: {file: a.mp4}}}\ndata: kept\n", encoding="utf-8")
    return path


def asked(site: Path, public: str) -> str:
    async def play() -> str:
        store = await open_store(ServiceFolder(site.parent / "kept").store_url(None))
        _, reference = await open_case(store, CaseKind.QUESTION, "Зашто?", "a", public, 30, 10**18)
        await store.close()
        return reference

    (site.parent / "kept").mkdir(exist_ok=True)
    return asyncio.run(play())


def test_a_case_is_read_and_answered_once(site: Path, tmp_path: Path) -> None:
    key = tmp_path / "officer.pem"
    public = make_key(key, PASSPHRASE)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    reference = asked(site, public)
    (blind,) = read_cases(site, None, None, lambda: "")
    assert blind.letter is None
    (read,) = read_cases(site, None, key, lambda: PASSPHRASE)
    assert read.letter is not None
    assert (read.letter.text, read.letter.reference) == ("Зашто?", reference)
    with pytest.raises(PasserbyError, match="empty"):
        answer_case(site, None, key, lambda: PASSPHRASE, 1, " \n")
    answer_case(site, None, key, lambda: PASSPHRASE, 1, "Зато.\n")
    (answered,) = read_cases(site, None, None, lambda: "")
    assert decrypted_answer(answered.case.answer or b"", reference) == "Зато."
    for number in (1, 2):
        with pytest.raises(PasserbyError, match="no open case"):
            answer_case(site, None, key, lambda: PASSPHRASE, number, "Again")


def test_another_s_key_or_passphrase_reads_nothing(site: Path, tmp_path: Path) -> None:
    asked(site, make_key(tmp_path / "officer.pem", PASSPHRASE))
    make_key(tmp_path / "other.pem", PASSPHRASE)
    for key, passphrase in (("other.pem", PASSPHRASE), ("officer.pem", "a wrong passphrase")):
        with pytest.raises(CaseKeyError):
            read_cases(site, None, tmp_path / key, partial(str, passphrase))
    with pytest.raises(PasserbyError, match="cannot be read"):
        read_cases(site, None, tmp_path / "gone.pem", lambda: PASSPHRASE)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "officer.pem"
    make_key(path, PASSPHRASE)
    before = path.read_bytes()
    with pytest.raises(OutputError, match="there is a file already"):
        make_key(path, PASSPHRASE)
    assert path.read_bytes() == before


def test_a_case_that_cannot_be_read_hides_no_other(site: Path, tmp_path: Path) -> None:
    key = tmp_path / "officer.pem"
    public = make_key(key, PASSPHRASE)
    asked(site, make_key(tmp_path / "earlier.pem", PASSPHRASE))
    asked(site, public)
    old, new = read_cases(site, None, key, lambda: PASSPHRASE)
    assert (old.letter, "another key, or changed" in old.problem) == (None, True)
    assert new.letter is not None
    assert new.problem == ""
    with pytest.raises(CaseKeyError, match="case 1: this case cannot be read"):
        answer_case(site, None, key, lambda: PASSPHRASE, 1, "Text")
    answer_case(site, None, key, lambda: PASSPHRASE, 2, "Text")


def test_the_officer_in_the_audit_log_is_the_machine_s_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "mallory")
    assert machine_user() == pwd.getpwuid(os.getuid()).pw_name
