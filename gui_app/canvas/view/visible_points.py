"""The points of the splits that are shown."""

from __future__ import annotations

from engine.experiment import Points
from gui_app.session.document import Document
from gui_app.session.tool_settings import ToolSettings


class VisiblePoints:
    """The points of a document whose splits are shown, cached until points or splits change."""

    def __init__(self, document: Document, settings: ToolSettings) -> None:
        self._document, self._settings = document, settings
        self._points = Points.empty()
        self._made_of: tuple[Points, frozenset[int]] | None = None

    @property
    def splits_changed(self) -> bool:
        """Whether the shown splits changed since ``points`` was read last."""
        return self._made_of is None or self._settings.shown != self._made_of[1]

    @property
    def points(self) -> Points:
        """The shown points; the same object as the document's points if none is hidden."""
        points = self._document.points
        if self.splits_changed or self._made_of is None or points is not self._made_of[0]:
            self._made_of = points, self._settings.shown
            mask = self._settings.shows(points)
            self._points = points if mask.all() else points[mask]
        return self._points

    @property
    def hidden(self) -> int:
        """The number of hidden points."""
        return len(self._document.points) - len(self.points)
