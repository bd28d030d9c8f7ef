"""Who may look, and who answers for it: people, a look with its purpose, and the entry that it left."""

import json
import secrets
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from rich.console import Group
from rich.table import Table
from rich.text import Text
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from passerby.command_hints import hints_for
from tools.demo.browser import Browser, DemoError

CAMERA = "junction"
PURPOSE, CASE = "traffic_planning", "demo: do people cross the lawn?"
GRANT_DAYS = 7
PICTURE_S = 30.0
MAX_MESSAGE_BYTES = 8 << 20
ADMINISTRATOR, OFFICER, OPERATOR = "administrator", "officer", "operator"


@dataclass(frozen=True, slots=True)
class LogIn:
    """What a person logs in with.

    Attributes:
        name, password: made up for this demo alone.
        key: of the one-time codes, for an app.
        codes: recovery codes; each lets in once without an app.
    """

    name: str
    password: str
    key: str
    codes: tuple[str, ...]


class Tour:
    """Goes through what a city does before anyone looks.

    Args:
        first: the browser that came in by the one-time link.
        site, data, folder: the site file, the service's data folder, and where the sign is written.
    """

    def __init__(self, first: Browser, site: Path, data: Path, folder: Path) -> None:
        self._first, self._site, self._data, self._folder = first, site, data, folder

    def people(self) -> tuple[LogIn, Browser]:
        """Adds three people, and returns the operator's log-in and session; no one gives a role to themselves.

        Raises:
            DemoError: the service refuses.
        """
        administrator = Browser(self._first.address)
        started = self._first.page("/start", name=ADMINISTRATOR)
        _joined(administrator, ADMINISTRATOR, _path(started.address))
        officer, operator = Browser(self._first.address), Browser(self._first.address)
        invited = {name: _invitation(administrator, name) for name in (OFFICER, OPERATOR)}
        _propose(administrator, OFFICER, "privacy_officer")
        # The first privacy officer is confirmed at the machine, as there is no one else who could.
        self._passerby("users", "confirm", self._waiting()[0])
        _joined(officer, OFFICER, invited[OFFICER])
        for role in ("operator", "analyst"):
            _propose(administrator, OPERATOR, role)
        for number in self._waiting():
            officer.page("/accounts/confirm", grant=number)
        log_in = _joined(Browser(self._first.address), OPERATOR, invited[OPERATOR])
        operator.page("/log-in", name=log_in.name, password=log_in.password, code=log_in.codes[0], to="/")
        return log_in, operator

    def link(self) -> str:
        """Returns a new one-time link to the page."""
        command = [sys.executable, "-m", "passerby", "link", str(self._site), "--data", str(self._data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DemoError(f"`passerby link` failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout.strip()

    def link_command(self) -> str:
        """Returns the command that prints a new one-time link, as it is to be typed in the folder of `make demo`."""
        own = Path(sys.executable).with_name("passerby")
        called = own.relative_to(Path.cwd()) if own.is_relative_to(Path.cwd()) else own
        return hints_for(self._site, None, str(called)).command("link SITE.yaml")

    def sign(self) -> Path:
        """Writes the street sign of the camera, as anyone can fetch it, and returns its file."""
        file = self._folder / f"sign-{CAMERA}.pdf"
        with Browser(self._first.address).open(f"/register/en/signs/{CAMERA}.pdf") as answer:
            file.write_bytes(answer.read())
        return file

    def look(self, operator: Browser) -> None:
        """States a purpose, opens the live view, and waits for its first anonymous picture.

        Raises:
            DemoError: the service refuses, or no picture comes.
        """
        operator.ask("PUT", "/api/v1/purpose", {"purpose": PURPOSE, "case": CASE})
        ticket = operator.ask("POST", f"/api/v1/cameras/{CAMERA}/ticket")["ticket"]
        address = operator.address.replace("http", "ws", 1)
        try:
            with connect(
                f"{address}/api/v1/cameras/{CAMERA}/view?ticket={ticket}",
                additional_headers={"Cookie": operator.cookie},
                origin=Origin(operator.address),
                proxy=None,
                compression=None,
                max_size=MAX_MESSAGE_BYTES,
            ) as view:
                while not isinstance(view.recv(timeout=PICTURE_S), bytes):
                    pass
        except (OSError, WebSocketException) as fault:
            raise DemoError(f"The live view shows no picture: {fault}") from None

    def entry(self) -> dict[str, Any]:
        """Returns the look's entry in the audit log.

        Raises:
            DemoError: there is none.
        """
        rows = json.loads(self._passerby("audit", "list", "--last", "50", "--json"))
        looks = [row for row in rows if row["entry"] and row["entry"]["action"] == "view.opened"]
        if not looks:
            raise DemoError("The look left no entry in the audit log.")
        found: dict[str, Any] = looks[-1]
        return found

    def verified(self) -> str:
        """Verifies the audit log against a checkpoint of now, and returns what `passerby audit verify` prints.

        The hub has signed the log as it was at the start, without a single entry of this tour, and signs it again only
        every five minutes.

        Raises:
            DemoError: something in it is wrong.
        """
        kept = self._folder / "kept.checkpoint"
        self._passerby("audit", "checkpoint", "--out", str(kept))
        return self._passerby("audit", "verify", "--checkpoint", str(kept))

    def _waiting(self) -> list[str]:
        """The numbers of the grants that wait for a confirmation."""
        accounts = json.loads(self._passerby("users", "list", "--json"))["accounts"]
        grants = [grant for account in accounts for grant in account["grants"]]
        return [str(grant["grant_id"]) for grant in grants if grant["state"] == "waiting"]

    def _passerby(self, group: str, verb: str, *words: str) -> str:
        command = [sys.executable, "-m", "passerby", group, verb, str(self._site), *words, "--data", str(self._data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DemoError(f"`passerby {group} {verb}` failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def _invitation(administrator: Browser, name: str) -> str:
    """Adds an account, and returns the path at which it sets what it logs in with."""
    return administrator.page("/accounts/add", account=name).found(r"<code>https?://[^/<]+(/join/[^<]+)</code>")


def _joined(browser: Browser, name: str, invitation: str) -> LogIn:
    """Sets a made-up password and codes by an invitation; the browser is logged in by it."""
    page = browser.page(invitation)
    key = page.found(r"Key: <code>([A-Z2-7 ]+)</code>").replace(" ", "")
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    set_up_id = page.found(r'name="set_up_id"[^>]* value="([^"]+)"')
    done = browser.page(invitation, set_up_id=set_up_id, password=password, code=pyotp.TOTP(key).now())
    codes = done.text.partition('class="codes"')[2].split("<code>")[1:]
    if not codes:
        raise DemoError("The account's password was not set.")
    return LogIn(name, password, key, tuple(code.partition("<")[0] for code in codes))


def _propose(administrator: Browser, name: str, role: str) -> None:
    until = (datetime.now(UTC) + timedelta(days=GRANT_DAYS)).date().isoformat()
    administrator.page("/accounts/propose", account=name, role=role, group="*", until=until)


def places(address: str, sign: Path, log_in: LogIn) -> Table:
    """Returns where to look, and how to get in."""
    table = _plain_table()
    table.add_row("register", f"{address}/register/")
    table.add_row("this camera", f"{address}/register/en/cameras/{CAMERA}.html")
    table.add_row("events", f"{address}/events")
    table.add_row("street sign", str(sign))
    table.add_row("log in", f"{address}/log-in")
    table.add_row("  name", log_in.name)
    table.add_row("  password", log_in.password)
    table.add_row("  code", f"{log_in.codes[1]}, or {log_in.codes[2]}; each works once")
    table.add_row("  key for an app", log_in.key)
    return table


def shown_entry(row: dict[str, Any], verified: str) -> Group:
    """Returns the look's entry and what the verification of the log said."""
    entry = row["entry"]
    table = _plain_table()
    moment = datetime.fromtimestamp(entry["time_ns"] / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    table.add_row("entry", str(row["index"]))
    table.add_row("time", moment)
    for title, key in (("who", "actor"), ("what", "action"), ("to what", "subject"), ("purpose", "purpose")):
        table.add_row(title, entry[key])
    table.add_row("case", entry["case"])
    return Group(table, Text(), Text(verified.strip()))


def _plain_table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table
