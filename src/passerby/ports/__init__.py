"""The protocols of the outside: stores and their failures, live values, and the configuration."""

from passerby.ports.access import AccessStore
from passerby.ports.audit import AuditLog
from passerby.ports.camera_search import CameraSearch
from passerby.ports.configurations import (
    ConfigurationConflictError,
    ConfigurationRefusedError,
    Configurations,
    PasswordNotTakenError,
    SiteEdits,
)
from passerby.ports.drawings import DrawingConflictError, Drawings
from passerby.ports.fleet import FleetStore
from passerby.ports.hand_counts import HandCountStore
from passerby.ports.leases import LeaseStore
from passerby.ports.live import Live
from passerby.ports.notices import NoticeStore
from passerby.ports.published import PublishedNumbers, PublishedQuery, PublishedStore, Span
from passerby.ports.register import RegisterStore
from passerby.ports.store import (
    AuditBrokenError,
    Store,
    StoreError,
    StoreUnavailableError,
    StoreVersionError,
    TooManyDecisionsError,
)

__all__ = [
    "AccessStore",
    "AuditBrokenError",
    "AuditLog",
    "CameraSearch",
    "ConfigurationConflictError",
    "ConfigurationRefusedError",
    "Configurations",
    "DrawingConflictError",
    "Drawings",
    "FleetStore",
    "HandCountStore",
    "LeaseStore",
    "Live",
    "NoticeStore",
    "PasswordNotTakenError",
    "PublishedNumbers",
    "PublishedQuery",
    "PublishedStore",
    "RegisterStore",
    "SiteEdits",
    "Span",
    "Store",
    "StoreError",
    "StoreUnavailableError",
    "StoreVersionError",
    "TooManyDecisionsError",
]
