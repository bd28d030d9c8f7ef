"""The optional packages: which extra of passerby holds them, and whether they are installed."""

import os
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from passerby.admin.findings import Finding, fail, ok
from passerby.config.service import load_service
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.service import SitePlan

EXTRAS = {
    "report": ("font_roboto", "openpyxl", "reportlab"),
    "service": (
        "aiohttp", "aiosmtplib", "aiosqlite", "alembic", "argon2", "authlib", "cryptography", "fastapi", "font_roboto",
        "httpx", "joserfc", "limits", "lxml", "onvif", "opendp", "paho", "prometheus_client", "pyotp", "reportlab",
        "segno", "sqlalchemy", "starlette", "uvicorn", "webauthn", "websockets", "zeep", "zxcvbn",
    ),
    "postgresql": ("asyncpg",),
    "fleet": ("ray",),
}  # fmt: skip
"""Extra -> the modules that it installs; counting a video needs none of them."""


def missing_modules(extra: str) -> tuple[str, ...]:
    """Returns the modules of an extra that are not installed."""
    return tuple(name for name in EXTRAS[extra] if not _importable(name))


def _importable(name: str) -> bool:
    try:
        return find_spec(name) is not None  # importing them would cost a second, and the memory for good
    except ImportError:
        return False


def extras_needed(plan: SitePlan) -> tuple[str, ...]:
    """Returns the extras that a site needs: PostgreSQL's only where its results go there."""
    postgresql = (plan.store_url or "").startswith("postgresql")
    return ("service", "postgresql") if postgresql else ("service",)


def extras_findings(plan: SitePlan) -> Iterator[Finding]:
    """Yields one finding for each extra that a site needs."""
    for extra in extras_needed(plan):
        name = f"extra {extra}"
        if missing := missing_modules(extra):
            yield fail(name, f"missing: {', '.join(missing)}", install_command(extra))
        else:
            yield ok(name, f"all {len(EXTRAS[extra])} optional packages are installed")


def check_extras(site: Path) -> None:
    """Checks that the extras of a site are installed, before its processes are started.

    Raises:
        PasserbyError: one is not. A site file with faults is not reported here.
    """
    if not any(missing_modules(extra) for extra in ("service", "postgresql")):
        return  # a city's site file takes seconds to read
    try:
        plan = load_service(site, os.environ, passwords=False).plan
        needed = extras_needed(plan)
    except SiteFileError:
        needed = ("service",)
    for extra in needed:
        if missing := missing_modules(extra):
            raise PasserbyError(
                f"not installed, but needed to run {site}: {', '.join(missing)}. {install_command(extra)}"
            )


def check_modules(extra: str, modules: Iterable[str]) -> None:
    """Checks that modules of an extra are installed.

    Raises:
        PasserbyError: one is not.
    """
    missing = [name for name in dict.fromkeys(modules) if not _importable(name)]
    if missing:
        raise PasserbyError(
            f"{', '.join(missing)} is not installed, and this command needs it. {install_command(extra)}"
        )


def install_command(extra: str) -> str:
    """Returns the advice to install an extra, with the command."""
    return f"Install it with: pip install 'passerby[{extra}]'"


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """Returns what to do about a module that is not installed; None if it belongs to no extra.

    >>> missing_extra(ModuleNotFoundError("No module named 'asyncpg'", name="asyncpg"))
    "asyncpg is not installed, and this command needs it. Install it with: pip install 'passerby[postgresql]'"
    """
    module = (error.name or "").partition(".")[0]
    for extra, modules in EXTRAS.items():
        if module in modules:
            return f"{module} is not installed, and this command needs it. {install_command(extra)}"
    return None
