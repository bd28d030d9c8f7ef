"""Upgrades the machines of a site one after the other, and stops at the first that is not well."""

import shlex
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from passerby import __version__
from passerby.admin.machines.fleet_work import WATCHING_STATES, Machine, Seen, drain, seen, undrain
from passerby.domain.errors import PasserbyError
from passerby.text import duration

LOOK_S: Final = 2.0
NODE: Final = "{node}"
"""In the command, the name of the machine that is to be upgraded."""


@dataclass(frozen=True, slots=True)
class Acts:
    """What an upgrade looks at and does.

    Attributes:
        look: returns what the machines do now.
        drain, undrain: have a machine watch no camera, or its own again.
        install: installs the new release on a machine and starts it again; None where a person does.
        report: called with each step, one sentence.
        sleep: waits so many seconds.
        now_s: a clock that never steps.
    """

    look: Callable[[], Seen]
    drain: Callable[[str], None]
    undrain: Callable[[str], None]
    install: Callable[[str], None] | None
    report: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    now_s: Callable[[], float] = time.monotonic


class UpgradeStoppedError(PasserbyError):
    """A machine is not well, so that those after it stay as they are."""


def upgrade(acts: Acts, wait_s: float, version: str = __version__) -> tuple[str, ...]:
    """Upgrades all machines that have another version than the hub; returns their names.

    A machine whose cameras can go elsewhere is drained first. The cameras of a cabinet go on until its service stops:
    to drain it would only make the time longer in which nothing watches them.

    Args:
        acts: what it looks at and does.
        wait_s: how long a machine may take for each step.
        version: the hub's.

    Raises:
        UpgradeStoppedError: the hub or a machine is not well; explained.
        PasserbyError: the site's store could not be read or changed.
    """
    before = acts.look()
    hub, *others = before.machines()
    if not hub.connected:
        raise UpgradeStoppedError("the hub does not run here: start it first, so that it can be seen how its nodes are")
    if hub.program != version:
        raise UpgradeStoppedError(
            f"the hub still runs passerby {hub.program or 'of before'}, and {version} is installed here: the hub "
            "comes first. Start it again, and then this"
        )
    due = [one for one in others if one.node is not None and one.program != version and one.node.has_connected]
    for machine in due:
        _check_well(machine, version, before="it was not begun")
    for number, machine in enumerate(due, 1):
        acts.report(f"{machine.name} ({number} of {len(due)}): passerby {machine.program} now")
        _upgrade_one(acts, machine.name, wait_s, version)
    return tuple(machine.name for machine in due)


def _upgrade_one(acts: Acts, name: str, wait_s: float, version: str) -> None:
    now = acts.look()
    machine = now.machine(name)
    _check_well(machine, version, before="it was not begun")
    measured = _measuring(now, machine.cameras)
    placed = any(lease.node == name and lease.worker for lease in now.leases.values())
    drains = placed and not machine.drained
    if drains:
        acts.drain(name)
        acts.report(f"{name}: drained, so that its cameras go elsewhere; its results are delivered first")
        _wait(acts, wait_s, lambda seen_: _is_empty(seen_, name), f"{name}: it was drained, and has not delivered all")
    if acts.install is None:
        acts.report(f"{name}: install passerby {version} on it now, and start its service again; this waits for it")
    else:
        acts.install(name)
    _wait(
        acts, wait_s, lambda seen_: _has_version(seen_, name, version),
        f"{name}: it has not connected with passerby {version}",
    )  # fmt: skip
    if drains:
        acts.undrain(name)
    _check_well(acts.look().machine(name), version, before="it stopped there")
    _wait(
        acts, wait_s, lambda seen_: measured <= _measuring(seen_, sorted(measured)),
        f"{name}: not all of its cameras measure again that did before ({', '.join(sorted(measured))})",
    )  # fmt: skip
    acts.report(f"{name}: passerby {version}, and {len(measured)} cameras measure as before")


def _check_well(machine: Machine, version: str, before: str) -> None:
    trouble = machine.trouble if machine.program == version else machine.other_trouble
    if machine.connected and not trouble:
        return
    raise UpgradeStoppedError(
        f"{machine.name}: {trouble or 'it is not connected'}; {before}. Mend it, or revoke the machine, and call this "
        "again: those that are upgraded are left out"
    )


def _wait(acts: Acts, wait_s: float, until: Callable[[Seen], bool], why_not: str) -> None:
    end_s = acts.now_s() + wait_s
    while not until(acts.look()):
        if acts.now_s() >= end_s:
            raise UpgradeStoppedError(
                f"{why_not} within {duration(wait_s)}. The machines after it stay as they are, and work on together: "
                "versions may differ by one. Look at its log, and call this again"
            )
        acts.sleep(LOOK_S)


def _is_empty(now: Seen, name: str) -> bool:
    node = now.machine(name).node
    return node is not None and node.is_empty


def _has_version(now: Seen, name: str, version: str) -> bool:
    machine = now.machine(name)
    return machine.connected and machine.program == version


def _measuring(now: Seen, cameras: Sequence[str]) -> frozenset[str]:
    return frozenset(camera for camera in cameras if now.state(camera)[0] in WATCHING_STATES)


def upgrade_site(
    site: Path, data: Path | None, command: str, wait_s: float, report: Callable[[str], None]
) -> tuple[str, ...]:
    """Upgrades the machines of a site; returns their names.

    Args:
        site: the site file.
        data: the hub's data folder.
        command: installs the new release on a machine and starts it again; `{node}` in it is the machine's name.
            Empty where a person does both.
        wait_s: how long a machine may take for each step.
        report: called with each step.

    Raises:
        UpgradeStoppedError: a machine is not well, or the command failed.
        PasserbyError: the command has no `{node}`, or the site's store could not be read or changed.
    """
    if command and NODE not in command:
        raise PasserbyError(f"--run {command!r}: it holds no {NODE}, so it would do the same to each machine")

    def install(name: str) -> None:
        words = [word.replace(NODE, name) for word in shlex.split(command)]
        report(f"{name}: {shlex.join(words)}")
        try:
            code = subprocess.run(words, check=False, timeout=wait_s).returncode  # noqa: S603  # nosec B603 - the caller's own
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UpgradeStoppedError(f"{name}: the command did not end well: {error}") from None
        if code:
            raise UpgradeStoppedError(f"{name}: the command ended with code {code}; those after it stay as they are")

    acts = Acts(
        lambda: seen(site, data),
        lambda name: drain(site, data, name),
        lambda name: undrain(site, data, name),
        install if command else None,
        report,
    )
    return upgrade(acts, wait_s)
