"""What is to be seen of training: measured numbers, predictions, the latest batch, and lanes as snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from engine.network import EncodedData
from engine.observation import CANVAS_EXTENT, Extent, Ghosts, LaneSnapshot, Prediction
from engine.observation.predict import UNCERTAINTY_COARSER, predict, uncertainties
from engine.training.endings import settle
from engine.training.histories import set_now
from engine.training.lane_run import LaneRun
from engine.training.lane_stack import LaneStack
from engine.training.lanes import Lanes


class Observer:
    """Looks at lanes between two steps; looking changes no number of training.

    Lane numbers of which there is no lane are passed over; None means all lanes. Before anything is looked at, lanes
    end whose numbers are not finite.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def measure(self, numbers: Sequence[int] | None = None) -> None:
        """Bring ``now`` of all runs up to date, with the layers of the lanes of these numbers."""
        settle(self._lanes)
        for stack, indexes in self._lanes.stacked(numbers):
            stack.measuring.measure_layers(indexes)
            set_now(stack)

    def parameters(self, name: str) -> tuple[LaneRun, EncodedData, Tensor]:
        """A lane's run, its data with the input scaling, and a copy of its flat row [size].

        Raises
        ------
        KeyError
            Where no lane has this name.
        """
        settle(self._lanes)
        stack, index = self._lanes.stacks.find(name)
        return stack.runs[index], stack.data, stack.network.flat[index].clone()

    def predict(
        self,
        size: int,
        extent: Extent = CANVAS_EXTENT,
        numbers: Sequence[int] | None = None,
        uncertainty: bool = False,
    ) -> dict[str, Prediction]:
        """The answers of lanes on a grid over the canvas.

        Parameters
        ----------
        size
            Cells along each axis of the grid.
        extent
            Left, right, bottom and top of the grid, in the units of the data.
        numbers
            Lane numbers; None for all lanes.
        uncertainty
            Whether to add the deviation over passes with dropout, on a coarser grid.

        Returns
        -------
        dict
            A prediction a lane, by name.
        """
        settle(self._lanes)
        predictions: dict[str, Prediction] = {}
        for stack, indexes in self._lanes.stacked(numbers):
            if indexes:
                predictions |= _predictions(stack, indexes, size, extent, uncertainty)
        return predictions

    def ghosts(self, numbers: Sequence[int] | None = None) -> dict[str, Ghosts]:
        """The latest batch as each of these lanes saw it, by name, where it was augmented."""
        settle(self._lanes)
        return {
            stack.runs[index].lane.name: ghosts
            for stack, indexes in self._lanes.stacked(numbers)
            for index in indexes
            if (ghosts := stack.ghosts(index)) is not None
        }

    def lane_snapshots(self, size: int | None, extent: Extent = CANVAS_EXTENT) -> tuple[LaneSnapshot, ...]:
        """Every lane with its whole history; with predictions on a grid of ``size`` cells, unless that is None."""
        self.measure()
        predictions = {} if size is None else self.predict(size, extent)
        return tuple(
            run.snapshot(predictions.get(run.lane.name), run.history.view()) for run in self._lanes.runs
        )


def _predictions(
    stack: LaneStack, indexes: Sequence[int], size: int, extent: Extent, uncertainty: bool
) -> dict[str, Prediction]:
    network, rates = stack.part(indexes)
    predictions = predict(network, stack.data, size, extent)
    if uncertainty:
        coarse = max(1, size // UNCERTAINTY_COARSER)
        spreads = uncertainties(network, stack.data, rates, coarse, extent)
        predictions = [
            replace(one, uncertainty=spread) for one, spread in zip(predictions, spreads, strict=True)
        ]
    names = [stack.runs[index].lane.name for index in indexes]
    # A lane alone may be computed twice.
    return dict(zip(names, predictions, strict=False))
