"""The alarms of the last 30 days, for the metrics and for `passerby status`."""

import asyncio
from dataclasses import replace
from typing import cast

from passerby.domain.burden import LONG_RUN_NS
from passerby.domain.decisions import RuleRecord
from passerby.domain.event_rules import RuleKind
from passerby.ports import Store
from passerby.service.metrics.burden_watch import BurdenWatch
from testing.web.fakes import NOW_S, NS_PER_S, FakeStore, site_plan

NOW_NS = NOW_S * NS_PER_S


def test_the_figures_are_those_of_the_store_over_the_operators_on_duty() -> None:
    store, plan = FakeStore(), site_plan()
    record = RuleRecord(
        "square", "jam", RuleKind.QUEUE, 9, alarms=864, false_alarms=30, first_ns=NOW_NS - LONG_RUN_NS // 10
    )
    store.record_rows = [record]
    plan = replace(plan, access=replace(plan.access, operators_on_duty=2))
    watch = BurdenWatch(cast("Store", store), lambda: plan, lambda: NOW_NS)
    assert watch.newest.sentences() == ()
    asyncio.run(watch.look())
    figures = {sample.name: sample.value for metric in watch.collect() for sample in metric.samples}
    assert figures == {
        "passerby_rule_alarms_per_day": 288.0, "passerby_rule_false_alarms_per_day": 10.0,
        "passerby_rule_above_share": 0.0, "passerby_alarms_per_operator": 1.0,
    }  # fmt: skip
    assert store.asked_events[0].start_ns == NOW_NS - LONG_RUN_NS
    assert RuleKind.MASS_VIEWING not in store.asked_events[0].kinds
    plan = replace(plan, access=replace(plan.access, operators_on_duty=1))
    asyncio.run(watch.look())
    assert len(watch.newest.sentences()) == 1
