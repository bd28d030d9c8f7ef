"""Publishing: a new version whenever what runs has changed, and the comparison of what runs with what is published."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.register import RegisterVersion
from passerby.domain.service import SitePlan
from passerby.ports import RegisterStore, StoreError
from passerby.register.published.document import FORMAT, SCHEMA_PATH, RegisterBody, RegisterDocument
from passerby.register.published.generation import ModelFacts, RunningConfiguration, register_body
from passerby.register.published.signing import RegisterKey, digest, signature_holds
from passerby.text import utc_time

Models = Callable[[SitePlan], tuple[ModelFacts, ...]]
"""Names the models that look at the pictures of a plan."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a comparison rests on. Plans are compared by which they are: each reading of the site file makes one."""

    version: RegisterVersion | None
    plan: SitePlan
    configuration: ConfigurationVersion
    models: tuple[ModelFacts, ...]


class Publication:
    """The published register of one service.

    Args:
        store: keeps its versions.
        key: signs them.
        models: names the models that look at the pictures.
        clock: UTC nanoseconds now.

    Attributes:
        drift: in what the published register differs from what runs, as last checked; empty where it does not.
    """

    def __init__(self, store: RegisterStore, key: RegisterKey, models: Models, clock: Callable[[], int]) -> None:
        self.drift = "nothing is published yet"
        self._store, self._key, self._models, self._clock = store, key, models, clock
        self._checked: _Asked | None = None
        self._found = ""

    async def publish(self, plan: SitePlan, configuration: ConfigurationVersion) -> RegisterVersion:
        """Publishes what runs; the newest version again where it says the same, and is whole.

        Raises:
            StoreError: it could not be kept; nothing was published.
        """
        body = self._body(plan, configuration)
        newest = await self._store.register_version()
        if newest is None or self._fault(newest, body):
            newest = self._signed(body, newest)
            await self._store.add_register(newest)
        self.drift, self._checked = "", None
        return newest

    async def preview(self, plan: SitePlan, configuration: ConfigurationVersion) -> RegisterDocument:
        """Returns the document that would be published of a plan; it is not signed, and nothing is kept.

        Raises:
            StoreError: the newest version cannot be read.
        """
        newest = await self._store.register_version()
        signed = self._signed(self._body(plan, configuration), newest)
        document = read_document(signed)
        return document.model_copy(update={"signature": document.signature.model_copy(update={"value": ""})})

    async def check(self, plan: SitePlan, configuration: ConfigurationVersion) -> str:
        """Returns in what the published register differs from what runs, and keeps it in `drift`.

        Raises:
            StoreError: it could not be read.
        """
        newest = await self._store.register_version()
        # The digests of a city's register take seconds: they are made anew only where something is another.
        asked = _Asked(newest, plan, configuration, self._models(plan))
        if asked != self._checked:
            # In a thread, so that others are answered meanwhile.
            self._found = await asyncio.to_thread(self._difference, newest, plan, configuration)
            self._checked = asked
        self.drift = self._found
        return self.drift

    async def newest(self) -> RegisterVersion | None:
        """Returns the newest version; None before the first."""
        return await self._store.register_version()

    async def heads(self) -> tuple[RegisterVersion, ...]:
        """Returns all versions without their texts, oldest first."""
        return await self._store.register_heads()

    async def versions(self) -> tuple[RegisterVersion, ...]:
        """Returns all versions, oldest first."""
        return await self._store.register_versions()

    async def version(self, number: int) -> RegisterVersion | None:
        """Returns one version; None where there is none."""
        return await self._store.register_version(number)

    def _body(self, plan: SitePlan, configuration: ConfigurationVersion) -> RegisterBody:
        models = self._models(plan)
        return register_body(RunningConfiguration(plan, configuration.number, configuration.text, models))

    def _signed(self, body: RegisterBody, before: RegisterVersion | None) -> RegisterVersion:
        time_ns = self._clock()
        number = 1 if before is None else before.number + 1
        document = {
            "$schema": SCHEMA_PATH,
            "format": FORMAT,
            "number": number,
            "published": utc_time(time_ns),
            "previous_sha256": "" if before is None else before.sha256,
            **body.model_dump(mode="json"),
        }
        signed = self._key.signed(document)
        return RegisterVersion(number, time_ns, digest(signed), json.dumps(signed, ensure_ascii=False))

    def _difference(self, newest: RegisterVersion | None, plan: SitePlan, configuration: ConfigurationVersion) -> str:
        body = self._body(plan, configuration)
        return "nothing is published yet" if newest is None else self._fault(newest, body)

    def _fault(self, version: RegisterVersion, body: RegisterBody) -> str:
        document = document_of(version)
        if document is None or _digest(document) != version.sha256:
            return f"version {version.number} of the register was changed after it was published"
        if not signature_holds(document, self._key.public_key):
            return f"version {version.number} of the register is not signed with this service's key"
        wanted = body.model_dump(mode="json")
        if digest({key: document.get(key) for key in wanted}) != digest(wanted):
            return f"another configuration runs than version {version.number} of the register says"
        return ""


def document_of(version: RegisterVersion) -> dict[str, Any] | None:
    """Returns a version's document; None where its text is none."""
    try:
        document = json.loads(version.text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _digest(document: dict[str, Any]) -> str:
    """The digest of a stored document; empty where it holds what no register ever did."""
    try:
        return digest(document)
    except (ValueError, RecursionError):
        return ""


def read_document(version: RegisterVersion) -> RegisterDocument:
    """Returns a version's document with its types.

    Raises:
        StoreError: it is none, or of another passerby.
    """
    try:
        return RegisterDocument.model_validate_json(version.text)
    except ValueError:
        raise StoreError(
            f"register: version {version.number} cannot be read by this passerby. It was changed, or a newer one has "
            "published it; start the service, which publishes what runs"
        ) from None
