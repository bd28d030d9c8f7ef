"""How large the messages of a camera's process are, and how much memory it takes: both are limited."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from passerby.domain.preview import Preview
from passerby.domain.replays import EventReplay
from passerby.messages.sandbox_messages import EventReports, Message, Minutes

EVENT_BYTES: Final = 1000
SAMPLE_BYTES: Final = 40
"""What an event and each of its values take, written down: unlike all else that is large, they have no arrays."""


def bytes_of(message: Message) -> int:
    """Returns about how large a message is; 0 for one that is always small."""
    if isinstance(message, Preview):
        return message.jpeg.nbytes
    if isinstance(message, EventReplay):
        return message.place.jpeg.nbytes + message.boxes.xyxy.nbytes
    if isinstance(message, EventReports):
        return sum(EVENT_BYTES + SAMPLE_BYTES * len(event.samples) for event in message.events)
    return (message.open.nbytes + message.closed.nbytes) if isinstance(message, Minutes) else 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What some processes take.

    Attributes:
        cpu_s: seconds of processor time since each of them started, those that have ended included.
        memory_bytes: what they hold; what several of them share, such as libraries, counts once.
    """

    cpu_s: float
    memory_bytes: int


def usage(*pids: int) -> Usage:
    """Returns what processes take together with those that they started; one that cannot be read takes nothing."""
    cpu_s, own, shared = 0.0, 0, [0]
    waiting = list(pids)
    page_bytes, ticks_s = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
    while waiting:
        folder = Path("/proc", str(waiting.pop()))
        try:
            # After the program's name, which may hold anything; fields 14 to 17 of proc(5).
            times = (folder / "stat").read_text().rpartition(")")[2].split()[11:15]
            resident, mapped = map(int, (folder / "statm").read_text().split()[1:3])
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
        cpu_s += sum(map(int, times)) / ticks_s
        own += (resident - mapped) * page_bytes
        shared.append(mapped * page_bytes)
    return Usage(cpu_s, own + max(shared))


def resident_bytes(pid: int) -> int:
    """Returns the resident memory of a process and of those that it started; 0 where it is gone or cannot be read."""
    total = 0
    waiting = [pid]
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    while waiting:
        folder = Path("/proc", str(waiting.pop()))
        try:
            total += int((folder / "statm").read_text().split()[1]) * page_bytes
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
    return total
