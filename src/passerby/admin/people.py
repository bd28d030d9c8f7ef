"""Accounts, grants and tokens of a site, as its administrator changes them on the machine itself."""

import asyncio
import os
import pwd
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from passerby.admin.backup import store_url
from passerby.config.service import ServiceSite, load_service
from passerby.domain.access import Grant, Principal
from passerby.domain.accounts import Account

if TYPE_CHECKING:
    from passerby.access import Access

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Person:
    """An account as lists show it.

    Attributes:
        account: the account.
        ways: what it can log in by: `password`, `passkey`, `sign_on`.
        grants: all of them, also those that wait or have ended.
        one_person: the site is run by one person, whose own confirmation is enough.
    """

    account: Account
    ways: tuple[str, ...]
    grants: tuple[Grant, ...]
    one_person: bool


def with_access(
    site: Path, data: Path | None, act: Callable[["Access", Principal], Awaitable[Result]]
) -> tuple[Result, str]:
    """Opens the store of a site, which may be in use by its service, and does something with its accounts.

    Args:
        site: the site file.
        data: the data folder, instead of the site's own.
        act: what is done; its principal is the command line.

    Returns:
        What `act` returned, and the address at which browsers reach the service.

    Raises:
        SiteFileError: the site file has faults, or the environment lacks the URL of its store.
        StoreError: the database cannot be opened, or refuses.
        AccessError: the act is refused.
    """
    service = load_service(site, os.environ, passwords=False)
    return asyncio.run(_acted(service, store_url(service, data), act)), service.plan.server.origin


async def people_of(access: "Access", principal: Principal) -> tuple[Person, ...]:
    """Returns all accounts by name, with what they log in by and their grants."""
    grants = await access.grants.list(principal)
    return tuple(
        [
            Person(
                account,
                await access.accounts.ways(account),
                tuple(grant for grant in grants if grant.account == account.name),
                access.one_person,
            )
            for account in await access.accounts.list(principal)
        ]
    )


async def _acted(service: ServiceSite, url: str, act: Callable[["Access", Principal], Awaitable[Result]]) -> Result:
    from passerby.access import Access, Place
    from passerby.access.context import machine_principal
    from passerby.store.opening import open_site_store

    plan = service.plan
    origin = plan.server.origin
    async with open_site_store(url, plan) as store:
        access = Access(
            store.access,
            # Nothing is encrypted here, and the service's own key need not be readable.
            secrets.token_bytes(32),
            lambda: plan.access,
            lambda: Place(urlsplit(origin).hostname or "localhost", origin),
            lambda: plan.name,
            groups=lambda: plan.groups,
        )
        return await act(access, machine_principal(machine_user()))


def machine_user() -> str:
    """Returns the name of the account that runs this, for the audit log, whatever the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
