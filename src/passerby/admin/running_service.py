"""Requests to a running service: apply the site file, make a new link to the page."""

import os
import re
import shlex
import signal
import time
from pathlib import Path

from passerby.config.loader import load_site
from passerby.config.texts.site_storage import folder_of
from passerby.domain.errors import PasserbyError
from passerby.engine.service_folder import ServiceFolder, supervisor

LINK_WAIT_S = 5.0
_POLL_S = 0.1
_LINK = re.compile(r"^https?://[\x21-\x7e]{1,500}$")


def apply_site(site: Path, data: Path | None = None) -> int:
    """Asks a running service to apply its site file, and returns the supervisor's process number.

    Raises:
        SiteFileError: the file has faults; nothing was asked for.
        PasserbyError: no service runs, or another account runs it.
    """
    load_site(site)  # secrets are the service's business: its environment may hold what this one does not
    folder = folder_of(site, data)
    number = supervisor(folder)
    if number is None:
        raise PasserbyError(f"{folder.path}: no passerby runs on this folder. Start it with `passerby run SITE.yaml`")
    _signal(number, signal.SIGHUP)
    return number


def new_link(folder: ServiceFolder, wait_s: float = LINK_WAIT_S) -> str:
    """A new one-time link to the page of a running service.

    Raises:
        PasserbyError: no service runs, another account runs it, or it does not answer.
    """
    number = supervisor(folder)
    if number is None:
        raise PasserbyError(
            f"{folder.path}: no passerby runs on this folder, so there is nothing to open. If it runs with --data, "
            "give the same here; `passerby run SITE.yaml` starts one"
        )
    before = _link_written_ns(folder)
    _signal(number, signal.SIGUSR1)
    until_s = time.monotonic() + wait_s
    while time.monotonic() < until_s:
        time.sleep(_POLL_S)
        if _link_written_ns(folder) not in (None, before):
            link = folder.link.read_text(encoding="utf-8").strip()
            if _LINK.match(link):
                return link
    raise PasserbyError(
        "the hub did not answer with a link. "
        f"See `passerby status --data {shlex.quote(str(folder.path))}`, and try again"
    )


def _link_written_ns(folder: ServiceFolder) -> int | None:
    try:
        return folder.link.stat().st_mtime_ns
    except OSError:
        return None


def _signal(number: int, sent: signal.Signals) -> None:
    try:
        os.kill(number, sent)
    except OSError as error:
        raise PasserbyError(
            f"the supervisor (process {number}) cannot be signalled: {error.strerror}. Run this as the account that "
            "passerby runs as"
        ) from None
