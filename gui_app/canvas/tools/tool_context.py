"""Where tools work: the points they may change, and what the person has chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.data import Append, Edit, Rewrite
from engine.experiment import Experiment, Points
from gui_app.canvas.tools.path import Floats, near_path
from gui_app.canvas.tools.selection import Selection
from gui_app.canvas.view.viewport import Viewport, inside
from gui_app.session.tool_settings import ToolSettings

Bools = NDArray[np.bool_]


class PointEditor(Protocol):
    """What tools and gestures need of a document."""

    experiment: Experiment
    points: Points

    def new_points(self, xy: ArrayLike, target: ArrayLike) -> Points: ...

    def apply_edit(self, edit: Edit) -> None: ...

    def finish_gesture(self, text: str) -> None: ...

    def cancel_gesture(self) -> None: ...

    def discard_last_gesture(self) -> None: ...


@dataclass(slots=True)
class ToolContext:
    """``viewport()`` is the view as it is now; ``rng`` is all the chance there is in drawing; ``shift`` tells whether
    that key is down.
    """

    editor: PointEditor
    settings: ToolSettings
    selection: Selection = field(default_factory=Selection)
    viewport: Callable[[], Viewport] = lambda: Viewport.fitted(664, 664)
    rng: np.random.Generator = field(default_factory=np.random.default_rng)
    shift: bool = False

    @property
    def points(self) -> Points:
        return self.editor.points

    @property
    def task(self) -> str:
        return self.editor.experiment.data.task

    @property
    def reachable(self) -> Bools:
        """Which points [n] tools may change: those that are shown."""
        return self.settings.shows(self.points)

    @property
    def xy(self) -> Floats:
        """Where the points are on the sheet [n, 2]."""
        return self.viewport().axes.to_sheet(self.points.xy)

    @property
    def pixel(self) -> float:
        """The size of a pixel in units of the sheet."""
        return 1 / self.viewport().scale

    @property
    def drawn_class(self) -> int:
        """The class that is drawn now: the chosen one, or the last where that is gone."""
        return min(self.settings.class_index, self.editor.experiment.data.classes - 1)

    def near(self, path: Floats) -> Bools:
        """Which points [n] the circle reaches on its way along the path [m, 2]."""
        return self.reachable & near_path(self.xy, path, self.settings.radius)

    def nearest(self, position: tuple[float, float], reach: float) -> int | None:
        """The index of the nearest point that is within ``reach`` units of the sheet."""
        distance = np.hypot(*(self.xy - position).T)
        distance[~self.reachable] = np.inf
        if not len(distance) or distance.min() > reach:
            return None
        # Of several at one position, the one on top.
        return int(np.flatnonzero(distance == distance.min())[-1])

    def select(self, index: ArrayLike) -> None:
        """Select the points at these indices [k], but not hidden ones."""
        chosen = np.asarray(index, dtype=np.int64)
        self.selection.choose(self.points, chosen[self.reachable[chosen]])

    def follow(self, before: Experiment) -> None:
        """Stay with the selected points now that the editor's experiment is another one than ``before``.

        Other generated points are others, however many they are; points that are hidden now are given up.
        """
        if before.data.generator != self.editor.experiment.data.generator:
            self.selection.clear()
        self.selection.follow(self.points)
        self.selection.keep(self.reachable)

    def visible(self, xy: Floats) -> Floats:
        """Those of the positions [n, 2] that the canvas shows."""
        return xy[inside(xy, self.viewport().sheet.extent)]

    def targets(self, xy: Floats) -> Floats:
        """The targets [n] of new points at these positions [n, 2]: the chosen class or value, or their height."""
        if self.task == "curve":
            return xy[:, 1]
        drawn = self.drawn_class if self.task == "classification" else self.settings.value
        return np.full(len(xy), float(drawn))

    def append(self, xy: Floats) -> Append | None:
        """The edit that draws points at those of the positions [n, 2] that are in view; None for none."""
        xy = self.viewport().axes.to_data(self.visible(xy))
        return Append(self.editor.new_points(xy, self.targets(xy))) if len(xy) else None

    def rewrite(
        self,
        index: ArrayLike,
        xy: Floats | None = None,
        target: ArrayLike | None = None,
        split: int | None = None,
    ) -> Rewrite | None:
        """The edit that gives the points at ``index`` [k] other positions on the sheet, targets [k] or another split.

        None where that changes nothing. On a curve, the target is the height.
        """
        chosen = np.asarray(index, dtype=np.int64)
        before = self.points[chosen]
        positions = before.xy if xy is None else self.viewport().axes.moved(before.xy, xy)
        targets = before.target if target is None else np.broadcast_to(target, len(before))
        if self.task == "curve":
            targets = positions[:, 1]
        splits = before.split if split is None else np.full(len(before), split)
        after = Points(positions, targets, splits)
        changed = (before.xy != after.xy).any(axis=1)
        changed |= (before.target != after.target) | (before.split != after.split)
        return Rewrite(chosen[changed], before[changed], after[changed]) if changed.any() else None
