"""The points that are not hidden."""

from __future__ import annotations

from engine.experiment import Points
from gui_app.session.document import Document
from gui_app.session.tool_settings import ToolSettings


class VisiblePoints:
    """Those of a document whose splits are shown, computed again only for other points or splits."""

    def __init__(self, document: Document, settings: ToolSettings) -> None:
        self._document, self._settings = document, settings
        self._points = Points.empty()
        self._of: tuple[Points, frozenset[int]] | None = None

    @property
    def splits_changed(self) -> bool:
        """Whether other splits are shown than when the points were asked for last."""
        return self._of is None or self._settings.shown != self._of[1]

    @property
    def points(self) -> Points:
        """The document's own where none is hidden."""
        points = self._document.points
        if self.splits_changed or self._of is None or points is not self._of[0]:
            self._of = points, self._settings.shown
            mask = self._settings.shows(points)
            self._points = points if mask.all() else points[mask]
        return self._points

    @property
    def hidden(self) -> int:
        """How many points are not among them."""
        return len(self._document.points) - len(self.points)
