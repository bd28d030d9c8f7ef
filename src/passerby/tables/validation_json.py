"""A file of counts by hand at the lines of recordings: what `passerby validate` writes and `passerby count` reads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, Field, ValidationError

from passerby.domain.errors import PasserbyError
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.road_user import RoadUser
from passerby.files import write_whole
from passerby.text import printable

VERSION: Final = 1
MAX_BYTES: Final = 20_000_000

_APART_S: Final = 10**11
"""Further apart than any two recordings."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was counted by hand at one line of one recording.

    Attributes:
        recording: the file's plain name.
        line: the line's name.
        line_version: what it was counted with, see `domain.hand_counts.line_version`.
        pairs: piece by piece of a minute at most.
    """

    recording: str
    line: str
    line_version: str
    pairs: tuple[MinutePair, ...]


class _Minute(BaseModel, extra="forbid"):
    start_s: int
    road_user: str
    direction: Direction
    by_hand: int = Field(ge=0)
    by_system: int = Field(ge=0)


class _Stretch(BaseModel, extra="forbid"):
    recording: str
    line: str
    line_version: str = Field(pattern="^[0-9a-f]{16}$")
    minutes: list[_Minute]


class _File(BaseModel, extra="forbid"):
    validation_version: int = Field(ge=VERSION, le=VERSION)
    stretches: list[_Stretch]


def read_validation(path: Path) -> tuple[Stretch, ...]:
    """Returns the stretches of a file.

    Raises:
        PasserbyError: it cannot be read, or is none.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PasserbyError(
            f"{path}: the counts by hand cannot be read, got: {error.strerror}. Name a file of passerby validate."
        ) from None
    try:
        if len(content) > MAX_BYTES:
            raise ValueError(f"{len(content)} bytes")
        file = _File.model_validate_json(content)
        return tuple(
            Stretch(
                one.recording,
                one.line,
                one.line_version,
                tuple(
                    MinutePair(
                        each.start_s, RoadUser.from_label(each.road_user), each.direction, each.by_hand, each.by_system
                    )
                    for each in one.minutes
                ),
            )
            for one in file.stretches
        )
    except (ValidationError, ValueError, KeyError) as error:
        raise PasserbyError(
            f"{path}: a file that passerby validate wrote is needed, got: {_fault(error)}. Name such a file."
        ) from None


def write_validation(stretches: Sequence[Stretch], path: Path) -> None:
    """Writes a file of stretches whole or not at all; raises OutputError."""
    document: Mapping[str, Any] = {
        "validation_version": VERSION,
        "stretches": [
            {
                "recording": one.recording,
                "line": one.line,
                "line_version": one.line_version,
                "minutes": [
                    {
                        "start_s": pair.start_s,
                        "road_user": pair.road_user.label,
                        "direction": pair.direction.value,
                        "by_hand": pair.by_hand,
                        "by_system": pair.by_system,
                    }
                    for pair in one.pairs
                ],
            }
            for one in stretches
        ],
    }
    write_whole(path, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))


def with_stretch(stretches: Sequence[Stretch], new: Stretch) -> tuple[Stretch, ...]:
    """Returns stretches with another one, which takes the place of one of the same recording, line and version."""
    key = (new.recording, new.line, new.line_version)
    return (*(one for one in stretches if (one.recording, one.line, one.line_version) != key), new)


def pairs_by_line(stretches: Sequence[Stretch], versions: Mapping[str, str]) -> dict[str, tuple[MinutePair, ...]]:
    """Returns the pairs of each line, of stretches that were counted with what it is counted with now.

    Args:
        stretches: all of them.
        versions: line -> version now.
    """
    found: dict[str, tuple[MinutePair, ...]] = {}
    for place, one in enumerate(stretches):
        if versions.get(one.line) == one.line_version:
            # Minutes of other recordings are other minutes, also where it is not known when these began.
            moved = (replace(pair, start_s=pair.start_s + place * _APART_S) for pair in one.pairs)
            found[one.line] = (*found.get(one.line, ()), *moved)
    return found


def _fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return printable(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
    return printable(str(error))
