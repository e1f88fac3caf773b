"""Reports of training on their way to the window, as often as watching may take time from training."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.observation.report import NO_HISTORY, Report
from engine.observation.snapshot import Observed, Snapshot
from engine.service.budget import EFFORT, Budget
from engine.service.interface import Mailbox
from engine.service.playback import Playback
from engine.service.watching import Watching
from engine.training.lane_snapshots import lane_snapshot
from engine.training.trainer import Trainer

SNAPSHOT_SHARE = 0.10
"""Share of the time that goes into snapshots of the lanes that are watched."""
CELLS_SHARE = 0.15
"""The same where somebody watches all networks of a sweep, whose pictures are what a sweep is for."""
INTERVAL = 1 / 60
"""Shortest time between two snapshots, in seconds."""
WANTED = 1 / 25
"""Seconds between snapshots for which grids are made coarser, if they are what takes so long."""
OVERDUE = 0.1
"""Seconds after which a snapshot no longer waits for the end of an epoch."""


class Publisher:
    """Puts numbered reports into ``mailbox``; ``watching`` holds what the window wants to see."""

    def __init__(self, mailbox: Mailbox[Report], playback: Playback) -> None:
        self.watching = Watching(SNAPSHOT_SHARE * WANTED)
        self._mailbox, self._playback = mailbox, playback
        self._budget = Budget(SNAPSHOT_SHARE, INTERVAL, effort=EFFORT)
        self.published = 0
        """How many reports have been put into the mailbox; each carries its number."""

    def is_due(self, trainer: Trainer, within_epochs: bool = False) -> bool:
        """Whether a running training should be reported now: the window has taken the last report, the budget allows
        another one, and an epoch has just ended or is long in coming. ``within_epochs``: whether each batch counts, as
        where epochs are slow.
        """
        if not self._budget.allows or not self._mailbox.empty:
            return False
        return within_epochs or trainer.at_epoch_end or self._budget.waited > OVERDUE

    def publish(self, trainer: Trainer, acknowledged: int, announce_ends: Callable[[], None]) -> None:
        """Look at the trainer and report it.

        Parameters
        ----------
        trainer
            What is reported, with its newly measured numbers.
        acknowledged
            How many commands that nothing replaces have been obeyed.
        announce_ends
            Called before the report is made, because looking ends the lanes whose numbers are not finite.
        """
        self._budget.share = CELLS_SHARE if self.watching.watch.wide else SNAPSHOT_SHARE
        with self._budget.spending():
            playing = self._playback.playing
            if not playing:
                trainer.end_broken()
            observed = self.watching.look(trainer, playing and trainer.can_train)
            announce_ends()
            snapshot = self._snapshot(trainer, acknowledged, observed)
            self._mailbox.put(Report(snapshot, tuple(run.history.delta() for run in trainer.runs)))

    def _snapshot(self, trainer: Trainer, acknowledged: int, observed: Mapping[str, Observed]) -> Snapshot:
        self.published += 1
        runs, lanes = trainer.runs, trainer.lanes
        return Snapshot(
            serial=self.published,
            run=lanes.run_number,
            acknowledged=acknowledged,
            task=lanes.data.task,
            classes=lanes.data.classes,
            playing=self._playback.playing,
            epoch=max(run.epoch for run in runs),
            step=max(run.step for run in runs),
            steps_per_second=self._playback.steps_per_second,
            training_points=trainer.training_points,
            lanes=tuple(
                lane_snapshot(run, NO_HISTORY, observed.get(run.lane.name, Observed())) for run in runs
            ),
            pause_at=self._playback.pause_at,
        )
