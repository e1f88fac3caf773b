"""The runs of all lanes, what they train on, and the stacks that hold their tensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from engine.data.resolve import resolve_points
from engine.experiment.differences import State, edit_description
from engine.experiment.effects import Effect, data_effect
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Lane
from engine.network import Layout
from engine.observation import Stop
from engine.observation.history import MOST_EPOCHS
from engine.tape.placement import PROCESSOR, Placement
from engine.tape.ways import Way
from engine.training.data_sets import DataSets
from engine.training.histories import begin_again, begin_histories
from engine.training.lane_run import LaneRun
from engine.training.lane_stack import LaneStack
from engine.training.lane_stacks import LaneStacks
from engine.training.lane_state import LaneState
from engine.training.levels import epochs_to_level, held
from engine.training.set_aside import MOST, SetAside, is_among, with_more
from engine.training.step.batches import Batches
from engine.training.step.threads import one_thread


class Lanes:
    """The runs by number and by name, their stacks, and the data and batches that they share.

    Parameters
    ----------
    data, points
        The data settings and the points that they stand for.
    most_rows
        How many epochs a history holds before any of them is left out.
    way
        How steps and measurings are computed.
    place
        Where, and how precisely.
    """

    def __init__(
        self,
        data: DataSettings,
        points: Points,
        most_rows: int = MOST_EPOCHS,
        way: Way = Way.AUTO,
        place: Placement = PROCESSOR,
    ) -> None:
        self.runs: list[LaneRun] = []
        self.stacks = LaneStacks(way, place)
        self.batches = Batches()
        self.run_number = 0
        """How many times lanes have started from their seeds."""
        self.stops: list[tuple[LaneRun, Stop]] = []
        """Ends that nobody has taken yet."""
        self.groups: tuple[tuple[str, ...], ...] = ()
        """Names of lanes that are one lane with several seeds: one that is ahead of its group waits for it."""
        self.aside: tuple[SetAside, ...] = ()
        """The runs of lanes that were removed or started again by an edit, which an undo may bring back."""
        self.forgotten: tuple[Lane, ...] = ()
        """Settings of lanes whose runs were set aside, and are kept no more."""
        self.unreturned = 0
        """How many lanes of the latest edit would have gone on where they were, had their runs been kept."""
        self.level: int | None = None
        """The epoch at which lanes wait for those that have not come to it; None for no such epoch."""
        self._most_rows = most_rows
        self.take_data(data, points)

    def __len__(self) -> int:
        return len(self.runs)

    @property
    def data(self) -> DataSettings:
        """The data settings that lanes share."""
        return self.sets.data

    @property
    def points(self) -> Points:
        """The points that lanes share."""
        return self.sets.points

    @property
    def running(self) -> list[LaneRun]:
        """The runs that make steps now."""
        return [run for run in self.runs if run.running]

    @property
    def waiting(self) -> list[LaneRun]:
        """The runs that make steps as soon as the others come to their batches."""
        return [run for run in self.runs if run.active and not run.running]

    @property
    def all_muted(self) -> bool:
        return all(run.lane.muted for run in self.runs)

    def numbered(self, numbers: Sequence[int] | None) -> list[LaneRun]:
        """Return the runs with these lane numbers.

        Parameters
        ----------
        numbers
            From 0; numbers without a lane are ignored. None for all lanes.

        Returns
        -------
        list of LaneRun
        """
        return self.runs if numbers is None else [self.runs[n] for n in numbers if n < len(self.runs)]

    def stacked(self, numbers: Sequence[int] | None) -> Iterator[tuple[LaneStack, list[int]]]:
        """Find lanes in their stacks.

        Parameters
        ----------
        numbers
            Lane numbers, from 0; None for all lanes.

        Yields
        ------
        stack : LaneStack
            Each stack.
        indices : list of int
            Which of the stack's lanes are among them.
        """
        chosen = set(self.numbered(numbers))
        for stack in self.stacks:
            yield stack, [index for index, run in enumerate(stack.runs) if run in chosen]

    def take_stops(self) -> list[tuple[str, Stop]]:
        """The lanes that have ended since the last call, by name."""
        stops, self.stops = self.stops, []
        return [(run.lane.name, stop) for run, stop in stops]

    def state(self, lane: Lane) -> State:
        """Return a lane with the data that it trains on.

        Parameters
        ----------
        lane
            Its settings.

        Returns
        -------
        State
        """
        return State(lane, *self.sets.of(lane))

    def trained(self) -> dict[str, State]:
        """What the lanes that have made a step were trained with until now, by name."""
        return {run.lane.name: self.state(run.lane) for run in self.runs if run.step}

    @contextmanager
    def edited_or_as_before(self) -> Iterator[None]:
        """Let an edit that fails for want of memory change nothing: stacks, data and settings stay those of before."""
        runs = *self.runs, *(one.run for one in self.aside)
        kept = [(one, dict(vars(one))) for one in (self, self.stacks, self.batches, *runs)]
        try:
            yield
        except (MemoryError, RuntimeError):
            for one, values in kept:
                vars(one).clear()
                vars(one).update(values)
            raise

    # -- the current epoch

    @property
    def batches_per_epoch(self) -> int:
        """How many batches the current epoch has; there must be a lane that trains."""
        number = self.batches.number
        return max(
            self._batches_of(run) for run in self.runs if run.running or (run.active and run.batch > number)
        )

    def _batches_of(self, run: LaneRun) -> int:
        """How many batches an epoch of a run has."""
        return -(-self.sets.training(run.lane) // run.lane.training.batch_size)

    @property
    def epoch_is_over(self) -> bool:
        """Whether the lanes that train have had all batches of the current epoch."""
        return bool(self.running) and self.batches.number >= self.batches_per_epoch

    @property
    def at_epoch_end(self) -> bool:
        """Whether whole epochs may follow: no lane is amid one."""
        return self.batches.at_epoch_end and not self.waiting

    def next_join(self) -> int | None:
        """How many batches there are to the next one with which a lane joins the others; None where none does in this
        epoch.
        """
        number = self.batches.number
        return min((run.batch - number for run in self.waiting if run.batch > number), default=None)

    def join(self) -> None:
        """Let lanes that have waited for the batch that comes next train with the others; all steps must be settled."""
        if not self._are_in_step():
            self.arrange(self.stacks.states())

    def epochs_to_level(self) -> int | None:
        """In how many epochs a lane comes to one that waits for it, or is to wait itself; None for never."""
        return epochs_to_level(self.runs, self.groups, self.level)

    def _hold(self) -> None:
        """Note which lanes wait until others have come to their epochs."""
        waits = held(self.runs, self.groups, self.level)
        for run in self.runs:
            run.held = run in waits

    def _are_in_step(self) -> bool:
        """Whether nothing is to be done by ``_keep_step``."""
        self._hold()
        waiting = self.waiting
        return not (
            any(run.running and not run.active for run in self.runs)
            or any(run.batch == self.batches.number for run in waiting)
            or (waiting and not self.running)
        )

    def _keep_step(self) -> None:
        """Let lanes that have ended, are muted or are held make no steps, and others make steps from their batches on.

        Each lane goes through the batches of its own epochs in order, whatever others do: one that comes amid an epoch
        of the others waits until they come to its batch. Where none is amid an epoch, all go to the first such batch.
        """
        self._hold()
        batches = self.batches
        for run in self.runs:
            if run.running and not run.active:
                self._leave(run)
        waiting = self.waiting
        if not self.running:
            batches.number = min((run.batch for run in waiting), default=0)
        for run in waiting:
            if run.batch == batches.number:
                run.ahead = batches.epoch - run.epoch

    def _leave(self, run: LaneRun) -> None:
        """Let a run make no steps; it goes on with the batch that comes next for it."""
        if run.running:
            own = min(self.batches.number, self._batches_of(run))
            run.ahead, run.batch = None, own if run.status == "training" else 0

    def set_aside(self, runs: Sequence[LaneRun], states: Mapping[LaneRun, LaneState]) -> tuple[SetAside, ...]:
        """Return what is set aside together with these runs, which are to be lanes no more.

        Parameters
        ----------
        runs
            Present lanes.
        states
            Their tensors.

        Returns
        -------
        tuple of SetAside
        """
        for run in runs:
            self._leave(run)
        aside = with_more(self.aside, runs, states)
        stay, anew = {*(one.run for one in aside), *runs}, [run.lane for run in runs]
        gone = [one.run.lane for one in self.aside if one.run not in stay]
        worth = [run.lane for run in runs if run.step and all(one.run is not run for one in aside)]
        former = [lane for lane in (*self.forgotten, *gone) if not is_among(lane, anew)]
        self.forgotten = (*former, *worth)[-MOST:]
        return aside

    # -- arrangement

    def take_data(self, data: DataSettings, points: Points) -> None:
        """Let the next arrangement train on other data; the current epoch begins again.

        Parameters
        ----------
        data, points
            The data settings and the points that they stand for.
        """
        training, *_ = points.counts()
        self.sets = DataSets(data, points)
        self.stacks.set_data(self.sets)
        self.batches.set_points(training, data.split.seed)
        for run in (*self.runs, *(one.run for one in self.aside)):
            run.batch = 0

    def express_by(self, data: DataSettings) -> None:
        """Let other data be those that lanes share, after what each lane has of its own was expressed by these.

        Parameters
        ----------
        data
            Data with which every lane trains on the points that it has trained on.
        """
        self.sets = DataSets(data, resolve_points(data))
        self.stacks.set_data(self.sets)
        self.batches.points = self.sets.points.counts()[0]

    def start(self, lanes: Sequence[Lane], former: Mapping[str, State]) -> None:
        """Start lanes from their seeds, in place of the present ones.

        Parameters
        ----------
        lanes
            Their settings.
        former
            What ``trained`` returned before the edit: the first mark of each run says what differs from it.
        """
        states: dict[LaneRun, LaneState] = {}
        self.runs = [self.new_run(lane, states, former.get(lane.name)) for lane in lanes]
        self.run_number += 1
        self.stops, self.aside, self.forgotten = [], (), ()
        self.batches.start_over()
        self.arrange(states)

    def new_run(self, lane: Lane, states: dict[LaneRun, LaneState], former: State | None) -> LaneRun:
        """Return a run that begins with the lane's seed.

        Parameters
        ----------
        lane
            Its settings.
        states
            The tensors of the run are added.
        former
            What the lane was before: its first mark says what differs. None without a mark.

        Returns
        -------
        LaneRun
        """
        run = LaneRun(lane, Layout.of(lane, self.data), self._most_rows)
        states[run] = run.first_state()
        text = "" if former is None else self._start_text(former, self.state(lane))
        if text:
            run.marks.note(0, 0, text, "start")
        return run

    @staticmethod
    def _start_text(before: State, after: State) -> str:
        text = edit_description(before, after)
        data = data_effect(before.data, after.data, before.points, after.points)
        return f"{text}: restarted" if text and data is not Effect.RESTART else text

    def arrange(self, states: Mapping[LaneRun, LaneState]) -> None:
        """Form new stacks of the runs.

        Parameters
        ----------
        states
            The tensors of each run.
        """
        one_thread()
        self._keep_step()
        self.stacks.arrange(self.runs, states)
        begin_histories(self.stacks)

    def go_on(
        self, runs: Sequence[LaneRun], states: Mapping[LaneRun, LaneState], epoch: int, batch: int
    ) -> None:
        """Go on with runs that have been restored.

        Parameters
        ----------
        runs
            With their histories; those without one begin one now.
        states
            The tensors of each run.
        epoch, batch
            Those of the batch that comes next.
        """
        one_thread()
        self.runs = list(runs)
        self.run_number += 1
        self.batches.go_on(epoch, batch)
        self._keep_step()
        self.stacks.arrange(self.runs, states)
        begin_again(self.stacks)

    def retune(self) -> None:
        """Let training go on with the numbers of the runs' settings."""
        if self._are_in_step() and self.stacks.retune():
            begin_histories(self.stacks)
        else:
            self.arrange(self.stacks.states())

    def encode_again(self) -> None:
        """Let training go on with the points that ``take_data`` got."""
        if self._are_in_step() and self.stacks.encode_again():
            begin_histories(self.stacks)
        else:
            self.arrange(self.stacks.states())
