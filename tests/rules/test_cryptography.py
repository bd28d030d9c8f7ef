"""The list of keys and algorithms is that of the code: no use without its line, no line without its use."""

import ast
import re
from functools import cache

import pytest

from passerby.access.log_in.provider import ALGORITHMS
from passerby.audit import keys as audit_keys
from passerby.camera_secrets import key_ring
from passerby.engine import service_folder
from passerby.engine.replays import encryption as replay_encryption
from passerby.ingest.sources.http import authorisation
from passerby.publish import push_key
from passerby.service.hub import publishing
from testing.source_tree import PACKAGE, ROOT

PAGE = (ROOT / "docs" / "reference" / "cryptography.md").read_text(encoding="utf-8")
LIBRARIES = {
    "cryptography", "hashlib", "hmac", "secrets", "ssl", "argon2", "pyotp", "joserfc", "webauthn", "authlib",
    "nacl", "Crypto", "jwt", "bcrypt", "passlib",
}  # fmt: skip
WORDS = {
    "AESGCM": "GCM", "Ed25519PrivateKey": "Ed25519", "Ed25519PublicKey": "Ed25519",
    "X25519PrivateKey": "X25519", "X25519PublicKey": "X25519", "HKDF": "HKDF-SHA-256", "PasswordHasher": "argon2id",
    "sha256": "SHA-256", "sha1": "SHA-1", "md5": "MD5", "sha512": "SHA-512", "blake2b": "BLAKE2",
    "token_bytes": "random", "token_hex": "random", "token_urlsafe": "random", "SSLContext": "TLS",
    "create_default_context": "TLS", "ChaCha20Poly1305": "ChaCha20", "RSAPrivateKey": "RSA", "Fernet": "Fernet",
}  # fmt: skip
"""Names in the code, and the word that stands for them in the page."""

HARMLESS = {"hashlib", "secrets"}
UNLISTED = ("SHA-256", "random")
"""A module may use these without a line: a number made of what is no secret, the name of a new file."""


def used(text: str) -> tuple[set[str], set[str]]:
    """The cryptographic libraries that a module imports, and the words for what it names of them."""
    libraries: set[str] = set()
    words: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            libraries |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            libraries.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Name | ast.Attribute):
            words.add(WORDS.get(node.id if isinstance(node, ast.Name) else node.attr, ""))
    return libraries & LIBRARIES, words - {""}


def listed() -> dict[str, str]:
    """The page's modules, each with its line."""
    return {found[1]: found[0] for found in re.finditer(r"^\| `([\w/]+\.py)` \|.*$", PAGE, re.MULTILINE)}


@cache
def modules() -> dict[str, tuple[set[str], set[str]]]:
    """The modules that use cryptography, each with the libraries and the words for what it uses."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        # What is imported is named: what names none need not be parsed.
        libraries, words = used(text) if any(name in text for name in LIBRARIES) else (set(), set())
        if libraries:
            found[str(path.relative_to(PACKAGE))] = libraries, words
    return found


@pytest.mark.asvs("11.1.2")
def test_every_module_that_uses_cryptography_is_listed_and_no_other() -> None:
    assert set(listed()) - set(modules()) == set()
    assert {module for module, (libraries, _) in modules().items() if libraries - HARMLESS} - set(listed()) == set()


@pytest.mark.asvs("11.1.2")
def test_every_algorithm_stands_in_the_line_of_its_module() -> None:
    lines = listed()
    missing = {
        (module, word)
        for module, (_, words) in modules().items()
        for word in words
        if word not in (lines.get(module, UNLISTED))
    }
    assert missing == set()


@pytest.mark.asvs("11.1.2")
def test_every_key_file_and_credential_is_listed() -> None:
    files = {value for name, value in vars(service_folder).items() if name.endswith("_KEY_FILE")}
    assert len(files) == 6
    credentials = {each.CREDENTIAL for each in (audit_keys, key_ring, publishing, push_key, replay_encryption)}
    assert {name for name in files | credentials if f"`{name}`" not in PAGE} == set()
    named = {
        found
        for path in PACKAGE.rglob("*.py")
        for found in re.findall(r'"(passerby-[a-z]+-key)"', path.read_text(encoding="utf-8"))
    }
    assert named == credentials


def test_algorithms_that_come_from_outside_are_those_of_the_page() -> None:
    lines = listed()
    assert {name for name in ALGORITHMS if name not in lines["access/log_in/provider.py"]} == set()
    assert set(authorisation._DIGESTS) == {"SHA-512-256", "SHA512-256", "SHA-256", "SHA256", "MD5"}


def test_the_rule_can_fail() -> None:
    assert used("from hashlib import sha1\nsha1(b'')") == ({"hashlib"}, {"SHA-1"})
    assert used("import secrets\nsecrets.token_hex(4)") == ({"secrets"}, {"random"})
    assert used("import json\njson.loads('')") == (set(), set())
