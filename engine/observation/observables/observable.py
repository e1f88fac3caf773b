"""What an observable is, and how a view asks for one. Importing this loads no torch."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from engine.observation.looks import Backward, LatestStep
from engine.observation.snapshot import CANVAS_EXTENT, Best, Extent, Floats, LaneSnapshot, Observed

if TYPE_CHECKING:
    from torch import Tensor

    from engine.experiment.settings import Lane
    from engine.network import EncodedData, LaneNetwork
    from engine.tape.ways import Way

Value = TypeVar("Value")

Cost = Literal["cheap", "points", "grid"]
"""What computing an observable costs, which decides what it may cost while training runs.

``cheap``: next to nothing; it is computed for every snapshot. ``points``: it grows with the points of the data; it is
computed for every snapshot, too, and makes them rarer, so a view asks for it only while it shows it. ``grid``: it grows
with the cells of the ``Grid`` that the request must have as its options; it is computed for every snapshot, on fewer
cells while training runs and snapshots would otherwise come too seldom.
"""


@dataclass(frozen=True, slots=True)
class Grid:
    """``size`` cells along each side of ``extent``; options of observables of cost ``grid`` are this or a subclass."""

    size: int
    extent: Extent = CANVAS_EXTENT


@dataclass(frozen=True, slots=True)
class Request:
    """An observable that a view wants. Made by ``Observable.request``.

    Attributes
    ----------
    key
        A key of ``OBSERVABLES``.
    options
        What its ``compute`` gets.
    """

    key: str
    options: Hashable = None


class ObservedRun(Protocol):
    """One lane's run, as observables see it."""

    @property
    def lane(self) -> Lane:
        """Its settings."""

    @property
    def epoch(self) -> int:
        """Whole epochs so far."""

    @property
    def step(self) -> int:
        """Updates so far."""

    @property
    def best(self) -> Best | None:
        """Its best epoch so far."""


class ObservedStack(Protocol):
    """Lanes of one shape at one moment, as observables see them. They must change nothing."""

    @property
    def runs(self) -> Sequence[ObservedRun]:
        """The lanes [k] that are asked about."""

    @property
    def network(self) -> LaneNetwork:
        """Their network. Lanes k and beyond, if there are any, only fill up the stack."""

    @property
    def dropout_rates(self) -> Sequence[Tensor | None]:
        """Rates [lanes, 1, 1] of the inputs and of each hidden layer; None where no lane drops anything."""

    @property
    def data(self) -> EncodedData:
        """The data as the network takes them."""

    @property
    def way(self) -> Way:
        """How the lanes are trained."""

    def augmented_batch(self, index: int) -> tuple[Floats, Floats] | None:
        """Return the latest batch as augmentation made it.

        Parameters
        ----------
        index
            Of one of ``runs``.

        Returns
        -------
        (float64 [n, 2], float64 [n]) or None
            Positions and targets; None without augmentation or before the first step.
        """

    def backward(self, index: int) -> Backward | None:
        """Return what the layers of a lane are measured from; nothing is computed again that a probe has needed.

        Parameters
        ----------
        index
            Of one of ``runs``.

        Returns
        -------
        Backward or None
            None without training points.
        """

    def latest_step(self, index: int) -> LatestStep:
        """Return what the latest step did to a lane.

        Parameters
        ----------
        index
            Of one of ``runs``.

        Returns
        -------
        LatestStep
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Observable(Generic[Value]):
    """Something that a view can ask of the engine besides the numbers of the history.

    Parameters
    ----------
    key, label
        Its name in requests and snapshots, and on screen.
    value
        The type of its values, one for each lane: immutable and picklable, with NumPy arrays and no tensors.
    cost
        See ``Cost``.
    compute
        Takes a stack of lanes and the request's options; returns the value of each lane of ``ObservedStack.runs``, in
        their order, or None for a lane without one. Whatever needs torch is imported in this function, because the
        window imports the record.
    """

    key: str
    label: str
    value: type[Value]
    cost: Cost
    compute: Callable[[ObservedStack, Any], Sequence[Value | None]]

    def request(self, options: Hashable = None) -> Request:
        """Return a request for it.

        Parameters
        ----------
        options
            Whatever ``compute`` takes; it must be picklable.

        Returns
        -------
        Request

        Raises
        ------
        TypeError
            If its cost is that of a grid and the options are no ``Grid``.
        """
        if self.cost == "grid" and not isinstance(options, Grid):
            raise TypeError(f"{self.key} is computed on a grid; its options must be a Grid, not {options!r}")
        return Request(self.key, options)

    def of(self, shown: LaneSnapshot | Observed) -> Value | None:
        """Return its value for a lane.

        Parameters
        ----------
        shown
            The lane's snapshot, or what was observed of the lane.

        Returns
        -------
        Value or None
            None where nobody asked for it or the lane has none.
        """
        observed = shown if isinstance(shown, Observed) else shown.observed
        value: Value | None = observed.get(self.key)
        return value
