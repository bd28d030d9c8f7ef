"""The register for an administrator: a draft of what is missing, and the public pages as files."""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from passerby.admin.backup import store_url
from passerby.config.service import ServiceSite, load_service
from passerby.domain.errors import PasserbyError
from passerby.domain.register import RegisterVersion, Registration
from passerby.register.pages.frame import LookCounts
from passerby.text import utc_minute

_HINTS: Final = {
    "controller.name": "who answers for the cameras, as the public is to read it",
    "controller.address": "postal address",
    "controller.contact": "e-mail address, telephone number or page",
    "privacy_officer.contact": "where the privacy officer is reached",
    "authority.name": "the supervisory authority",
    "authority.contact": "its page or address",
    "legal_basis.ground": "public_task, legal_obligation or legitimate_interests",
    "legal_basis.law": "the law or decision that gives it",
    "impact_assessment.reference": "number or address of the impact assessment",
    "purposes": "a list: mobility_planning, public_space_planning, traffic_statistics, road_safety_study, …",
    "recipients": "a list of who gets the figures; [] for the controller alone",
    "title": "what the place is called",
    "place.address": "the place in words",
    "place.position": "[latitude, longitude]",
    "place.field_of_view": "three or more corners [latitude, longitude] of the ground that it sees",
}
_OF_A_CAMERA: Final = ("title", "place.")
_AUTHORITIES: Final = {
    "Europe/Belgrade": (
        "Poverenik za informacije od javnog značaja i zaštitu podataka o ličnosti",
        "https://www.poverenik.rs",
    )
}
"""Time zone -> the authority of the one country that it belongs to."""


_PLAIN: Final = re.compile(r"[A-Za-z_](?:[\w -]*\w)?", re.ASCII)
_NO_TEXTS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What YAML 1.1 or 1.2 takes for a truth value or for nothing."""


@dataclass(frozen=True, slots=True)
class Export:
    """What an export wrote: the version of the register, and how many files."""

    number: int
    files: int


def registrations(site: Path) -> tuple[tuple[str, Registration], ...]:
    """Returns each camera that has a source, with how far it is registered.

    Raises:
        SiteFileError: the site file has faults.
    """
    plan = load_service(site, os.environ, passwords=False).plan
    return tuple((camera.name, camera.registration) for camera in plan.cameras)


def draft(site: Path) -> str:
    """Returns the keys that are missing, as YAML to be filled in; what is known is filled in already.

    Raises:
        SiteFileError: the site file has faults.
    """
    plan = load_service(site, os.environ, passwords=False).plan
    gaps = {camera.name: camera.registration.gaps for camera in plan.cameras if camera.registration.gaps}
    common = list(dict.fromkeys(gap for each in gaps.values() for gap in each if not gap.startswith(_OF_A_CAMERA)))
    lines = ["# Fill in what is empty and take it into the site file; a camera whose keys are empty does not run."]
    if not gaps:
        return "# Nothing is missing: every camera has a complete record.\n"
    if common:
        authority = _AUTHORITIES.get(plan.time_zone)
        known = dict(zip(("authority.name", "authority.contact"), authority, strict=True)) if authority else {}
        lines += ["register:", *_keys(common, "  ", known)]
    lines.append("cameras:")
    for name, missing in gaps.items():
        own = [gap for gap in missing if gap.startswith(_OF_A_CAMERA)]
        lines += [
            f"  {_scalar(name)}:",
            "    register:",
            *(_keys(own, "      ", {"title": name}) if own else ["      {}"]),
        ]
    return "\n".join(lines) + "\n"


def _keys(gaps: list[str], indent: str, known: dict[str, str]) -> Iterator[str]:
    group = ""
    for gap in gaps:
        first, _, inner = gap.rpartition(".")
        if first and first != group:
            yield f"{indent}{first}:"
        group = first
        deeper = indent + ("  " if first else "")
        value = f" {_scalar(known[gap])}" if known.get(gap) else ""
        yield f"{deeper}{inner}:{value}  # {_HINTS[gap]}"


def _scalar(text: str) -> str:
    """Returns a text as YAML that every reader takes for that text: not for a number, a truth value or a comment."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXTS
    return text if plain else json.dumps(text, ensure_ascii=False)


def export(site: Path, folder: Path, data: Path | None = None) -> Export:
    """Writes the public pages, the documents and the history as files, for a city's own web server.

    Args:
        site: the site file.
        folder: where they are written; what an earlier export wrote there and is no more is removed, and what others
            have there stays.
        data: the data folder, where the site file does not name it.

    Raises:
        SiteFileError: the site file has faults.
        StoreError: the database cannot be read.
        PasserbyError: nothing has been published yet, or a file cannot be written.
    """
    service = load_service(site, os.environ, passwords=False)
    versions, looks = asyncio.run(_published(service, store_url(service, data)))
    if not versions:
        raise PasserbyError(
            f"{site}: no register has been published yet. Start the service with `passerby run "
            f"SITE.yaml`: it publishes what runs"
        )
    return _written(versions, looks, folder, service.plan.server.origin)


async def _published(service: ServiceSite, url: str) -> tuple[tuple[RegisterVersion, ...], LookCounts]:
    from passerby.register.look_counts import last_month
    from passerby.store.opening import open_site_store

    async with open_site_store(url, service.plan) as store:
        looks = await last_month(store, time.time_ns(), ZoneInfo(service.plan.time_zone))
        return await store.register_versions(), looks


def _written(versions: tuple[RegisterVersion, ...], looks: LookCounts, folder: Path, origin: str) -> Export:
    from passerby.register.exports.folder import write_files
    from passerby.register.pages.frame import Shown
    from passerby.register.pages.public_site import public_files
    from passerby.register.published.publication import read_document

    time_text = utc_minute(time.time_ns())
    shown = Shown(read_document(versions[-1]), None, looks, written=time_text, origin=origin)
    files = public_files(shown, versions)
    write_files(folder, {path: file.write for path, file in files.items()})
    return Export(versions[-1].number, len(files))
