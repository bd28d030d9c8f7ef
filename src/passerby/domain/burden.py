"""How many alarms the rules of a site raise, against what its operators can attend to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from passerby.domain.decisions import RuleRecord
from passerby.units import DAY_S, NS_PER_S

ALARMS_EACH_PER_DAY: Final = 144.0
"""One in 10 minutes for each operator: in the long run very likely to be acceptable (EEMUA publication 191)."""

LONG_RUN_NS: Final = 30 * DAY_S * NS_PER_S
"""The time that alarms are counted over unless another is asked for: some verdicts of a rule are in it."""


@dataclass(frozen=True, slots=True)
class Burden:
    """The alarms of a time. An alarm is a group of events that is not tried out silently: it counts for its first rule.

    Attributes:
        records: what each rule has raised.
        days: how long the time was, or since the first alarm in it where that is shorter; at least one day.
        rules: how many rules are watched and not silent, which share what is acceptable.
        operators: how many are on duty at a time.
    """

    records: tuple[RuleRecord, ...]
    days: float
    rules: int
    operators: int

    @classmethod
    def over(cls, records: Sequence[RuleRecord], start_ns: int, end_ns: int, *, rules: int, operators: int) -> "Burden":
        """Returns the burden of a time, [start, end) in UTC nanoseconds."""
        first_ns = min((each.first_ns for each in records if each.first_ns is not None), default=start_ns)
        days = (end_ns - max(start_ns, first_ns)) / (DAY_S * NS_PER_S)
        return cls(tuple(records), max(1.0, days), rules, operators)

    @property
    def alarms_per_day(self) -> float:
        """Those of all rules."""
        return sum(each.alarms for each in self.records) / self.days

    @property
    def limit_per_day(self) -> float:
        """What the operators on duty can attend to."""
        return self.operators * ALARMS_EACH_PER_DAY

    @property
    def too_many(self) -> bool:
        """There are more alarms than that."""
        return self.alarms_per_day > self.limit_per_day

    def above_share(self, record: RuleRecord) -> bool:
        """Returns whether there are too many alarms, and a rule raises more than an even share of the limit."""
        share = self.limit_per_day / max(1, self.rules)
        return self.too_many and record.alarms / self.days > share

    def sentences(self) -> tuple[str, ...]:
        """Returns which rules raise too many, worst first, a sentence each; nothing where all is well."""
        loud = sorted(filter(self.above_share, self.records), key=lambda each: each.alarms, reverse=True)
        return tuple(
            f"rule {each.rule} of {each.camera} raises {each.alarms / self.days:.0f} alarms a day "
            f"({each.false_alarms / self.days:.0f} of them judged false); all rules raise {self.alarms_per_day:.0f}, "
            f"and {self.limit_per_day:.0f} are what {self.operators} on duty can attend to (EEMUA 191)"
            for each in loud
        )
