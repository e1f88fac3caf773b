"""The panes of a canvas: which there are, where they are, and their pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from gui_app.canvas.answers import Answers
from gui_app.canvas.layers.picture import Picture
from gui_app.canvas.layers.points import PointsLayer
from gui_app.canvas.layers.scene import View
from gui_app.canvas.panes.arrangement import Arrangement
from gui_app.canvas.panes.pane import Pane
from gui_app.session.current_lane import CurrentLane, LaneLook
from gui_app.session.snapshot_view import LaneModel
from gui_app.theme.tokens import Theme

CORNER = 8.0


class Panes:
    """One pane for each lane that ``show`` is given; ``view()`` is the view in each of them.

    ``under_mouse`` is the pane that the mouse was in last; what is drawn in it is drawn in all.
    """

    def __init__(self, current: CurrentLane, view: Callable[[], View]) -> None:
        self._view = view
        self.shown: list[Pane] = [Pane(current.shown[0], True, Answers("", 0))]
        self._points: tuple[View, PointsLayer] | None = None
        self.under_mouse = 0

    def __iter__(self) -> Iterator[Pane]:
        return iter(self.shown)

    def __len__(self) -> int:
        return len(self.shown)

    @property
    def current(self) -> Pane:
        """The pane of the current lane."""
        return next((pane for pane in self.shown if pane.is_current), self.shown[0])

    @property
    def read(self) -> Pane:
        """The pane whose lane answers at the cursor."""
        several = len(self.shown) > 1
        return (
            self.shown[self.under_mouse] if several and self.under_mouse < len(self.shown) else self.current
        )

    def show(self, parts: Sequence[LaneModel[Answers]]) -> tuple[bool, list[Pane]]:
        """Show these lanes; return whether there are other panes now, and the panes with another answer."""
        before = [(pane.look, pane.is_current) for pane in self.shown]
        if len(parts) != len(self.shown):
            self.shown = [Pane(part.look, part.is_current, part.model) for part in parts]
            return True, list(self.shown)
        changed = []
        for pane, part in zip(self.shown, parts, strict=True):
            drawn = pane.answer
            pane.look, pane.is_current, pane.answers = part.look, part.is_current, part.model
            if any(one is not other for one, other in zip(drawn, pane.answer, strict=True)):
                changed.append(pane)
        return before != [(pane.look, pane.is_current) for pane in self.shown], changed

    def picture(self, pane: Pane) -> Picture:
        """Return the picture of a pane in the present view."""
        view = self._view()
        if self._points is None or self._points[0] != view:
            self._points = view, PointsLayer(view)
        return pane.picture(view, self._points[1])

    def local(self, arrangement: Arrangement, pixel: QPointF, held: bool) -> QPointF:
        """Return a pixel of the canvas as one of the pane that it is in, while ``held`` of the one before."""
        if not held or self.under_mouse >= len(arrangement.panes):
            self.under_mouse = arrangement.nearest(pixel)
        return arrangement.local(pixel, self.under_mouse)


def in_all(region: QRect | QRegion, arrangement: Arrangement) -> QRegion:
    """Return a region of one pane in all panes, as a region of the canvas."""
    whole = QRegion()
    for index, pane in enumerate(arrangement.panes):
        whole |= QRegion(region).translated(arrangement.offset(index)) & QRegion(pane)
    return whole


def paint_frame(painter: QPainter, pane: QRect, look: LaneLook, is_current: bool, theme: Theme) -> None:
    """Paint the frame around a pane, thicker and in its lane's colour for the current lane."""
    colour, wide = (theme.lanes[look.colour], 2.0) if is_current else (theme.border, 1.0)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), wide))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRect(pane).adjusted(1, 1, -1, -1), CORNER, CORNER)
    painter.restore()
