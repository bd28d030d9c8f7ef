"""Requests to a running service over HTTP, with a token: from another machine, or from this one."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from passerby.domain.errors import PasserbyError
from passerby.publish.outlets.trust import trust, why_failed
from passerby.text import printable, shortened

TOKEN_NAME: Final = "PASSERBY_TOKEN"  # noqa: S105 - the name of the variable
"""The environment variable that a token is in where no file is named: words of a command can be read by others."""

TIMEOUT_S: Final = 60.0
MAX_BYTES: Final = 2_000_000
_MAX_TOKEN_LETTERS: Final = 500
_SHOWN_LETTERS: Final = 300
_SHOWN_FAULTS: Final = 3
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class RunningService:
    """Where a service answers, and as whom it is asked.

    Attributes:
        address: such as https://count.example.org, without a path.
        token: an API token; no error shows it.
        ca_file: certificates that the service's is checked against; empty for the system's.
        transport: what the requests go over; None for the network.
    """

    address: str
    token: str = field(repr=False)
    ca_file: str = ""
    transport: httpx.BaseTransport | None = None

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Returns what the service answered to a request with a JSON body.

        Redirects are not followed, and no proxy of the environment is used: the token goes to this address alone.

        Raises:
            PasserbyError: it cannot be reached, is no passerby, or refuses; with what it says.
            DeliveryError: the file of certificates cannot be read.
        """
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", "User-Agent": "passerby"}
        try:
            with (
                httpx.Client(
                    timeout=TIMEOUT_S, verify=trust(self.ca_file), trust_env=False, transport=self.transport
                ) as client,
                client.stream("POST", self.address + path, json=body, headers=headers) as answer,
            ):
                return self._read(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PasserbyError(
                f"{self.address}: the service cannot be reached: {why_failed(error)}. Is the address right, and "
                "does it run?"
            ) from None

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        content = b""
        for part in answer.iter_bytes():
            content += part
            if len(content) > MAX_BYTES:
                break
        found = _object(content)
        if answer.is_success and found is not None:
            return found
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise PasserbyError(
                f"{self.address}: the token is not accepted: it is another service's, has ended or was revoked. Make "
                "one there: passerby tokens create SITE.yaml ACCOUNT --scope draw"
            )
        if found is None or "detail" not in found:
            raise PasserbyError(
                f"{self.address}: no passerby answers there, got status {answer.status_code}. Give the address of the "
                "service's page, without a path."
            )
        raise PasserbyError(f"{self.address}: {_problem_text(found)}")


def running_service(address: str, token_file: Path | None, ca_file: Path | None) -> RunningService:
    """Returns the service at an address.

    Args:
        address: https://, or http:// on this machine.
        token_file: a file that holds nothing but the token; None for the environment's.
        ca_file: certificates in PEM form; None for the system's.

    Raises:
        PasserbyError: the address is none, is not encrypted, or there is no token.
    """
    return RunningService(_origin(address), _token(token_file), "" if ca_file is None else str(ca_file))


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.path.strip("/") or parts.query:
        raise PasserbyError(
            f"--to: an address such as https://count.example.org is needed, without a path, got {printable(address)}."
        )
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise PasserbyError(
            f"--to: {printable(address)} is not encrypted, so that a token sent there could be read on the way. Give "
            "an address that begins with https://."
        )
    shown_host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown_host}" + (f":{port}" if port else "")


def _token(file: Path | None) -> str:
    if file is None:
        token, where = os.environ.get(TOKEN_NAME, ""), TOKEN_NAME
    else:
        try:
            token, where = file.read_text("utf-8")[: _MAX_TOKEN_LETTERS + 2].strip(), str(file)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise PasserbyError(f"--token-file {file}: it cannot be read: {why}.") from None
    if not token:
        raise PasserbyError(
            f"{where}: it holds no token. Name a file with --token-file, or set {TOKEN_NAME}; "
            "passerby tokens create SITE.yaml ACCOUNT --scope draw makes one."
        )
    if len(token) > _MAX_TOKEN_LETTERS or not _TOKEN.fullmatch(token):
        raise PasserbyError(
            f"{where}: it holds something else than one token. Write the token there, and nothing else."
        )
    return token


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _problem_text(problem: Mapping[str, Any]) -> str:
    """A problem's sentences, with what is wrong where they do not say it; it is another machine's text."""
    detail, faults = str(problem["detail"]), problem.get("faults")
    wrong = [
        f"{one.get('where')}: {one.get('what')}" + (f", got {one['got']}" if one.get("got") else "") + "."
        for one in (faults if isinstance(faults, list) else [])[:_SHOWN_FAULTS]
        if isinstance(one, dict) and str(one.get("where")) not in detail
    ]
    text = " ".join((detail, *wrong, str(problem.get("do") or "")))
    return shortened(printable(text).strip(), _SHOWN_LETTERS)
