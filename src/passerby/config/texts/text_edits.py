"""A site file's text with some of its values changed; everything else stays letter for letter, comments included."""

import io
from collections.abc import Collection, Mapping
from functools import partial
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from passerby.config.document import DocumentError, keys_in, parse
from passerby.config.loader import plain
from passerby.config.texts.in_place import NotInPlaceError, changed_in_place
from passerby.config.validation import Loc, dotted
from passerby.domain.errors import PasserbyError
from passerby.text import in_nfc

_ONE_LINE: Final = 1_000_000
"""Letters of a line before ruamel.yaml would break it: it shall break none."""

_SHOWN_KEYS: Final = 3


class TextEditError(PasserbyError):
    """A text that cannot be changed at one place without changing another."""


def edited(text: str, changes: Mapping[Loc, object], stays: Collection[Loc] = ()) -> str:
    """Returns the text with values changed.

    The change is made in the text itself. Where that does not do, as with values that two places share by an alias, the
    file is written anew by ruamel.yaml, which keeps comments and may change spaces. Whatever way: the result is read
    again, and has to hold the new values and everything else as before.

    Args:
        text: a site file.
        changes: the way from the top to a key -> its new value: numbers, texts, lists, and mappings with text keys;
            None takes the key away. Mappings on the way that are missing are added, those that become empty go too.
        stays: the ways to mappings that stay when they become empty.

    Raises:
        TextEditError: no way keeps everything else as it is.
        DraftError: a value is nested too deep.
        DocumentError: the text is not YAML.
    """
    before = parse(text)
    if not isinstance(before.value, Mapping):
        raise TextEditError("the site file has no keys that could be changed")
    wanted: Mapping[str, object] = before.value
    for loc, value in changes.items():
        wanted = _with(wanted, loc, plain(value, dotted(loc)), stays)
    for way in (partial(changed_in_place, text, wanted, before.value), partial(_written_anew, text, wanted, changes)):
        try:
            changed = way()
            after = parse(changed)
        except (NotInPlaceError, DocumentError, YAMLError):
            continue
        if after.value == wanted and len(after.faults) == len(before.faults):
            return changed
    where = ", ".join(dotted(loc) for loc in list(changes)[:_SHOWN_KEYS])
    raise TextEditError(
        f"{where}: this cannot be changed here without changing other parts of the file, for it shares values with "
        "them or is written in a form that is not understood well enough. Edit the site file itself"
    )


def _with(top: Mapping[str, object], loc: Loc, new: object, stays: Collection[Loc]) -> Mapping[str, object]:
    """The keys at the top with a value changed, and with it each mapping on the way, from the innermost out."""
    outer = [top]
    for part in loc[:-1]:
        outer.append(keys_in(outer[-1].get(str(part))))
    for depth, keys in reversed([*enumerate(outer)]):
        key, below = str(loc[depth]), depth < len(loc) - 1
        if below and not new:
            if not keys.get(key):
                return top  # there was nothing to take away
            new = {} if loc[: depth + 1] in stays else None
        new = {**keys, key: new} if new is not None else {name: keys[name] for name in keys if name != key}
    return keys_in(new)


def _written_anew(text: str, wanted: Mapping[str, object], changes: Mapping[Loc, object]) -> str:
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, _ONE_LINE
    data = yaml.load(text)
    for loc in changes:
        at, goal, key = data, wanted, str(loc[0])
        for part in loc[1:]:
            inner, wanted_inner = at.get(_spelled(at, key)), goal.get(key)
            if not isinstance(inner, dict) or not isinstance(wanted_inner, Mapping):
                break
            at, goal, key = inner, wanted_inner, str(part)
        if key in goal:
            at[_spelled(at, key)] = _lists(goal[key])
        else:
            at.pop(_spelled(at, key), None)
    sink = io.StringIO()
    yaml.dump(data, sink)
    return sink.getvalue()


def _spelled(keys: Mapping[object, object], name: str) -> object:
    """The key as the text has it; names are read in NFC."""
    return next((key for key in keys if in_nfc(str(key)) == name), name)


def _lists(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _lists(each) for key, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, (tuple, list)) else value
