"""Values of the examples in the API's description: one word has one meaning, so one value serves wherever it stands."""

from typing import Any, Final

_NUMBER: Final = "9bd419a897f0c9499010d662de25161a"
_SHA256: Final = "b7e23ec29af22b0b4e41da31e868d57226121c84e2f3e8f2b1f5a6c7d8e9f0a1"
_TIME: Final = "2026-09-28T08:10:00+02:00"
_LATER: Final = "2026-09-28T08:25:00+02:00"
_NAME: Final = "anna"
_ZONE: Final = {"benches": {"points": [[0.3, 0.3], [0.7, 0.3], [0.7, 0.6]]}}
_LINE: Final = {"west gate": {"points": [[0.27, 0.36], [0.25, 0.48]], "forward": "out", "backward": "in"}}
_RULE: Final = {"crowded": {"kind": "overcrowding", "zone": "benches", "threshold": "2.0 persons/m2", "hold": "30 s"}}

VALUES: Final[dict[str, tuple[Any, ...]]] = {
    "account": (_NAME,), "acknowledged_by": (_NAME,), "action": ("view.opened",), "actor": (_NAME,), "after": (None,),
    "alarms": (4,), "alarms_per_day": (0.6,), "allowed_way": ("forward", None), "analysed_fps": (5.0,),
    "answer": ("aGVsbG8=",), "answer_days": (30,), "answered": (None,), "assigned_to": (None,), "at_most": (3,),
    "attempts": (0,), "auth": ("Yl3nV0gFRDLsq8lBNPzCVg",), "author": (_NAME,), "backward_name": ("in",),
    "begun": (_TIME,), "bin": ("hour",), "by": (_NAME,), "by_hand": (None, 118), "by_system": (121,),
    "camera": ("square-north",), "cameras": (["square-north"], "square-north", 12), "case": ("works at the fountain",),
    "channel": ("webhook",), "checkpoint": (f"example.org/market\n1042\n{_SHA256[:43]}=\n",), "client": ("Firefox",),
    "clock_error_s": (0.4,), "compared_minutes": (14,), "confidence": (0.71,), "confirmed_by": ("ben",),
    "content": ("aGVsbG8=",), "cool_down_min": (5,), "count": (412, [412]), "coverage": (0.98, [0.98]),
    "credential_id": ("Zm9vYmFy",), "crossings": ({"pedestrian": [412]},), "cutoff": (_TIME,), "days": (30.0,),
    "delivered": (17,), "description": ("The west side of the square.",), "detail": ("text/csv",),
    "detect_p50_ms": (18.4,), "detect_p95_ms": (31.0,), "direction": ("forward",), "direction_name": ("out",),
    "dispersion": (1.2,), "distances": (None,), "drift": ("",), "due": ("2026-10-28T08:10:00+01:00",),
    "end": (_LATER, None), "ended": (None,), "entry_line": ("west gate",), "error": (0.12, -0.03, None),
    "estimated": ([], False),
    "error_high": (0.01,), "error_low": (-0.06,), "errors_m": ([0.11, 0.08, 0.13, 0.09],), "event_id": (_NUMBER,),
    "events": (2, {"warning": [2]}), "exit_line": ("arcade",), "factor": (1.0,), "failed": (0,), "false": (1,),
    "false_alarms_per_day": (0.1,), "fault": (None, ""),
    "faults": (["site.yaml:41 zones.square.points: a zone needs 3 points, got 2."],), "first_s": (1_790_546_400,),
    "forward_name": ("out",), "frames_dropped": (0,), "frames_in": (300,), "frames_undecodable": (0,),
    "freedom": (13.0,), "from_s": (1_774_746_000,), "grid": ([[[0.1, 0.9], [0.4, 0.5]]],), "grid_step_m": (2.0,),
    "ground": ({"points": [{"image": [0.1, 0.9], "metres": [0.0, 0.0]}]}, None), "group": (_NUMBER, "centre", [0]),
    "group_id": (_NUMBER,), "groups": (["centre"],), "hold_min": (1,), "id": (_NUMBER, "41"), "index": (41,),
    "kept_from_s": (1_756_000_000,), "key": ("hold", "BPZ0Yl3nV0gFRDLsq8lBNPzCVg"), "keys": ({"type": "object"},),
    "label": ("dashboard",), "last": (_TIME,), "last_delivered": (_TIME,), "last_failed": (None,),
    "last_run": (_TIME, None), "last_test": (_TIME,), "last_test_state": ("delivered",), "last_used": (_TIME,),
    "letter": ("aGVsbG8=",), "level": (3, 0.95), "limit": (100,), "limit_per_day": (144.0,), "line": ("west gate",),
    "lines": (_LINE, ["west gate"]), "link": ("https://count.example.org/join/Zm9vYmFy",), "log": (1,),
    "longest_gap_s": (0.2,), "look_closer": ([],), "looks": (3,), "lower": ([401.0],), "made": (_TIME,),
    "made_by": (_NAME,), "made_up_before_s": (None,), "main": (_NUMBER,), "masks": ([],), "measured": (5.0,),
    "min_count": (30,), "minutes": (14,),
    "missing": ([],), "movements": ({},), "name": ("night", _NAME), "newest": (_TIME,), "next_run": (_LATER,),
    "note": ("a market stall",), "notes": ([],), "now_s": (1_790_589_600,), "number": (7,), "of": (None,),
    "offset_s": (7200,), "oldest": (_TIME,), "oldest_goes": (_LATER,), "oldest_waiting": (None,), "operators": (1,),
    "p256dh": ("BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",),
    "peak": (2.4,), "people": (2,), "per_day": (0.5,), "pictures": (9000,), "place": ("benches",),
    "points": ([[0.27, 0.36], [0.25, 0.48], [0.4, 0.5]], [[0.27, 0.36], [0.25, 0.48]]), "precision": (0.75,),
    "precision_high": (0.93,), "precision_low": (0.41,), "profiles": (["night"],), "proposed_by": (_NAME,),
    "purpose": ("traffic_planning",), "raised": (_TIME,), "ratio": (0.97,), "ratio_sd": (0.02,),
    "recipient": ("control room",), "reference_sha256": (_SHA256,), "reliable": ([True], True), "replay_until": (None,),
    "reviewed_by": ([],), "rmse_m": (0.11,), "road_user": ("pedestrian",), "rule": ("crowded",),
    "rules": (_RULE, 3), "seconds": (600,), "sent": (_LATER,), "sentence": ("It would have raised 2 events.",),
    "series": ("west gate",), "services": (["push.example.org"],), "session_id": ("Zm9vYmFy",),
    "severity": ("warning",),
    "sha256": (_SHA256,), "silent": (False,), "silent_events": (0,), "since": (_TIME, [1_790_546_400]),
    "snoozed_until": (None,), "source": ("rtsp://10.0.0.7/stream",), "start": (_TIME,), "starts_s": (None,),
    "state": ("online", "closed", ["online"], [0]), "step_s": (3600,), "stretches": (3,), "subject": ("square-north",),
    "sum": (["direction"],), "tag": ("5f2a",), "taken_back": (None,),
    "text": ("site:\n  name: Market square\n  time_zone: Europe/Berlin\ncameras: {}\n",), "theirs": (None,),
    "threshold": (2.0,), "ticket": ("Zm9vYmFy",), "time": (_TIME,), "time_zone": ("Europe/Berlin",),
    "times": ([_TIME],), "to": ("ben", ""), "token": ("Zm9vYmFy",), "token_id": ("Zm9vYmFy",), "true": (3,),
    "type": ("about:blank",), "unit": ("1", "m-2"), "unreliable": ([],), "unsure": (0,), "until": (_LATER, None),
    "updated": (_LATER,), "upper": ([423.0],), "user_agent": ("Firefox",), "validation": (_NUMBER,),
    "value": (412.0, [412.0]), "verdict": ("true",), "view": (_NUMBER,), "viewer": (_NAME,), "waiting": (0,),
    "watched_days": (6.9,), "what": ("a time with its unit is needed", "text/csv"),
    "why": ("2.4 persons/m² in benches, 2 are the limit.", [""]), "why_no_events": ("",), "why_not": ("", None),
    "why_over": ("",), "words": ("Too many people in a zone",), "yours": (None,), "zone": ("benches",),
    "zones": (_ZONE, ["benches"]), "file": ("0/x001/234",), "agrees": (True,), "running": (True,), "enabled": (True,),
    "calibrated": (True,), "on": (True,),
    "basis": ("validated 118",), "count_sd": (11.3,), "expected": (424.7,), "high": (466.1,), "known_at": (_LATER,),
    "low": (387.0,), "place_sd": (8.8,), "total": (None,), "unexplained": (0.04, [0.04]),
    "quantile": (2.16,), "title": ("Market square, north side",), "languages": (["en", "sr-Cyrl"],), "waits_for": ([],),
    "was": (None,), "at": (["10.0.0.7"],), "hardware": ("IPC-2",), "maker": ("Example",),
    "published": (7, "2026-09-28T06:10:00Z", None),
    "own": ({},), "now": ("public place",), "location": ("north mast",), "model": ("IPC-2",), "site": ({},),
    "address": ("rtsp://10.0.0.7/stream",), "profile": ("main",), "codec": ("h264",), "recommended": ("",),
    "smaller": (["rtsp://10.0.0.7/sub"],), "NewSource.streams": (["rtsp://10.0.0.7/sub"],),
    "width_px": (1920,), "height_px": (1080,), "fps": (25.0,), "Search.seconds": (5,),
    "State.why": ("5 frames/s",), "HealthReport.why": ("5 frames/s",),
    "LineRow.points": ([[0.27, 0.36], [0.25, 0.48]],), "NewGrant.group": ("centre",), "OwnAccount.name": (_NAME,),
    "GroundRow.sentence": ("Places on the ground are right to 0.11 m at the points.",),
    "ExportRow.what": ("text/csv",), "AuditRow.detail": ("",), "Proofs.key": ("example.org/market+9f86d081+Aa3m0f7c",),
    "PushState.key": ("BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",),
}  # fmt: skip
"""Key, shape and key, or parameter -> values; the first one that its schema allows is taken."""

EVENT_CURSOR: Final = f"1790589600000000000.{_NUMBER}"
PARAMETERS: Final[dict[str, tuple[Any, ...]]] = {"after": ("1790589600.4", EVENT_CURSOR, "41"), "state": ("waiting",)}
"""The same of parameters that mean another thing than the key of that name."""

TEXTS: Final[dict[str, str]] = {
    "text/csv": "series_id,camera,series,quantity,unit,road_user,direction,direction_name,start,length_s,value,count,"
    "coverage,error,reliable,estimated\r\nsquare-north/west%20gate/flow/pedestrian/forward,square-north,west gate,flow,"
    "1,pedestrian,forward,out,2026-09-28T08:00:00+02:00,3600,412,412,0.98,,true,false\r\n",
    "text/html": '<!doctype html>\n<html lang="en">…</html>\n',
    "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720">…</svg>',
    "text/event-stream": 'event: values\ndata: {"camera": "square-north", "time": "2026-09-28T08:10:00+02:00", '
    '"today": [{"series": "west gate", "quantity": "flow", "road_user": "pedestrian", "direction": "forward", '
    '"value": 412.0, "unit": "1", "coverage": 0.98, "reliable": true}]}\n\n',
}
"""Media type -> an answer in it."""

ANSWERS: Final[dict[str, Any]] = {
    "get_audit_checkpoint": "example.org/market\n1042\nt+I+wprysoZLbcDkIF8lJbbqQ1f2V2d+ZbbC3yJSP5k=\n\n"
    "— example.org/market Zm9vYmFyYmF6\n",
    "get_audit_key": "example.org/market+9f86d081+Aa3m0f7cY7wSOnzr6GqXGKb2LkT1C9z7J4mJ2m3o5xQW\n",
    "get_metrics": "# HELP passerby_http_requests_total Requests answered.\n"
    "# TYPE passerby_http_requests_total counter\n"
    'passerby_http_requests_total{method="GET",route="/api/v1/version",status="200"} 1.0\n',
    "get_register": {"document": {"version": 7, "published": "2026-09-28T06:10:00Z"}},
    "get_register_schema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"},
    "get_register_version": {"document": {"version": 7, "published": "2026-09-28T06:10:00Z"}},
}
"""Operation -> its answer, where no schema says what that holds. The register's is cut short."""

BODIES: Final[dict[str, Any]] = {
    "decide_event": {"kind": "judged", "verdict": "false", "note": "a market stall"},
    "decide_event_group": {"kind": "acknowledged", "note": "a market stall"},
    "try_rule_on_past": {"camera": "square-north", "kind": "overcrowding", "place": "benches", "threshold": 2.0,
                         "unit": "m-2", "hold_min": 1},
    "begin_trial": {"lines": _LINE, "seconds": 600},
}  # fmt: skip
"""Operation -> what is sent to it, where not every key of the schema goes with every other."""
