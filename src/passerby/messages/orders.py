"""What a sealed process is asked to do, on its standard input: one plan, checked like every message of the seam."""

import struct

import numpy as np

from passerby.domain.layout import GroundPlane, Layout, Line, Movement, Zone
from passerby.domain.service import CameraPlan
from passerby.domain.sources import CameraSource
from passerby.messages.channel import MAX_ARRAY_BYTES, MAX_JSON_BYTES, Readable, dumped, exactly, loaded, taker
from passerby.messages.codec import Array, CodecError, Form
from passerby.messages.plans import AnonymisePlan, CountPlan, DetectorChoice, WatchPlan
from passerby.messages.sandbox_messages import ViewMemory

Plan = CountPlan | AnonymisePlan | WatchPlan

HEAD = struct.Struct("!4sHIQ")
"""Mark, kind of plan, length of the JSON, length of the arrays."""

MARK = b"\x00ord"
PLANS = (CountPlan, AnonymisePlan, WatchPlan)
FORM = Form(*PLANS, DetectorChoice, Layout, Line, Zone, Movement, GroundPlane, CameraPlan, CameraSource, ViewMemory)


def order_of(plan: Plan) -> bytes:
    """The plan as bytes; raises CodecError where it is none."""
    kind = type(plan)
    if kind not in PLANS:
        raise CodecError(f"{kind.__name__} is no plan")
    arrays: list[Array] = []
    text = dumped(FORM.packed(plan, kind, arrays))
    rest = b"".join(array.reshape(-1).view(np.uint8).tobytes() for array in arrays)
    return HEAD.pack(MARK, PLANS.index(kind), len(text), len(rest)) + text + rest


def read_order(source: Readable) -> Plan:
    """The plan that comes; raises CodecError where none does."""
    mark, kind, json_bytes, array_bytes = HEAD.unpack(exactly(source, HEAD.size))
    if mark != MARK or kind >= len(PLANS) or json_bytes > MAX_JSON_BYTES or array_bytes > MAX_ARRAY_BYTES:
        raise CodecError("what came is no order")
    plain = loaded(exactly(source, json_bytes))
    take, left = taker(memoryview(exactly(source, array_bytes)))
    plan: Plan = FORM.unpacked(plain, PLANS[kind], take)
    if left():
        raise CodecError(f"{left()} bytes belong to nothing")
    return plan
