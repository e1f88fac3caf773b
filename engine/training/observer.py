"""What is to be seen of training: measured numbers, observables, and lanes as snapshots."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from engine.network import EncodedData
from engine.observation import LaneSnapshot, Observed
from engine.observation.observables import Request, observe
from engine.training.endings import settle
from engine.training.histories import set_now
from engine.training.lane_run import LaneRun
from engine.training.lane_snapshots import lane_snapshot
from engine.training.lanes import Lanes
from engine.training.stack_view import StackView


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

    def observe(
        self, requests: Sequence[Request], numbers: Sequence[int] | None = None
    ) -> dict[str, Observed]:
        """Compute observables of lanes.

        Parameters
        ----------
        requests
            The observables, with their options.
        numbers
            Lane numbers; None for all lanes.

        Returns
        -------
        dict
            What was found of each of these lanes, by its name.

        Raises
        ------
        KeyError
            Where no observable has the key of a request.
        """
        settle(self._lanes)
        stacked = self._lanes.stacked(numbers)
        return observe([StackView(stack, indexes) for stack, indexes in stacked if indexes], requests)

    def lane_snapshots(self, requests: Sequence[Request] = ()) -> tuple[LaneSnapshot, ...]:
        """Every lane with its whole history and what is requested."""
        self.measure()
        observed = self.observe(requests)
        return tuple(
            lane_snapshot(run, run.history.view(), observed[run.lane.name]) for run in self._lanes.runs
        )
