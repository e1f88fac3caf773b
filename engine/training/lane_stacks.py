"""All lanes of a trainer, arranged in stacks that train in one batched step."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

from engine.experiment.points import Points
from engine.experiment.settings import DataSettings
from engine.network import EncodedData
from engine.tape.placement import PROCESSOR, Placement
from engine.tape.ways import Way
from engine.training.data_sets import DataSets
from engine.training.lane_run import LaneRun
from engine.training.lane_stack import LaneStack
from engine.training.lane_state import LaneState
from engine.training.stack_key import StackKey


class LaneStacks:
    """LaneStacks and the encoded data that they train on; lanes that see the data alike share one encoding."""

    def __init__(self, way: Way = Way.AUTO, place: Placement = PROCESSOR) -> None:
        self._way, self._place = way, place
        self._stacks: list[LaneStack] = []
        self.running: list[LaneStack] = []
        """The stacks whose lanes train now."""
        self.changes = 0
        """How many times the stacks, their numbers or their data have changed."""
        self.set_data(DataSets(DataSettings(), Points.empty()))

    @property
    def shape(self) -> Hashable:
        """What the time of a step depends on most: layouts, lanes, batches and points of the running stacks."""
        return tuple(
            (stack.key.layout, len(stack.runs), stack.key.batch_size, stack.data.training)
            for stack in self.running
        )

    def __iter__(self) -> Iterator[LaneStack]:
        return iter(self._stacks)

    def set_data(self, data: DataSets) -> None:
        """Let the next ``arrange`` train on these data."""
        self._data = data
        self._encoded: dict[tuple[object, ...], EncodedData] = {}

    def encode_again(self) -> bool:
        """Let the stacks go on with the points of ``set_data``; False where that needs another arrangement."""
        self.changes += 1
        fits = [stack.take_data(self._encode(stack.runs[0], {})) for stack in self._stacks]
        return all(fits)

    def arrange(self, runs: Sequence[LaneRun], states: Mapping[LaneRun, LaneState]) -> None:
        """Form new stacks of ``runs`` with the tensors of ``states``."""
        self.changes += 1
        members: dict[StackKey, list[LaneRun]] = {}
        for run in runs:
            members.setdefault(StackKey.of(run), []).append(run)
        before, self._encoded = self._encoded, {}
        stacks = []
        for key, alike in members.items():
            data, stacked = self._encode(alike[0], before), [(run, states[run]) for run in alike]
            stacks.append(LaneStack(key, stacked, data, self._way, self._place))
        self._stacks = stacks
        self.running = [stack for stack in self._stacks if stack.key.running]

    def retune(self) -> bool:
        """Take over the lanes' numbers; False where that needs another arrangement."""
        self.changes += 1
        return all(stack.retune() for stack in self._stacks)

    def states(self) -> dict[LaneRun, LaneState]:
        """Copies of the tensors of each run."""
        return {
            run: state
            for stack in self._stacks
            for run, state in zip(stack.runs, stack.states(), strict=True)
        }

    def find(self, name: str) -> tuple[LaneStack, int]:
        """A lane's stack and its index there. KeyError without that lane."""
        for stack in self._stacks:
            for index, run in enumerate(stack.runs):
                if run.lane.name == name:
                    return stack, index
        raise KeyError(f"no lane named {name!r}")

    def _encode(self, run: LaneRun, before: Mapping[tuple[object, ...], EncodedData]) -> EncodedData:
        network = run.lane.network
        key = (network.features, network.input_scaling, run.lane.training.loss, run.lane.own_data)
        if key not in self._encoded:
            data, points = self._data.of(run.lane)
            self._encoded[key] = before.get(key) or EncodedData.of(run.lane, points, data)
        return self._encoded[key]
