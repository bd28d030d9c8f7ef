"""Cases for the privacy officer: the key pair, what was asked, and the answers."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from passerby.admin.backup import store_url
from passerby.admin.people import machine_user
from passerby.config.service import load_service
from passerby.domain.cases import Case
from passerby.domain.errors import OutputError, PasserbyError
from passerby.files import PRIVATE, replacing
from passerby.ports import RegisterStore
from passerby.register.cases import CaseKeyError, Letter, decrypted, encrypted_answer, new_key_pair, private_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A case, and what the person wrote.

    Attributes:
        case: what is known without a key.
        letter: what the person wrote; None without the privacy officer's key, and where that cannot read it.
        problem: why the key cannot read it; empty otherwise.
    """

    case: Case
    letter: Letter | None
    problem: str = ""


def make_key(path: Path, passphrase: str) -> str:
    """Writes a new private key, protected by a passphrase; returns the public one for the site file.

    Raises:
        CaseKeyError: the passphrase is too short.
        OutputError: there is a file already, or it cannot be written.
    """
    if path.exists():
        raise OutputError(f"{path}: there is a file already. A key that is overwritten leaves its cases unreadable")
    public, pem = new_key_pair(passphrase)
    try:
        with replacing(path, mode=PRIVATE, follow=False) as stream:
            stream.write(pem)
    except OSError as error:
        raise OutputError(f"{path}: the key cannot be written: {error.strerror}") from None
    return public


def read_cases(site: Path, data: Path | None, key: Path | None, passphrase: Callable[[], str]) -> tuple[ReadCase, ...]:
    """Returns all cases that are kept; with the privacy officer's key also what people wrote.

    Raises:
        CaseKeyError: the key cannot be read, or not one case with it.
        StoreError: the database cannot be read.
    """
    private = None if key is None else private_key(_pem(key), passphrase())
    cases = asyncio.run(_with_store(site, data, lambda store: store.cases()))
    if private is None:
        return tuple(ReadCase(case, None) for case in cases)
    read = tuple(_read(case, private) for case in cases)
    if read and all(each.problem for each in read):
        raise CaseKeyError(read[0].problem)
    return read


def _read(case: Case, private: "X25519PrivateKey") -> ReadCase:
    """One case; one that was changed, or encrypted for an earlier key, hides no other."""
    try:
        return ReadCase(case, decrypted(case.box, private))
    except CaseKeyError as error:
        return ReadCase(case, None, str(error))


def answer_case(
    site: Path, data: Path | None, key: Path, passphrase: Callable[[], str], number: int, text: str
) -> None:
    """Stores the answer to a case, encrypted for the holder of its reference.

    Raises:
        PasserbyError: no such case is open, the key is not right, or the text is empty.
    """
    if not text.strip():
        raise PasserbyError("the answer is empty: give it on standard input")
    found = {each.case.number: each for each in read_cases(site, data, key, passphrase)}.get(number)
    if found is not None and found.problem:
        raise CaseKeyError(f"case {number}: {found.problem}")
    if found is None or found.letter is None or found.case.answered_ns is not None:
        raise PasserbyError(f"there is no open case {number}. `passerby register cases SITE.yaml` lists them")
    answer = encrypted_answer(text.strip(), found.letter.reference)
    author = f"privacy officer ({machine_user()})"
    if not asyncio.run(_with_store(site, data, lambda store: store.answer_case(number, answer, author))):
        raise PasserbyError(f"case {number} was answered in the meantime")


async def _with_store(site: Path, data: Path | None, act: Callable[[RegisterStore], Awaitable[Value]]) -> Value:
    from passerby.store.opening import open_site_store

    service = load_service(site, os.environ, passwords=False)
    plan = service.plan
    async with open_site_store(store_url(service, data), plan) as store:
        return await act(store)


def _pem(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PasserbyError(f"{path}: the key cannot be read: {error.strerror}") from None
