"""Looks of the last whole month, from the audit log."""

import asyncio
from zoneinfo import ZoneInfo

from passerby.domain.audit import AuditEntry
from passerby.register.look_counts import last_month, month_before
from testing.web.fakes import FakeStore

BELGRADE = ZoneInfo("Europe/Belgrade")
MARCH_2_NS = 1_772_445_600 * 10**9
"""2026-03-02 10:00 UTC."""


def test_the_last_whole_month_is_the_place_s_own() -> None:
    name, start, end = month_before(MARCH_2_NS, BELGRADE)
    assert (name, end - start) == ("2026-02", 28 * 86_400 * 10**9)
    assert start == 1_769_900_400 * 10**9  # 2026-01-31 23:00 UTC
    assert month_before(1_767_225_600 * 10**9, BELGRADE)[0] == "2025-12"


def test_looks_are_counted_by_camera_and_purpose_and_nothing_else_is() -> None:
    store = FakeStore()
    _, start, end = month_before(MARCH_2_NS, BELGRADE)
    for time_ns, action, camera, purpose in (
        (start, "view.opened", "square", "maintenance"),
        (end - 1, "view.opened", "square", "maintenance"),
        (start + 1, "view.opened", "gate", "road_safety"),
        (start + 2, "replay.opened", "gate", "road_safety"),
        (start - 1, "view.opened", "square", "maintenance"),
        (end, "view.opened", "square", "maintenance"),
        (start, "camera.confirmed", "square", ""),
    ):
        store.audit_rows.append(AuditEntry(time_ns, "ada", action, camera, "", purpose, "a secret case"))
    counts = asyncio.run(last_month(store, MARCH_2_NS, BELGRADE))
    assert counts.month == "2026-02"
    assert counts.of("square") == {"maintenance": 2}
    assert counts.of("gate") == {"road_safety": 2}
    assert counts.of("bridge") == {}
