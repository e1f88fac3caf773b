"""All lanes of a trainer, arranged in groups that train in one batched step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.experiment.points import Points
from engine.experiment.settings import DataSettings
from engine.network import EncodedData
from engine.training.lane_run import LaneRun, LaneState
from engine.training.lane_stack import Group, Program


class Groups:
    """Groups and the encoded data that they train on; lanes that see the data alike share one encoding."""

    def __init__(self, recording: bool = True) -> None:
        self._recording = recording
        self._groups: list[Group] = []
        self.running: list[Group] = []
        """The groups whose lanes have not ended."""
        self.smallest_batch = 0
        """Points of the smallest batches among the running groups."""
        self.set_data(DataSettings(), Points.empty())

    def __iter__(self) -> Iterator[Group]:
        return iter(self._groups)

    def set_data(self, data: DataSettings, points: Points) -> None:
        """What the groups of the next ``arrange`` train on."""
        self._data, self._points = data, points
        self._encoded: dict[tuple[object, ...], EncodedData] = {}

    def encode_anew(self) -> bool:
        """Let the groups go on with the points of ``set_data``; False where that needs another arrangement."""
        fits = [group.take_data(self._encode(group.runs[0], {})) for group in self._groups]
        return all(fits)

    def arrange(self, runs: Sequence[LaneRun], states: Mapping[str, LaneState]) -> None:
        """New groups for ``runs`` with the tensors of ``states``, by lane name."""
        members: dict[Program, list[LaneRun]] = {}
        for run in runs:
            members.setdefault(Program.of(run), []).append(run)
        before, self._encoded = self._encoded, {}
        self._groups = []
        for program, alike in members.items():
            data, stacked = self._encode(alike[0], before), [(run, states[run.lane.name]) for run in alike]
            self._groups.append(Group(program, stacked, data, self._recording))
        self.running = [group for group in self._groups if group.program.running]
        self.smallest_batch = min((group.program.batch_size for group in self.running), default=0)

    def retune(self) -> bool:
        """Take over the lanes' numbers; False where that needs another arrangement."""
        return all(group.retune() for group in self._groups)

    def states(self) -> dict[str, LaneState]:
        """Copies of all lanes' tensors, by lane name."""
        return {
            run.lane.name: group.state(index)
            for group in self._groups
            for index, run in enumerate(group.runs)
        }

    def find(self, name: str) -> tuple[Group, int]:
        """A lane's group and its index there. KeyError without that lane."""
        for group in self._groups:
            for index, run in enumerate(group.runs):
                if run.lane.name == name:
                    return group, index
        raise KeyError(f"no lane named {name!r}")

    def _encode(self, run: LaneRun, before: Mapping[tuple[object, ...], EncodedData]) -> EncodedData:
        network = run.lane.network
        key = (network.features, network.input_scaling, run.lane.training.loss)
        if key not in self._encoded:
            self._encoded[key] = before.get(key) or EncodedData.of(
                run.lane, self._points, self._data.task, self._data.classes
            )
        return self._encoded[key]
