"""Structured logs of every process: one line an event, times in UTC, secrets out before anything is written."""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, Final, TextIO
from urllib.parse import quote, quote_plus

import structlog

from passerby.telemetry.log_limits import RepeatedLines

HIDDEN: Final = "********"
MIN_SECRET_LETTERS: Final = 3
"""Shorter ones would hide parts of ordinary words, and a password of two letters is none."""

_CREDENTIALS = re.compile(r"(?<=://)[^\s/?#@\"']*(?:[^\s\"'?#]*)@")
"""All that stands between `://` and the last `@` before the query: user and password, slashes in them included."""
_NAMED = re.compile(
    r"((?:pass(?:word|wd|phrase)?|pwd|secret|token|ticket|api_?key|authorization|cookie)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+",
    re.IGNORECASE,
)
_SECRET_KEYS = re.compile(r"pass(word|wd|phrase)?$|pwd|secret|token|api_?key|authorization|cookie", re.IGNORECASE)

Event = MutableMapping[str, Any]
Processor = Callable[[Any, str, Event], Event]


class Redaction:
    """Takes secrets out of what is logged: known ones, credentials in addresses, and what is named like one.

    Args:
        secrets: passwords and the like, as they are.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: tuple[str, ...] = ()
        self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """Hides these from now on, in the forms that addresses and Python give them too."""
        forms = set(self._forms)
        for secret in secrets:
            if len(secret) >= MIN_SECRET_LETTERS:
                forms |= {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
        self._forms = tuple(sorted(forms, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without secrets."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return _NAMED.sub(rf"\1{HIDDEN}", _CREDENTIALS.sub(f"{HIDDEN}@", text))

    def __call__(self, _logger: Any, _method: str, event: Event) -> Event:
        """The event without secrets; a structlog processor."""
        return {self.text(str(key)): self._value(str(key), value) for key, value in event.items()}

    def _value(self, key: str, value: object) -> object:
        if value is None or isinstance(value, bool):
            return value
        if _SECRET_KEYS.search(key):
            return HIDDEN
        if isinstance(value, (int, float)):
            return value
        if isinstance(value, Mapping):
            return {self.text(str(inner)): self._value(str(inner), each) for inner, each in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._value("", each) for each in value]
        return self.text(value if isinstance(value, str) else str(value))


def configure_logs(name: str, *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> Redaction:
    """Sets up this process's logs, those of its libraries included: lines for people on a terminal, else JSON.

    Args:
        name: the process, such as `hub`; stands in every line.
        secrets: what must not be written.
        stream: where to, standard error by default.

    Returns:
        The redaction, which may get more secrets later.
    """
    sink = stream if stream is not None else sys.stderr
    redaction = Redaction(secrets)

    def named(_logger: Any, _method: str, event: Event) -> Event:
        return {**event, "process": name}

    # Tracebacks are made to text here, without local variables: those may hold frames or passwords.
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        named,
    ]
    last: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redaction,
        _for_people() if sink.isatty() else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sink)
    handler.addFilter(RepeatedLines())
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # It logs each request with its whole address, and the address of a webhook may hold a secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # It reports each step of each migration, and twice at every start which kind of database it is.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return redaction


def _for_people() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(timestamp_key="time", exception_formatter=structlog.dev.plain_traceback)


def get_log() -> Any:
    """A logger: `get_log().info("what happened", camera="square")`; the first word says it, the rest are values."""
    return structlog.stdlib.get_logger("passerby")
