"""What a rule of each kind is written with, from the models that site files are held against."""

from functools import cache
from inspect import cleandoc

from passerby.config.events.thresholds import MODELS, THRESHOLDS
from passerby.domain.event_rules import RuleKind
from passerby.domain.rule_forms import PlaceKind, RuleForm, ThresholdForm, TrialKind
from passerby.domain.rule_trial import TRIED_ON_PAST


@cache
def rule_forms() -> tuple[RuleForm, ...]:
    """Returns what a rule of each kind is written with, in the order of `RuleKind`."""
    return tuple(_form(kind) for kind in RuleKind if kind in MODELS)


def _form(kind: RuleKind) -> RuleForm:
    model = MODELS[kind]
    place = next((each for each in (PlaceKind.LINE, PlaceKind.ZONE) if each in model.model_fields), PlaceKind.CAMERA)
    return RuleForm(
        kind=kind,
        words=cleandoc(model.__doc__ or ""),
        place=place,
        place_needed=place is not PlaceKind.CAMERA and model.model_fields[place].is_required(),
        thresholds=tuple(
            ThresholdForm(each.key, each.words, each.unit, each.factor, each.needs_ground) for each in THRESHOLDS[kind]
        ),
        trial=_trial(kind),
        schema=model.model_json_schema(by_alias=True),
    )


def _trial(kind: RuleKind) -> TrialKind:
    if kind in TRIED_ON_PAST:
        return TrialKind.PAST
    # What stands in the way is learned over many minutes.
    return TrialKind.SILENT if kind is RuleKind.OBSTACLE else TrialKind.LIVE
