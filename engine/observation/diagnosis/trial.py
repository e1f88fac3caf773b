"""A cure that is tried in a copy of a lane, beside the lane itself."""

from __future__ import annotations

from itertools import chain, count

from engine.experiment import Experiment
from engine.experiment.lanes import new_name
from engine.experiment.settings import LONGEST_NAME
from engine.observation.diagnosis.rule import Cure


def trial_name(experiment: Experiment, lane_number: int, cure: Cure) -> str:
    """Return a name for the copy of a lane in which a cure is tried.

    Parameters
    ----------
    experiment
        With that lane.
    lane_number
        The lane, from 0.
    cure
        What the copy has besides.

    Returns
    -------
    str
        The lane's name with what the cure brings, and a number where that is taken. Where it would be too long, the
        next letter.

    Examples
    --------
    >>> from engine.experiment import default_experiment
    >>> trial_name(default_experiment(), 0, Cure("Add dropout 0.2", {"regularization.dropout.rate": 0.2}))
    'A + dropout 0.2'
    """
    names = {lane.name for lane in experiment.lanes}
    base = f"{experiment.lanes[lane_number].name} + {cure.short}"
    numbered = chain([base], (f"{base} ({number})" for number in count(2)))
    name = next(one for one in numbered if one not in names)
    return name if len(name) <= LONGEST_NAME else new_name(experiment)
