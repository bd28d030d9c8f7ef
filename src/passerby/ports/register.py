"""The protocol of what keeps the published register, and the cases of the public."""

from typing import Protocol

from passerby.domain.cases import Case
from passerby.domain.register import RegisterVersion


class RegisterStore(Protocol):
    """Storage of published registers and of cases."""

    async def add_register(self, version: RegisterVersion) -> None:
        """Stores a version, with its audit entry.

        Raises:
            StoreError: there is a version of that number already, or it could not be stored.
        """
        ...

    async def register_version(self, number: int | None = None) -> RegisterVersion | None:
        """Returns the version of that number, or the newest; None where there is none."""
        ...

    async def register_heads(self) -> tuple[RegisterVersion, ...]:
        """Returns all versions without their texts, oldest first.

        Raises:
            StoreError: they cannot be read.
        """
        ...

    async def register_versions(self) -> tuple[RegisterVersion, ...]:
        """Returns all versions, oldest first."""
        ...

    async def add_case(self, case: Case) -> Case:
        """Stores a case, with its audit entry; returns it with its number."""
        ...

    async def cases(self, *, open_only: bool = False) -> tuple[Case, ...]:
        """Returns the cases that are kept, oldest first."""
        ...

    async def case_of(self, reference_sha256: str) -> Case | None:
        """Returns the case of a reference's hash; None where there is none."""
        ...

    async def answer_case(self, number: int, answer: bytes, author: str) -> bool:
        """Stores a case's answer, with its audit entry; False where no such case is open."""
        ...
