"""Editing which lanes an experiment has: their names, order, colours, and what each of them is for the eye.

All functions return another experiment; where they take an ``index``, it is that of a lane, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

import msgspec

from engine.catalogue.texts import counted
from engine.experiment.differences import Change, lane_changes
from engine.experiment.document import edit, edit_many
from engine.experiment.own_data import data_of
from engine.experiment.settings import LANE_COLOURS, LONGEST_NAME, MAX_LANES, MOST_CELLS, Experiment, Lane
from engine.experiment.validation import ExperimentError, validate

MOST_LANES = MAX_LANES - MOST_CELLS
"""How many lanes a person can make in one document, beside a sweep; files may have more."""
MOST_SHOWN = 4
"""How many lanes are shown beside one another."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


# -- reading


def lane_colours(experiment: Experiment) -> tuple[int, ...]:
    """Return the number of each lane's colour.

    Parameters
    ----------
    experiment
        A lane without a colour of its own has the first that no other lane has; cells without one share it.

    Returns
    -------
    tuple of int
        From 0 to ``LANE_COLOURS`` - 1.

    Examples
    --------
    >>> lane_colours(Experiment("neural-sketchbook/4", lanes=(Lane(colour=0), Lane(name="B"))))
    (0, 1)
    """
    own = [lane.colour for lane in experiment.lanes]
    taken = {colour for colour in own if colour is not None}
    free = iter(colour % LANE_COLOURS for colour in count() if colour not in taken)
    of_cells: list[int] = []
    found = []
    for lane, colour in zip(experiment.lanes, own, strict=True):
        if colour is None and lane.cell is not None:
            of_cells = of_cells or [next(free)]
            colour = of_cells[0]
        found.append(next(free) if colour is None else colour)
    return tuple(found)


def shown_lanes(experiment: Experiment, current: int) -> tuple[int, ...]:
    """Return which lanes are shown.

    Parameters
    ----------
    experiment
        Its lanes that are not hidden may be more than fit. Of the cells of a sweep, only the current one is shown.
    current
        Index of the current lane, which is shown in any case.

    Returns
    -------
    tuple of int
        1 to ``MOST_SHOWN`` indices in the experiment's order.

    Examples
    --------
    >>> shown_lanes(Experiment("neural-sketchbook/4", lanes=(Lane(), Lane(name="B", hidden=True))), 0)
    (0,)
    """
    others = [
        index
        for index, lane in enumerate(experiment.lanes)
        if not lane.hidden and lane.cell is None and index != current
    ]
    return tuple(sorted([current, *others[: MOST_SHOWN - 1]]))


def sets_apart(experiment: Experiment, index: int) -> str:
    """Say what sets a lane apart from the first one.

    Parameters
    ----------
    experiment
        With that lane.
    index
        The lane.

    Returns
    -------
    str
        The lane's values where they differ, with commas between; "" where none does, and for the first lane.

    Examples
    --------
    >>> lanes = (Lane(), Lane(name="B", seed=3))
    >>> sets_apart(Experiment("neural-sketchbook/4", lanes=lanes), 1)
    'seed 3'
    """
    return ", ".join(f"{change.name} {change.after}" for change in changes_from_first(experiment, index))


def changes_from_first(experiment: Experiment, index: int) -> tuple[Change, ...]:
    """Return the settings in which a lane differs from the first one.

    Parameters
    ----------
    experiment
        With that lane.
    index
        The lane.

    Returns
    -------
    tuple of Change
        Empty for the first lane.

    Examples
    --------
    >>> lanes = (Lane(), Lane(name="B", seed=3))
    >>> changes_from_first(Experiment("neural-sketchbook/4", lanes=lanes), 1)
    (Change(name='seed', before='0', after='3'),)
    """
    return tuple(lane_changes(experiment.lanes[0], experiment.lanes[index]))


# -- editing


def with_duplicate(
    experiment: Experiment, index: int, changes: Mapping[str, object] | None = None, name: str | None = None
) -> tuple[Experiment, int]:
    """Put a copy of a lane behind it, or that of a cell of a sweep behind all lanes.

    Parameters
    ----------
    experiment
        With fewer than ``MOST_LANES`` lanes.
    index
        The lane to copy.
    changes
        Settings of the copy, by path below the lane.
    name
        Of the copy; None for the next letter.

    Returns
    -------
    experiment : Experiment
        In which each lane has a colour of its own, so that it keeps that.
    index : int
        That of the copy, which is neither hidden nor muted, and no cell.

    Raises
    ------
    ExperimentError
        If there are ``MOST_LANES`` lanes, or for a change that is not allowed.
    """
    require_room_for(experiment, 1)
    experiment = _with_colours(experiment)
    copy = msgspec.structs.replace(
        experiment.lanes[index],
        name=name or new_name(experiment),
        colour=_rarest_colour(experiment),
        hidden=False,
        muted=False,
        cell=None,
        own_data=None,
    )
    at = index + 1 if experiment.lanes[index].cell is None else len(experiment.lanes)
    made = _with(experiment, (*experiment.lanes[:at], copy, *experiment.lanes[at:]))
    return edit_many(made, {f"lanes.{at}.{path}": value for path, value in (changes or {}).items()}), at


def without_lane(experiment: Experiment, index: int) -> Experiment:
    """Remove a lane, but not the only one.

    Parameters
    ----------
    experiment
        With two lanes or more.
    index
        The lane to remove.

    Returns
    -------
    Experiment
        Without a sweep where it was the last cell.

    Raises
    ------
    ExperimentError
        If it is the only lane.
    """
    if len(experiment.lanes) == 1:
        raise ExperimentError("lanes", "the only lane cannot be removed; duplicate it first")
    coloured = _with_colours(experiment)
    return _with(coloured, coloured.lanes[:index] + coloured.lanes[index + 1 :])


def with_only(experiment: Experiment, index: int) -> Experiment:
    """Remove all other lanes.

    Parameters
    ----------
    experiment
        Any.
    index
        The lane that stays, shown and not muted.

    Returns
    -------
    Experiment
        Without a sweep: a cell becomes an ordinary lane.
    """
    lane = experiment.lanes[index]
    data = data_of(lane, experiment.data)
    lane = msgspec.structs.replace(lane, hidden=False, muted=False, cell=None, own_data=None)
    return _with(msgspec.structs.replace(experiment, data=data), (lane,))


def with_moved(experiment: Experiment, index: int, to: int) -> Experiment:
    """Move a lane to another place.

    Parameters
    ----------
    experiment
        Any.
    index
        The lane to move.
    to
        Its index afterwards.

    Returns
    -------
    Experiment
        In which each lane keeps its colour.
    """
    lanes = list(_with_colours(experiment).lanes)
    lanes.insert(to, lanes.pop(index))
    return _with(experiment, tuple(lanes))


def with_swapped_settings(experiment: Experiment, first: int, second: int) -> Experiment:
    """Let two lanes swap their settings; each keeps name, colour and place.

    Parameters
    ----------
    experiment
        Any.
    first, second
        The lanes.

    Returns
    -------
    Experiment
    """
    lanes = list(experiment.lanes)
    one, other = lanes[first], lanes[second]
    look = ("name", "colour", "hidden", "muted", "cell")
    lanes[first], lanes[second] = (
        msgspec.structs.replace(settings, **{key: getattr(own, key) for key in look})
        for own, settings in ((one, other), (other, one))
    )
    return _with(experiment, tuple(lanes))


def with_lane_name(experiment: Experiment, index: int, name: str) -> Experiment:
    """Give a lane another name.

    Parameters
    ----------
    experiment
        Any.
    index
        The lane.
    name
        Blanks around it do not count.

    Returns
    -------
    Experiment

    Raises
    ------
    ExperimentError
        If it is empty, too long, or the name of another lane.
    """
    return edit(experiment, f"lanes.{index}.name", name.strip())


def has_room(experiment: Experiment) -> bool:
    """Return whether there is room for another lane.

    Parameters
    ----------
    experiment
        Any; cells of a sweep do not count.

    Returns
    -------
    bool
    """
    return sum(lane.cell is None for lane in experiment.lanes) < MOST_LANES


def require_room_for(experiment: Experiment, more: int) -> None:
    """Refuse more lanes than a document of the window has room for.

    Parameters
    ----------
    experiment
        Any.
    more
        How many lanes are to be added.

    Raises
    ------
    ExperimentError
        If there would be too many; cells of a sweep do not count.
    """
    plain = sum(lane.cell is None for lane in experiment.lanes)
    if plain + more > MOST_LANES:
        there = counted(plain, "lane")
        raise ExperimentError(
            "lanes", f"a document has room for {MOST_LANES} lanes and has {there}; remove one first"
        )


def new_name(experiment: Experiment) -> str:
    """Return a name for another lane.

    Parameters
    ----------
    experiment
        Any.

    Returns
    -------
    str
        The letter of the place that is free, or the next one that no lane has; "lane 27" and so on after the last.
    """
    names, sweep = {lane.name for lane in experiment.lanes}, experiment.sweep
    place = sum(lane.cell is None for lane in experiment.lanes)
    if sweep is not None:
        # When it ends, the lane that it came from is there again.
        names.add(sweep.name)
        place += 1
    # Those before would say that a renamed lane has come back.
    later = _LETTERS[place:] + _LETTERS
    letters = (letter for letter in later if letter not in names)
    return next(letters, "") or next(
        name for number in count(1) if (name := f"lane {number}") not in names and len(name) <= LONGEST_NAME
    )


def _rarest_colour(experiment: Experiment) -> int:
    """The first colour that no lane has, or else of those that fewest have; the cells of a sweep count as one lane."""
    colours = lane_colours(experiment)
    cells = [index for index, lane in enumerate(experiment.lanes) if lane.cell is not None]
    seen = [colour for index, colour in enumerate(colours) if index not in cells[1:]]
    return min(range(LANE_COLOURS), key=seen.count)


def _with_colours(experiment: Experiment) -> Experiment:
    """Give each lane the colour that it is shown in."""
    lanes = zip(experiment.lanes, lane_colours(experiment), strict=True)
    return _with(experiment, tuple(msgspec.structs.replace(lane, colour=colour) for lane, colour in lanes))


def _with(experiment: Experiment, lanes: tuple[Lane, ...]) -> Experiment:
    sweep = experiment.sweep if any(lane.cell is not None for lane in lanes) else None
    return validate(msgspec.structs.replace(experiment, lanes=lanes, sweep=sweep))
