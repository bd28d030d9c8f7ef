"""Whom outlets trust over TLS, and why a connection failed, in words that hold no secret."""

import os
import ssl
import time
from collections.abc import Iterator
from typing import Final

from passerby.publish.outlets.outlet import DeliveryError
from passerby.text import printable, shortened, utc_time

MAX_LETTERS = 160
_OUT_OF_TIME: Final = frozenset({9, 10})
"""OpenSSL's numbers of certificates that are not valid yet, or not any more."""


def trust(ca_file: str) -> ssl.SSLContext:
    """Returns what a server's certificate and its name are checked against, TLS 1.2 or newer.

    It is read for each attempt, so that a renewed file holds from the next one on.

    Args:
        ca_file: certificates in PEM form; empty for the system's.

    Raises:
        DeliveryError: the file cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        why = error.strerror if not isinstance(error, ssl.SSLError) else "there are no certificates in PEM form in it"
        raise DeliveryError(f"{ca_file}: it cannot be read: {why}", retry=True) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def why_failed(error: BaseException) -> str:
    """Returns why a connection failed, in the words of the system or of OpenSSL where it has any.

    >>> import errno
    >>> why_failed(ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('10.0.0.7', 25)"))
    'Connection refused'
    """
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            clock = f" (is this machine's clock right? It says {utc_time(time.time_ns())})"
            behind = clock if getattr(each, "verify_code", None) in _OUT_OF_TIME else ""
            return cleaned(f"its certificate is not trusted: {each.verify_message}{behind}")
    # That there was nothing to read or write yet is no fault, and what every wait over TLS began with.
    waits = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
    if any(isinstance(each, ssl.SSLError) and not isinstance(each, waits) for each in chain):
        return "it does not speak TLS as it should"
    for each in chain:
        if isinstance(each, TimeoutError):
            return "it did not answer in time"
        if isinstance(each, OSError) and each.errno is not None and each.errno > 0:
            return os.strerror(each.errno)
        if isinstance(each, OSError) and each.strerror:
            return cleaned(each.strerror)  # names that cannot be resolved have numbers of their own
    return "the connection was lost"


def cleaned(text: str) -> str:
    """Returns a text of others as one line of at most `MAX_LETTERS`."""
    return shortened(" ".join(printable(text, " ").split()), MAX_LETTERS)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
