"""What a file of counts by hand says of the lines of a recording."""

from pathlib import Path

from passerby.domain.errors import PasserbyError
from passerby.domain.hand_counts import line_version
from passerby.domain.line_accuracies import LineAccuracies
from passerby.geometry.ground import zone_areas_m2
from passerby.messages.sandbox_orders import CountPlan
from passerby.tables.validation_json import pairs_by_line, read_validation
from passerby.text import printable


def accuracies_in(validation: Path | None, plan: CountPlan) -> tuple[LineAccuracies, tuple[str, ...]]:
    """Returns what is believed of the numbers of a recording, and notes on counts by hand that do not hold for it.

    Args:
        validation: a file that `passerby validate` wrote; None for none.
        plan: what is counted.

    Raises:
        PasserbyError: the file cannot be read, or nothing in it holds for any line.
    """
    movements = {(plan.camera_id, each.name): each for each in plan.layout.movements}
    areas_m2 = {(plan.camera_id, zone): area_m2 for zone, area_m2 in zone_areas_m2(plan.layout).items()}
    if validation is None:
        return LineAccuracies({}, movements, areas_m2), ()
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
    pairs = {(plan.camera_id, line): found for line, found in known.items()}
    return LineAccuracies(pairs, movements, areas_m2), notes
