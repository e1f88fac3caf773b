"""The context of tools: the points they may change, and the chosen settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.data import Append, Edit, Rewrite
from engine.data.axes import from_share, to_share
from engine.experiment import Experiment, Points
from engine.experiment.frame import quantity_text
from gui_app.canvas.tools.path import Floats, near_path
from gui_app.canvas.tools.selection import Selection
from gui_app.canvas.view.viewport import Viewport, inside
from gui_app.session.tool_settings import ToolSettings

Bools = NDArray[np.bool_]


class PointEditor(Protocol):
    """The part of a document that tools and gestures use."""

    experiment: Experiment
    points: Points

    def new_points(self, xy: ArrayLike, target: ArrayLike) -> Points: ...

    def apply_edit(self, edit: Edit) -> None: ...

    def finish_gesture(self, text: str) -> None: ...

    def cancel_gesture(self) -> None: ...

    def discard_last_gesture(self) -> None: ...


@dataclass(slots=True)
class ToolContext:
    """Everything that a tool works with.

    ``viewport()`` returns the current view. All randomness of drawing comes from ``rng``. ``shift`` says whether Shift
    is down.
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
        """Mask [n] of the points that tools may change: those that are shown."""
        return self.settings.shows(self.points)

    @property
    def xy(self) -> Floats:
        """Positions of the points on the sheet [n, 2]."""
        return self.viewport().axes.to_sheet(self.points.xy)

    @property
    def pixel(self) -> float:
        """The size of a pixel in units of the sheet."""
        return 1 / self.viewport().scale

    @property
    def drawn_class(self) -> int:
        """The class of new points: the chosen one, or the last one if the chosen one is gone."""
        return min(self.settings.class_index, self.editor.experiment.data.classes - 1)

    @property
    def drawn_value(self) -> float:
        """The value of new points of a surface, in the data's units."""
        return from_share(self.settings.value, self.editor.experiment.data.extent.value)

    def choose_value(self, value: float) -> None:
        """Choose the value of new points, in the data's units."""
        ends = self.editor.experiment.data.extent.value
        self.settings.value = float(to_share(np.array(value), ends))

    def value_text(self, value: float) -> str:
        """Write a value of a surface in the data's units."""
        data = self.editor.experiment.data
        low, high = data.extent.value
        return quantity_text(value, data.axes.value.unit, high - low)

    def near(self, path: Floats) -> Bools:
        """Return which points [n] the circle touches as it moves along the path [m, 2]."""
        return self.reachable & near_path(self.xy, path, self.settings.radius)

    def nearest(self, position: tuple[float, float], reach: float) -> int | None:
        """Return the index of the nearest point within ``reach`` units of the sheet, else None."""
        distance = np.hypot(*(self.xy - position).T)
        distance[~self.reachable] = np.inf
        if not len(distance) or distance.min() > reach:
            return None
        # Of several points at one position, the last one is on top.
        return int(np.flatnonzero(distance == distance.min())[-1])

    def select(self, index: ArrayLike) -> None:
        """Select the points at these indices [k], except for hidden ones."""
        chosen = np.asarray(index, dtype=np.int64)
        self.selection.choose(self.points, chosen[self.reachable[chosen]])

    def follow(self, before: Experiment) -> None:
        """Update the selection after the experiment ``before`` was replaced.

        Newly generated points end the selection, even if their number is the same. Hidden points are deselected.
        """
        if before.data.generator != self.editor.experiment.data.generator:
            self.selection.clear()
        self.selection.follow(self.points)
        self.selection.keep(self.reachable)

    def visible(self, xy: Floats) -> Floats:
        """Return the positions of [n, 2] that the canvas shows."""
        return xy[inside(xy, self.viewport().sheet.extent)]

    def targets(self, xy: Floats) -> Floats:
        """Return the targets [n] of new points at positions [n, 2]: the chosen class or value, or their height."""
        if self.task == "curve":
            return xy[:, 1]
        return np.full(
            len(xy), float(self.drawn_class) if self.task == "classification" else self.drawn_value
        )

    def append(self, xy: Floats) -> Append | None:
        """Return the edit that adds points at the visible ones of the positions [n, 2]; None if there are none."""
        xy = self.viewport().axes.to_data(self.visible(xy))
        return Append(self.editor.new_points(xy, self.targets(xy))) if len(xy) else None

    def rewrite(
        self,
        index: ArrayLike,
        xy: Floats | None = None,
        target: ArrayLike | None = None,
        split: int | None = None,
    ) -> Rewrite | None:
        """Return the edit that changes positions on the sheet, targets [k] or split of the points at ``index`` [k].

        The result is None if that changes nothing. On a curve, the target is the height.
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
