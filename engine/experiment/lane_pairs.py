"""Which lane of an edited experiment is which of before: by name, or by its settings where it has another name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.experiment.lane_looks import without_look
from engine.experiment.settings import Lane


def trains_alike(one: Lane, other: Lane) -> bool:
    """Return whether two lanes have the same settings, whatever they are called and look like.

    Parameters
    ----------
    one, other
        Whether they are muted does not count either.

    Returns
    -------
    bool

    Examples
    --------
    >>> trains_alike(Lane(name="A", colour=1), Lane(name="B", muted=True)), trains_alike(Lane(), Lane(seed=1))
    (True, False)
    """
    return _settings(one) == _settings(other)


def renamed(before: Sequence[Lane], after: Sequence[Lane]) -> Mapping[str, str]:
    """Find lanes that an edit has given another name.

    Parameters
    ----------
    before, after
        The lanes before and after the edit.

    Returns
    -------
    mapping of str to str
        The former name by the new one, of lanes with the same settings. Where two lanes might be the same one of
        before, neither is here.
    """
    old, new = _by_name(before), _by_name(after)
    gone = [lane for lane in before if lane.name not in new]
    come = [lane for lane in after if lane.name not in old]
    found = {}
    for lane in come:
        alike = [one for one in gone if trains_alike(one, lane)]
        rivals = [one for one in come if trains_alike(one, lane)]
        if len(alike) == len(rivals) == 1:
            found[lane.name] = alike[0].name
    return found


def paired(before: Sequence[Lane], after: Sequence[Lane]) -> Mapping[str, Lane]:
    """Find what each lane was before an edit.

    Parameters
    ----------
    before, after
        The lanes before and after the edit.

    Returns
    -------
    mapping of str to Lane
        The former lane by the present name. Lanes that are new are missing, and lanes of which it is not certain what
        they were, as after several edits at once: who takes nothing over never takes over what is another lane's.

    Examples
    --------
    >>> one, other = Lane(name="A"), Lane(name="B", seed=1)
    >>> names = {"C": one, "B": other}
    >>> paired([one, other], [msgspec.structs.replace(one, name="C"), other]) == names
    True
    """
    old, other_names = _by_name(before), renamed(before, after)
    found = {}
    for lane in after:
        former = old.get(other_names.get(lane.name, lane.name))
        if former is not None and (trains_alike(former, lane) or _is_edited(former, lane, before, after)):
            found[lane.name] = former
    return found


def former_names(before: Sequence[Lane], after: Sequence[Lane]) -> dict[str, str]:
    """Find what each lane was called before an edit.

    Parameters
    ----------
    before, after
        The lanes before and after the edit.

    Returns
    -------
    dict of str to str
        The former name by the present one, of the lanes that ``paired`` finds.

    Examples
    --------
    >>> former_names([Lane(name="A"), Lane(name="B", seed=1)], [Lane(name="C"), Lane(name="D", seed=2)])
    {'C': 'A'}
    """
    return {name: former.name for name, former in paired(before, after).items()}


def names_before(earlier: Mapping[str, str] | None, later: Mapping[str, str] | None) -> dict[str, str] | None:
    """Put the names of two edits together.

    Parameters
    ----------
    earlier, later
        ``former_names`` of an edit and of the next one; None where nobody knows them.

    Returns
    -------
    dict of str to str, or None
        The name before both, by the present one; None where nobody knows it.

    Examples
    --------
    >>> names_before({"C": "A"}, {"D": "C", "E": "X"})
    {'D': 'A'}
    """
    if earlier is None or later is None:
        return None
    return {name: earlier[former] for name, former in later.items() if former in earlier}


def _is_edited(former: Lane, lane: Lane, before: Sequence[Lane], after: Sequence[Lane]) -> bool:
    """Whether a lane is the one that had its name, with other settings, rather than another one with another name.

    Names that were swapped or passed on in one edit leave other lanes with the same settings, or another order.
    """
    old, new = _by_name(before), _by_name(after)
    if any(one.name not in new and trains_alike(one, lane) for one in before):
        return False
    if list(old).index(former.name) == list(new).index(lane.name):
        return True
    if any(one.name not in old and trains_alike(one, former) for one in after):
        return False
    in_order = [name for name in old if name in new] == [name for name in new if name in old]
    return in_order and (old.keys() <= new.keys() or new.keys() <= old.keys())


def _settings(lane: Lane) -> Lane:
    bare = without_look(lane, "A")
    return msgspec.structs.replace(bare, muted=False) if bare.muted else bare


def _by_name(lanes: Sequence[Lane]) -> dict[str, Lane]:
    return {lane.name: lane for lane in lanes}
