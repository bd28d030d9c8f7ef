"""A witness of a log over HTTP."""

import time
from pathlib import Path
from typing import Final

import httpx

from passerby.audit.witness import Observed, Witness
from passerby.domain.errors import PasserbyError

WELL_KNOWN: Final = "/.well-known/passerby/"
MAX_BYTES: Final = 64 * 1024
TIMEOUT_S: Final = 20.0


class HttpLog:
    """What a log serves.

    Args:
        address: of the hub, such as https://passerby.example.
    """

    def __init__(self, address: str) -> None:
        self._base = address.rstrip("/") + WELL_KNOWN
        if not address.startswith(("http://", "https://")):
            raise PasserbyError(f"{address}: an address that begins with http:// or https:// is needed")

    def __call__(self, path: str) -> bytes:
        """Returns the content of a path.

        Raises:
            PasserbyError: there is none, or it is absurdly long.
        """
        address = self._base + path
        try:
            with httpx.stream("GET", address, timeout=TIMEOUT_S, trust_env=False) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise PasserbyError(f"{address}: the log answered {answer.status_code}. Is the address right?")
                content = b""
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > MAX_BYTES:
                        raise PasserbyError(f"{address}: more than {MAX_BYTES} bytes, which no log sends")
        except httpx.HTTPError as error:
            raise PasserbyError(f"{address}: the log does not answer: {error or type(error).__name__}") from None
        return content


def witness_of(address: str, folder: Path, name: str, key: str | None = None) -> Witness:
    """Returns the witness of a log.

    Args:
        address: of the hub.
        folder: where it keeps checkpoints.
        name: of the witness.
        key: the log's public key; without it the one that is kept, or else the one that is served.
    """
    witness = Witness(folder, name, HttpLog(address), lambda: int(time.time()))
    if key is not None:
        witness.trust(key)
    return witness


def look_of(witness: Witness) -> dict[str, object]:
    """Looks once, and returns what was found as it is printed as JSON."""
    look: Observed = witness.look()
    return {
        "log": look.checkpoint.origin,
        "step": look.step.value,
        "before": look.before,
        "size": look.checkpoint.size,
        "file": str(look.file),
        "key_taken_as_served": look.key_is_new,
        "witness_key": str(witness.key),
    }
