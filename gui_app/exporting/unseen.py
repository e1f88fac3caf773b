"""Views that get their values only while they are seen, and what an export does about the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEventLoop, QTimer

from gui_app.session.engine_link import FRAME, EngineLink

PATIENCE = 1000
"""Milliseconds for which an export waits for the values of a view that is not seen."""


@runtime_checkable
class Fetching(Protocol):
    """View that asks the engine for values while it is seen, or while an export wants them."""

    @property
    def lacks_values(self) -> bool:
        """Whether a picture drawn now would be without them."""

    def want_values(self, wanted: bool) -> None:
        """Ask for them from now on even if the view is not seen, or no longer."""


def fetch_values(views: Iterable[object], link: EngineLink) -> None:
    """Wait a moment for the values of views that lack them, without input of the person."""
    lacking = [view for view in views if isinstance(view, Fetching) and view.lacks_values]
    if not lacking or link.latest is None or not link.health.responding:
        return
    for view in lacking:
        view.want_values(True)
    _wait(lacking)
    for view in lacking:
        view.want_values(False)


def _wait(lacking: list[Fetching]) -> None:
    loop = QEventLoop()

    def look() -> None:
        if not any(view.lacks_values for view in lacking):
            loop.quit()

    looks, end = QTimer(loop, interval=FRAME), QTimer(loop, singleShot=True)
    looks.timeout.connect(look)
    end.timeout.connect(loop.quit)
    looks.start()
    end.start(PATIENCE)
    try:
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    finally:
        # What looks keeps the loop, which keeps the timers.
        looks.stop()
        end.stop()
