"""How much of the window the plots below the canvas get: they give way before the canvas does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStyle

from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded
from gui_app.window.layout.dock_arrangement import DockArrangement

SHARE = 0.26
"""The share of the height between the top bar and the status bar that the plots get at first."""
TALLEST = 320
"""The largest height in pixels that the plots get by their first share."""
MOST_LARGER = 1.4
"""How much larger that share is with large text, at most: the canvas keeps the greater part."""
SHARES = (0.1, 0.75)
PLOT_WIDTH = 340
"""Pixels that three plots beside one another have at least; two of them make do with less."""
LEAST_BESIDE = 360
"""Smallest width of a plot beside the canvas, in pixels, where the canvas keeps its half of the window."""
BESIDE_LESSON = 0.42
"""The share of the width beside a lesson that a plot beside the canvas has at least."""
WIDEST_TABLE = 0.6
"""The largest share of that width, for a table whose numbers need it."""
COLOUR_BAR = 30
"""Pixels by which a canvas with a colour bar is wider than high when its square is as large as its height allows."""
SLACK = 40
"""Pixels by which a window must have narrowed before a row of plots loses one, so that it does not come and go."""


def plots_beside(width: int, now: int = 0) -> int:
    """Return how many plots fit beside one another into ``width`` pixels; ``now`` there are so many.

    A plot needs as much more width as its text is larger.
    """
    width = round(width / max(text_size.scale(), 1.0))
    if width >= 3 * PLOT_WIDTH - (SLACK if now == 3 else 0):
        return 3
    return 2 if width >= 450 else 1


class PlotRoom(QObject):
    """Keeps the plots' share of the height of ``window`` when the window changes its size.

    ``share`` changes when a person drags the line above the plots. ``fit`` applies it, and divides the plots into as
    many groups as fit beside one another, as long as nobody has moved them.
    """

    def __init__(self, window: QMainWindow, arrangement: DockArrangement) -> None:
        super().__init__(window)
        self._window, self._arrangement = window, arrangement
        self.share: float | None = None
        """None for the default."""
        self.keeps_groups = False
        """Whether the plots stay divided as they are in windows of any width, because the arrangement says it."""
        self.beside: QDockWidget | None = None
        """A plot beside the canvas that gets the space that the square leaves free, at most half of the window."""
        self.wanted: Callable[[QDockWidget], int] = lambda dock: 0
        """Returns the width with which all that a dock holds can be read, in pixels; 0 where any width will do."""
        self._waits = False
        self._pressed: int | None = None
        """The height of the plots when the mouse was pressed."""
        self._width_then: int | None = 0
        """The width for which the plots were divided; None for whatever it is now."""
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self.fit)
        window.installEventFilter(self)

    @contextmanager
    def kept_apart(self) -> Iterator[None]:
        """Leave sizes and tabs alone while docks are moved, then fit once; the window is painted after it."""
        self._window.setUpdatesEnabled(False)
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
            self.fit()
            self._window.setUpdatesEnabled(True)
            # A dock that began to float meanwhile is a window of its own, to which Qt does not pass this on.
            for dock in self._arrangement.all_docks:
                dock.setUpdatesEnabled(True)

    def arrange(self) -> None:
        """Restore the default positions and sizes."""
        self.share, self._width_then, self.keeps_groups = None, 0, False
        self._arrangement.arrange(plots_beside(self._width()))
        self.fit()

    def fit(self) -> None:
        """Give the plots their share of the window's present size."""
        if self._waits:
            return
        if self.beside is not None:
            self._window.resizeDocks([self.beside], [self._width_beside()], Qt.Orientation.Horizontal)
            return
        self._arrangement.fit_columns()
        self._arrangement.fit_lesson()
        width, known = self._width(), self._width_then
        if self._window.isVisible():
            self._width_then = width
        if known not in (None, width) and not self.keeps_groups:
            self._divide(width)
        below = self._arrangement.plots_below
        if below:
            self._window.resizeDocks(below[:1], [self._height()], Qt.Orientation.Vertical)

    def fit_soon(self) -> None:
        """Fit the plots in the next turn of the event loop, when all docks have their sizes."""
        self._soon.start()

    def stand(self) -> None:
        """Leave the plots where they are until the window gets another size."""
        self._width_then = None

    def _divide(self, width: int) -> None:
        """Put as many plots beside one another as fit into ``width``, if they still stand as this was done before."""
        arrangement = self._arrangement
        now = next((count for count in (3, 2, 1) if arrangement.has_placed(count)), 0)
        beside = plots_beside(width, now)
        if now and not arrangement.has_placed(beside):
            arrangement.place_plots(beside)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The lines between docks are the window's own: who releases the mouse there may have moved one.
        if event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = self._height_below()
        elif event.type() == QEvent.Type.MouseButtonRelease:
            QTimer.singleShot(0, self, self._note_share)
        return False

    def _note_share(self) -> None:
        # In a small window the plots may have less than their share, which is no person's wish.
        height, (pressed, self._pressed) = self._height_below(), (self._pressed, None)
        if self._arrangement.plots_below and height != pressed and abs(height - self._height()) > 2:
            self.share = min(max(height / self._available(), SHARES[0]), SHARES[1])

    def _height_below(self) -> int:
        """Return the height of what lies below the centre now."""
        return self._available() - self._centre().height() - self._line()

    def _height(self) -> int:
        available = self._available()
        if self.share is not None:
            return round(self.share * available)
        # Larger text leaves curves less of the same height.
        larger = min(max(text_size.scale(), 1.0), MOST_LARGER)
        return min(round(SHARE * larger * available), round(TALLEST * larger))

    def _width_beside(self) -> int:
        """Return the width of the plot beside the canvas: what the square leaves free, at most half of the room that a
        lesson leaves.
        """
        lesson = self._arrangement.lesson
        taken = 0 if lesson.isHidden() or lesson.isFloating() else lesson.width() + self._line()
        width = self._window.width() - taken
        free = width - self._available() - COLOUR_BAR
        # Beside a lesson a class reads both: the canvas gives up some of its square.
        least = max(LEAST_BESIDE, round(BESIDE_LESSON * width)) if taken else LEAST_BESIDE
        wanted = max(free, least, self.wanted(self.beside) if self.beside is not None else 0)
        return min(wanted, round(width * (WIDEST_TABLE if taken and wanted > least else 0.5)) - self._line())

    def _line(self) -> int:
        """Return the width of the line between docks."""
        return self._window.style().pixelMetric(
            QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, self._window
        )

    def _available(self) -> int:
        """Return the height between the top bar and the status bar."""
        bar = self._window.statusBar()
        end = self._window.height() - (0 if bar.isHidden() else bar.height())
        return max(end - self._centre().y(), 1)

    def _centre(self) -> QRect:
        central = self._window.centralWidget()
        return QRect() if central is None else central.geometry()

    def _width(self) -> int:
        """Return the width between the columns."""
        beside: list[QDockWidget] = []
        for dock in (self._arrangement.lesson, self._arrangement.data, self._arrangement.model):
            is_tab = any(dock in self._window.tabifiedDockWidgets(other) for other in beside)
            if not (dock.isHidden() or dock.isFloating() or is_tab):
                beside.append(dock)
        shown = self._window.isVisible()
        return self._window.width() - sum(
            dock.width() if shown else dock.widget().minimumWidth() for dock in beside
        )
