"""Notices of events, as the queue hands them to an outlet."""

from typing import Any

from passerby.domain.notices import Notice, NoticeKind
from testing.web.made import open_event

NOTICE_ID = "0123456789abcdef0123456789abcdef"


def notice(**changes: Any) -> Notice:
    """One that says that the square is crowded; `changes` are of its fields."""
    said: dict[str, Any] = {
        "notice_id": NOTICE_ID,
        "kind": NoticeKind.RAISED,
        "time_ns": 1_790_000_000_000_000_000,
        "site": "Market square",
        "subject": "Warning: crowded on the square",
        "text": "Crowded in benches: 2.5 persons/m² now.\nCamera square, rule crowded.",
        "link": "https://count.example.org/events/9bd419a897f0c9499010d662de25161a",
        "events": (open_event("square", "crowded", 1_789_999_990_000_000_000),),
    }
    return Notice(**{**said, **changes})
