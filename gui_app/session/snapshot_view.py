"""The base of all views of training: a picture derived from values, redrawn when they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np

from engine.observation.observables import Request
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.session.current_lane import CurrentLane, LaneLook

Model = TypeVar("Model")
Options = TypeVar("Options")
Shown = TypeVar("Shown")

COMPARED = 4096
"""Size of the largest array that is compared by value; larger arrays are compared by identity."""


class SnapshotView(Generic[Model, Options, Shown]):
    """Shows the current lane of snapshots.

    A subclass implements three methods: ``model_of`` extracts all that it needs from a snapshot, ``options`` returns
    everything else that its picture depends on, and ``compose`` makes the picture from these two values alone.
    ``compose`` runs whenever one of them changes, so the picture is never out of date. The arrays of a model must not
    be modified.
    """

    current: CurrentLane
    shows_lanes: ClassVar[bool] = False
    """Whether it shows all lanes that are shown, and not the current one alone; its requests are then of them all."""
    shows_cells: ClassVar[bool] = False
    """Whether it shows all cells of a sweep; its requests are then of them all."""
    _snapshot: Snapshot | None = None
    _drawn: tuple[object, ...] | None = None

    def follow_lane(self, current: CurrentLane) -> None:
        """Show the current lane, and redraw when it changes. Call once, before the first snapshot."""
        self.current = current
        current.changed.connect(self._show_other_lane)
        current.looks_changed.connect(self._show_other_lane)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Any:
        """Return what the view needs of a snapshot and its current lane, as a value: a ``Model``.

        ``snapshot`` is None before any training. ``lane`` is None then, too, and if the engine does not yet know the
        current lane.
        """
        raise NotImplementedError

    @property
    def options(self) -> Options:
        """Everything else that the picture depends on, as a value: theme, size, a person's choices."""
        raise NotImplementedError

    @staticmethod
    def compose(model: Model, options: Options) -> Shown:
        """Return the picture, as a value."""
        raise NotImplementedError

    def draw(self, shown: Shown) -> None:
        """Show the picture on the screen."""
        raise NotImplementedError

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot that the view received."""
        return self._snapshot

    @property
    def requests(self) -> tuple[Request, ...]:
        """The observables that the view shows now; the engine computes only those requested."""
        return ()

    @property
    def is_seen(self) -> bool:
        """Whether the view is visible; a hidden view calls ``catch_up`` when it becomes visible."""
        return True

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Take a new snapshot and redraw if the picture changes; None before any training."""
        self._snapshot = snapshot
        self.catch_up()

    def catch_up(self) -> None:
        """Draw the newest snapshot with the current options, unless this is drawn already."""
        if not self.is_seen:
            return
        wanted = (self._newest_model(), self.options)
        if self._drawn is None or not same(wanted, self._drawn):
            self._drawn = wanted
            self.draw(self._composed(*wanted))

    def _show_other_lane(self) -> None:
        # A view that has drawn nothing may still be under construction.
        if self._drawn is not None:
            self.catch_up()

    def _newest_model(self) -> Model:
        model: Model = self.model_of(self.current.of(self._snapshot), self._snapshot)
        return model

    def _composed(self, model: Model, options: Options) -> Shown:
        return self.compose(model, options)


class LaneModel(NamedTuple, Generic[Model]):
    """What a view of several lanes needs of one of them."""

    look: LaneLook
    is_current: bool
    model: Model


def lane_models(
    current: CurrentLane,
    snapshot: Snapshot | None,
    model_of: Callable[[LaneSnapshot | None, Snapshot | None], Model | None],
) -> tuple[LaneModel[Model], ...]:
    """Return what a view needs of each lane that is shown side by side and of which ``model_of`` has something."""
    models = ((look, model_of(lane, snapshot)) for look, lane in current.shown_in(snapshot))
    return tuple(
        LaneModel(look, look.number == current.index, model) for look, model in models if model is not None
    )


class LanesView(SnapshotView[tuple[LaneModel[Model], ...], Options, Shown], Generic[Model, Options, Shown]):
    """Shows the lanes that are shown side by side, the current one among them.

    Its ``model_of`` returns what it needs of any one of them; ``compose`` gets these models together, in the order of
    the lanes.
    """

    shows_lanes = True

    def _newest_model(self) -> tuple[LaneModel[Model], ...]:
        found = dict(self.current.shown_in(self._snapshot))
        return tuple(
            LaneModel(look, look.number == self.current.index, self.model_of(found.get(look), self._snapshot))
            for look in self.current.shown
        )


def same(one: object, other: object) -> bool:
    """Whether two values are equal: records and tuples part by part, short arrays number by number, NaN as NaN.

    Large arrays are compared by identity, so that the time does not grow with the history. This is valid because arrays
    are never modified, and because both are kept alive during the comparison.
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.size <= COMPARED and one.shape == other.shape and _bits(one) == _bits(other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if parts := _parts(type(one)):
        return all(same(getattr(one, part), getattr(other, part)) for part in parts)
    return one == other or (one != one and other != other)


def _parts(kind: type) -> tuple[str, ...]:
    """Return the names of a dataclass's fields; none for other types."""
    if kind not in _names:
        _names[kind] = tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()
    return _names[kind]


_names: dict[type, tuple[str, ...]] = {}


def _bits(array: np.ndarray) -> tuple[str, bytes]:
    return array.dtype.str, array.tobytes()
