"""Public pages, log-in and account in a text browser (w3m): no colour, no script, no picture, and all that matters."""

import asyncio
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from passerby.access import Visitor
from passerby.domain.access import EVERY_CAMERA, Grant, Role
from passerby.domain.accounts import Method
from passerby.domain.audit import AuditEntry
from passerby.domain.register import Registration, Wording
from passerby.register.cases import new_key_pair
from testing.trial_service.site_register import camera_record
from testing.web.fakes import Service, camera_plan
from tests.browser.site import Site, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program() -> str:
    """The text browser; absent, the tests are skipped on one's own machine, and fail in CI."""
    found = shutil.which("w3m")
    if found is None:
        reason = "no w3m here (Debian: apt install w3m; `make test` fetches it)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def read(program: str, address: str, cookie: str = "") -> str:
    """What a reader of 80 columns sees."""
    header = ["-header", f"Cookie: {cookie}"] if cookie else []
    command = [program, "-dump", "-cols", "80", "-I", "UTF-8", "-O", "UTF-8", *header, address]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=True)
    return " ".join(done.stdout.split())


def published() -> Service:
    service = Service()
    paused = Registration(camera_record("Gate"), paused=Wording({"": "Street works"}))
    gate = replace(camera_plan("gate"), registration=paused)
    plan = service.configurations.plan
    record = replace(plan.record, case_key=new_key_pair("a long passphrase")[0])
    service.configurations.plan = replace(plan, cameras=(plan.cameras[0], gate), record=record)

    async def publish() -> None:
        await service.register.publish(service.configurations.plan, await service.configurations.newest())

    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, publish()).result()
    return service


def test_the_register_says_all_that_it_is_for(program: str) -> None:
    with running(published()) as site:
        listed = read(program, f"{site.address}register/en/index.html")
        for words in ("Market square", "Gate planning of traffic", "○ Paused", "Objection or question"):
            assert words.lower() in listed.lower(), (words, listed)
        camera = read(program, f"{site.address}register/en/cameras/square.html")
        rights = ("Your rights", "Legal ground", "35 days", "privacy@example.org", "City of Example")
        for words in ("It recognises no faces", *rights):
            assert words.lower() in camera.lower(), (words, camera)
        serbian = read(program, f"{site.address}register/sr-Cyrl/cameras/square.html")
        assert "Не препознаје лица" in serbian


def test_the_form_of_the_public_can_be_filled_in(program: str) -> None:
    with running(published()) as site:
        form = read(program, f"{site.address}register/en/ask.html")
        for words in ("without giving your name", "Your text", "] Send", "Your reference[", "privacy officer alone"):
            assert words in form, (words, form)


def signed_in(site: Site) -> str:
    """The cookie of an administrator."""
    service = site.service

    async def begin() -> str:
        await service.access.accounts.make("ida", "test")
        store = service.access._context.store
        now_ns = service.clock()
        grant = Grant(0, "ida", Role.ADMINISTRATOR, EVERY_CAMERA, 0, now_ns + 10**16, "x", "y")
        await store.propose_grant(grant, AuditEntry(0, "test", "grant.confirmed", "ida"))
        begun = await service.access.sessions.begin("ida", Method.PASSKEY, Visitor("127.0.0.1", "w3m"))
        return f"{service.cookie.name('http')}={begun.cookie}"

    return asyncio.run(begin())


def test_log_in_and_account_are_forms_and_tables(program: str) -> None:
    with running(Service()) as site:
        cookie = signed_in(site)
        log_in = read(program, f"{site.address}log-in")
        for words in ("Name [", "Password [", "Code six digits", "Log in", "the register"):
            assert words in log_in, (words, log_in)
        account = read(program, f"{site.address}account", cookie)
        for words in ("ida", "Log out", "administrator", "every camera", "this one", "Accounts and grants"):
            assert words in account, (words, account)
        people = read(program, f"{site.address}accounts", cookie)
        for words in ("Propose a grant", "Add and invite", "administrator", "holds"):
            assert words in people, (words, people)
