"""What is to be seen of training: measured numbers, observables, and lanes as snapshots."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from engine.network import EncodedData
from engine.observation import LaneSnapshot, Observed
from engine.observation.observables import Request, observe
from engine.tape.denormals import without_denormals
from engine.training.endings import settle
from engine.training.histories import set_now
from engine.training.lane_run import LaneRun
from engine.training.lane_snapshots import lane_snapshot
from engine.training.lanes import Lanes
from engine.training.stack_view import StackView


class Observer:
    """Looks at lanes between two steps; looking changes no number of training.

    Before it looks, lanes whose numbers are not finite end. Lane numbers without a lane are ignored.

    Parameters
    ----------
    lanes
        The runs and their stacks.
    """

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def measure(self, numbers: Sequence[int] | None = None) -> None:
        """Measure all lanes as they are now: set ``now`` of their runs.

        Parameters
        ----------
        numbers
            Lanes whose layers are measured, too; None for all lanes.
        """
        settle(self._lanes)
        for stack, indexes in self._lanes.stacked(numbers):
            stack.measuring.measure_layers(indexes)
            set_now(stack)

    def parameters(self, name: str) -> tuple[LaneRun, EncodedData, Tensor]:
        """Return the parameters of a lane.

        Parameters
        ----------
        name
            Of the lane.

        Returns
        -------
        run : LaneRun
            Its state, and the settings that it trains with.
        data : EncodedData
            Its points, with the input scaling.
        row : Tensor [size]
            A copy of its flat row (see ``Layout``).

        Raises
        ------
        KeyError
            If no lane has this name.
        """
        settle(self._lanes)
        stack, index = self._lanes.stacks.find(name)
        return stack.runs[index], stack.data, stack.row(index).float().clone()

    @without_denormals()
    def observe(
        self, requests: Sequence[Request], numbers: Sequence[int] | None = None
    ) -> dict[str, Observed]:
        """Compute observables of lanes.

        Parameters
        ----------
        requests
            The observables, with their options.
        numbers
            Lane numbers, from 0; None for all lanes.

        Returns
        -------
        dict of Observed
            What was found for each of these lanes, by its name.

        Raises
        ------
        KeyError
            If no observable has the key of a request.
        """
        settle(self._lanes)
        stacked = self._lanes.stacked(numbers)
        return observe([StackView(stack, indexes) for stack, indexes in stacked if indexes], requests)

    def lane_snapshots(self, requests: Sequence[Request] = ()) -> tuple[LaneSnapshot, ...]:
        """Return snapshots of all lanes.

        Parameters
        ----------
        requests
            Observables to compute for each lane.

        Returns
        -------
        tuple of LaneSnapshot
            In the experiment's order, with whole histories and with the layers measured.

        Raises
        ------
        KeyError
            If no observable has the key of a request.
        """
        self.measure()
        observed = self.observe(requests)
        return tuple(
            lane_snapshot(run, run.history.view(), observed[run.lane.name]) for run in self._lanes.runs
        )
