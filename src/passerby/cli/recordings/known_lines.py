"""What a file of counts by hand says of the lines of a recording."""

from pathlib import Path

from passerby.domain.errors import PasserbyError
from passerby.domain.hand_counts import line_version
from passerby.domain.line_accuracies import PRIOR, LineAccuracies
from passerby.messages.sandbox_orders import CountPlan
from passerby.tables.validation_json import pairs_by_line, read_validation
from passerby.text import printable


def accuracies_in(validation: Path | None, plan: CountPlan) -> tuple[LineAccuracies, tuple[str, ...]]:
    """Returns what is believed of the lines of a recording, and notes on counts by hand that do not hold for it.

    Args:
        validation: a file that `passerby validate` wrote; None for none.
        plan: what is counted.

    Raises:
        PasserbyError: the file cannot be read, or nothing in it holds for any line.
    """
    if validation is None:
        return PRIOR, ()
    stretches = read_validation(validation)
    versions = {line.name: line_version(plan, line, plan.detector.model) for line in plan.layout.lines}
    known = pairs_by_line(stretches, versions)
    if not known:
        held = ", ".join(dict.fromkeys(one.line for one in stretches)) or "no line"
        raise PasserbyError(
            f"{validation}: it holds counts by hand at {printable(held)}, and none that was counted with a line, "
            "masks, rate and detector as they are now. Count by hand anew with passerby validate, or leave it out."
        )
    others = dict.fromkeys(one.line for one in stretches if one.line in versions and one.line not in known)
    notes = tuple(
        f"the counts by hand at {name} were counted with another line, masks, rate or detector, and do not hold"
        for name in others
    )
    return LineAccuracies({(plan.camera_id, line): pairs for line, pairs in known.items()}), notes
