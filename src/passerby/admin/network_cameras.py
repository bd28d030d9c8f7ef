"""Cameras on the network: the password to ask one with, and what was found, for people and programs."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from passerby.domain.errors import SourceError
from passerby.onvif.choice import Choice
from passerby.onvif.device import ProbedCamera
from passerby.onvif.matches import FoundCamera

_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")
_CAMERA_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")


def check_camera_name(name: str) -> None:
    """Raises SourceError where a site file could not hold a camera of this name."""
    if not _CAMERA_NAME.match(name):
        raise SourceError("--name: a camera's name needs 1 to 63 of the letters A-Z a-z 0-9 _ -.")


def known_password(user: str, variable: str | None, environment: Mapping[str, str]) -> str | None:
    """Returns a camera's password; None where it has to be typed.

    A password is never an argument of a command, which other accounts could read.

    Args:
        user: the camera's user; empty for none, who needs no password.
        variable: the environment variable that holds the password.
        environment: the variables of the process.

    Raises:
        SourceError: the variable's name is none, it is not set, or there is a variable but no user.
    """
    if not user:
        if variable:
            raise SourceError("--password-from: a password needs a user. Give --user too.")
        return ""
    if variable is None:
        return None
    if not _VARIABLE.match(variable):
        # What was given may be the password itself, so it is not repeated.
        raise SourceError(
            "--password-from: this is no name of an environment variable. Put the password into a variable, "
            "such as CAMERA_PASSWORD, and give its name."
        )
    password = environment.get(variable, "")
    if not password:
        raise SourceError(f"--password-from: the environment variable {variable} is not set, or empty.")
    return password


def found_row(camera: FoundCamera) -> dict[str, Any]:
    """Returns a camera that answered a search, as values for JSON."""
    services = [{"address": each.shown, "elsewhere": each.elsewhere} for each in camera.services]
    return {
        "address": camera.address,
        "name": camera.name,
        "hardware": camera.hardware,
        "location": camera.location,
        "endpoint": camera.endpoint,
        "services": services,
    }


def probed_row(camera: ProbedCamera, chosen: tuple[Choice, ...], lines: str) -> dict[str, Any]:
    """Returns what a camera reported of itself, as values for JSON.

    Args:
        camera: what it reported.
        chosen: the streams to watch.
        lines: the lines for the site file.
    """
    reasons = {choice.profile.token: choice.reason for choice in chosen}
    smaller = {choice.profile.token: [each.token for each in choice.smaller] for choice in chosen}
    profiles = []
    for profile in camera.profiles:
        row = asdict(profile)
        row["address"] = None if profile.address is None else profile.address.shown
        row["elsewhere"] = profile.address is not None and profile.address.elsewhere
        row["usable"] = profile.address is not None and profile.address.usable
        row["recommended"] = reasons.get(profile.token)
        row["with"] = smaller.get(profile.token, [])
        profiles.append(row)
    return {
        "address": camera.address,
        "device": asdict(camera.facts),
        "clock_ahead_s": camera.clock_ahead_s,
        "profiles": profiles,
        "notes": [*camera.notes, *address_notes(camera)],
        "site_lines": lines,
    }


def address_notes(camera: ProbedCamera) -> list[str]:
    """Returns one sentence for each stream address that cannot be used as it is."""
    notes = []
    for profile in camera.profiles:
        called, address = profile.name or profile.token, profile.address
        if address is None:
            notes.append(f"{called}: the camera gives no RTSP address for it.")
        elif address.elsewhere:
            notes.append(
                f"{called}: the camera points to another host, {address.shown}. It was not contacted. If that is the "
                "camera's own address in its network, probe that address instead."
            )
        elif not address.complete:
            notes.append(
                f"{called}: its address holds what may be credentials, hidden here as ***, or signs that no address "
                "has; passerby takes credentials in fields of their own only."
            )
    return notes
