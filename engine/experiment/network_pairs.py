"""Which network of an edited experiment is which of before: by its lane, and by its seed."""

from __future__ import annotations

from engine.experiment.lane_pairs import former_names
from engine.experiment.repeats import members
from engine.experiment.settings import Experiment


def former_networks(before: Experiment, after: Experiment) -> dict[str, str]:
    """Find what each network was called before an edit.

    Parameters
    ----------
    before, after
        The experiment before and after the edit.

    Returns
    -------
    dict of str to str
        The former name by the present one, as in ``expanded``. A network of a lane is the one with its seed that the
        lane had before, or the first one where that has another seed now; networks that are new are missing.

    Examples
    --------
    >>> from msgspec.structs import replace
    >>> from engine.experiment.settings import Lane
    >>> twice = Experiment("neural-sketchbook/4", lanes=(Lane(seed=7, repeats=2), Lane(name="B")))
    >>> other = replace(twice.lanes[1], name="A (seed 8)")
    >>> former_networks(twice, replace(twice, lanes=(twice.lanes[0], other)))
    {'A': 'A', 'A (seed 8, 2)': 'A (seed 8)', 'A (seed 8)': 'B'}
    """
    earlier = {lane.name: group for lane, group in zip(before.lanes, members(before), strict=True)}
    lanes, found = former_names(before.lanes, after.lanes), dict[str, str]()
    for lane, group in zip(after.lanes, members(after), strict=True):
        if lane.name not in lanes:
            continue
        old = earlier[lanes[lane.name]]
        names = {one.seed: one.name for one in old}
        if group[0].seed not in names:
            names[group[0].seed] = old[0].name
        found |= {one.name: names[one.seed] for one in group if one.seed in names}
    return found
