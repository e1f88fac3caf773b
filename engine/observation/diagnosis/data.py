"""What a diagnosis knows of the data: how many points there are, and how much can be learned from them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.losses import LOSSES
from engine.data.axes import Axes
from engine.data.scaling import Scaling
from engine.experiment import TRAINING, Experiment, Lane, Points
from engine.experiment.choice import LossChoice
from engine.experiment.frame import DEFAULT_EXTENT
from engine.experiment.settings import ExtentSettings

NEIGHBOURS = 5
ASKED, KNOWN = 200, 1000
"""The most training points that are asked for, and the most that are searched, for the nearest neighbours: a good
estimate within milliseconds."""
FEWEST = 16
"""With fewer training points, neighbours are no evidence."""
SMALLEST = 1e-12
"""Where all targets are the same there is nothing to compare with, and no division by it."""


@dataclass(frozen=True, slots=True, eq=False)
class DataFacts:
    """Facts about the points of an experiment.

    Attributes
    ----------
    task
        A key of ``TASKS``.
    counts
        Points by split.
    class_counts : [classes]
        Training points by class; empty in regression.
    reachable
        The skill (see ``skill``) of answering for each training point what its nearest others say: a rough idea of what
        a network can learn from noisy data. NaN with fewer than ``FEWEST`` training points.
    points
        All of them.
    extent
        Of the data.
    """

    task: str
    counts: tuple[int, int, int]
    class_counts: tuple[int, ...]
    reachable: float
    points: Points
    extent: ExtentSettings = DEFAULT_EXTENT
    _baselines: dict[tuple[LossChoice, str], float] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, experiment: Experiment, points: Points) -> DataFacts:
        """Examine points.

        Parameters
        ----------
        experiment
            Task, number of classes and frame are used.
        points
            Those that it trains on.

        Returns
        -------
        DataFacts
        """
        data = experiment.data
        training = points[points.split == TRAINING]
        classes = data.classes if data.task == "classification" else 0
        counted = np.bincount(training.target.astype(np.int64), minlength=classes) if classes else ()
        facts = cls(
            task=data.task,
            counts=points.counts(),
            class_counts=tuple(int(count) for count in counted),
            reachable=np.nan,
            points=points,
            extent=data.extent,
        )
        if len(training) < FEWEST:
            return facts
        # What is near on the sheet is near: of centimetres and years, the plain numbers say nothing.
        training = Axes.of_extent(data.extent, data.aspect).points_on_sheet(training, data.task)
        return replace(facts, reachable=facts.skill(neighbours_score(training, data.task)))

    def baseline(self, lane: Lane) -> float:
        """Return the training loss of the best answer that is the same for all points.

        It depends on the lane's loss, and on its input scaling, because a parameter such as Huber's δ is in scaled
        units.

        Parameters
        ----------
        lane
            Its loss and its input scaling are used.

        Returns
        -------
        float
            In the user's own units, above 0; NaN without training points.
        """
        loss, scaling = lane.training.loss, lane.network.input_scaling
        if (loss, scaling) not in self._baselines:
            self._baselines[loss, scaling] = self._baseline(lane)
        return self._baselines[loss, scaling]

    def _baseline(self, lane: Lane) -> float:
        training = self.points.of_split(TRAINING)
        if not len(training):
            return np.nan
        scaling = Scaling.of(lane.network, self.points, self.task, self.extent)
        loss = lane.training.loss
        target = training.target if self.task == "classification" else scaling.targets(training.target)
        entry = LOSSES[loss.name]
        scaled = entry.baseline(target, self.task, len(self.class_counts), loss.parameters)
        return max(scaled * scaling.loss_unit(entry), SMALLEST)

    @property
    def plain(self) -> float:
        """The score of always giving the same answer: the share of the largest class, or an R² of 0."""
        if self.task != "classification":
            return 0.0
        return max(self.class_counts, default=0) / max(sum(self.class_counts), 1)

    def skill(self, score: float) -> float:
        """Convert a score to the scale where the best constant answer is 0 and no mistake is 1.

        Parameters
        ----------
        score
            Accuracy, or R² in regression.

        Returns
        -------
        float
            Below 0 for less than the constant answer.
        """
        return (score - self.plain) / max(1.0 - self.plain, 1e-9)

    def score(self, skill: float) -> float:
        """Convert a skill to a score.

        Parameters
        ----------
        skill
            As ``skill`` returns it.

        Returns
        -------
        float
            Accuracy, or R² in regression.
        """
        return self.plain + skill * (1.0 - self.plain)


# Points far beyond a tiny extent are infinitely far.
@np.errstate(over="ignore", invalid="ignore")
def neighbours_score(points: Points, task: str) -> float:
    """Accuracy or R² of answering for each point with its nearest others: the most frequent class, or their mean."""
    position = points.xy[:, :1] if task == "curve" else points.xy
    asked, known = _spread(len(points), ASKED), _spread(len(points), KNOWN)
    apart = [np.subtract.outer(axis[asked], axis[known]) for axis in position.T]
    distance = np.square(apart[0])
    for other in apart[1:]:
        distance += np.square(other, out=other)
    distance[asked[:, None] == known[None]] = np.inf
    nearest = known[np.argpartition(distance, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]]
    target, answers = points.target[asked], points.target[nearest]
    if task == "classification":
        votes = (answers[:, :, None] == np.arange(points.target.max() + 1.0)).sum(1)
        return float((votes.argmax(1) == target).mean())
    variance = target.var()
    return 1.0 - float(np.square(answers.mean(1) - target).mean() / variance) if variance else np.nan


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """At most ``most`` indices, spread evenly over ``count``."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
