"""Present: canvas and one plot large, with few controls, larger text and thicker lines, as a projector needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMainWindow, QToolBar

from gui_app.theme import text_size
from gui_app.theme.appearance import Appearance
from gui_app.widgets.guarded import guarded
from gui_app.widgets.pointer_ring import PointerRing
from gui_app.window.layout.whole_layout import LayoutState, WholeLayout, at_once

if TYPE_CHECKING:
    from gui_app.window.layout.present_bar import PresentBar

LARGER, THICKER = 1.5, 1.75
"""How much larger text is than in the window before, and how much thicker lines are."""
HIGHEST = 16_777_215
"""Qt's largest height of a widget."""


class Present(QObject):
    """Begins and ends a presentation in ``layout.window``; what it changed is as before when it ends.

    Escape ends it, and F7 takes the ring around the mouse away, unless the focused control has a use for the key. A
    layout that is chosen meanwhile ends it, too.
    ``make_bar`` makes the top bar at the first presentation. ``changed(on)`` is emitted when one begins or ends.
    """

    changed = Signal(bool)

    def __init__(
        self,
        layout: WholeLayout,
        appearance: Appearance,
        usual_bar: QToolBar,
        make_bar: Callable[[], PresentBar],
    ) -> None:
        super().__init__(layout.window)
        self._layout, self._appearance = layout, appearance
        self._window: QMainWindow = layout.window
        self._usual_bar, self._make_bar = usual_bar, make_bar
        self._before: tuple[LayoutState, float] | None = None
        self.bar: PresentBar | None = None
        self._chosen = ""
        self.parts: Callable[[], Sequence[str] | None] = lambda: None
        """Returns the titles of what stands beside the canvas; None for the plot that is chosen in the bar."""
        self.larger: Callable[[], float] = lambda: LARGER
        """Returns how much larger text is than before."""
        self.ring = PointerRing(self._window)

    @property
    def is_on(self) -> bool:
        return self._before is not None

    @property
    def before(self) -> LayoutState | None:
        """The layout that comes back when the presentation ends; None without one."""
        return None if self._before is None else self._before[0]

    def toggle(self) -> None:
        """Begin a presentation, or end it."""
        if self.is_on:
            self.leave()
        else:
            self.begin()

    def begin(self) -> None:
        """Show canvas and plot large, and hide what is not chosen."""
        if self.is_on:
            return
        scale = self._appearance.text_scale
        self._before = self._layout.take(), scale
        self._appearance.keeps_text_scale = False
        self._layout.show_chosen = self._leave_for
        bar = self._ready_bar()
        self._show_bars(presenting=True)
        self.arrange()
        larger = text_size.nearest(min(self.larger() * scale, text_size.SCALES[-1]))
        self._appearance.show_scales(larger, THICKER)
        bar.apply_theme(self._appearance.theme)
        self._window.installEventFilter(self)
        self._show_ring(bar.ring.isChecked())
        self.changed.emit(True)

    def arrange(self) -> None:
        """Put beside the canvas what belongs there now."""
        parts, bar = self.parts(), self._ready_bar()
        if parts is None:
            parts = [self._chosen]
        self._layout.present(*parts)
        bar.plot.setCurrentIndex(bar.plot.findText(parts[0]) if parts else -1)

    def _choose(self, title: str) -> None:
        """Put a view beside the canvas, and remember it for presentations without a lesson."""
        if self.parts() is None:
            self._chosen = title
        self._layout.present(title)

    def leave(self) -> None:
        """Restore all that was there before."""
        if self._before is None:
            return
        state, _ = self._before
        self._leave_for(lambda: self._layout.put(state))

    def _leave_for(self, show: Callable[[], object]) -> None:
        """End the presentation; ``show`` shows the layout that comes in its place."""
        if self._before is None:
            return
        (state, scale), self._before = self._before, None
        self._window.removeEventFilter(self)
        self.ring.switch(False)
        self._layout.show_chosen = at_once
        self._appearance.keeps_text_scale = True
        self._appearance.show_scales(scale, 1.0)
        self._show_bars(presenting=False)
        self._layout.put(state)
        show()
        # Smaller text has its smaller columns only when all layouts have followed it.
        QTimer.singleShot(0, self, lambda: None if self.is_on else show())
        self.changed.emit(False)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key that no control in the window had a use for."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        work = {Qt.Key.Key_Escape: self.leave, Qt.Key.Key_F7: self._toggle_ring}.get(Qt.Key(event.key()))
        if work is None or event.modifiers():
            return False
        work()
        return True

    def _ready_bar(self) -> PresentBar:
        if self.bar is None:
            self.bar = self._make_bar()
            self._window.addToolBar(self.bar)
            self._chosen = self.bar.plot.currentText()
            self.bar.chosen.connect(self._choose)
            self.bar.left.connect(self.leave)
            self.bar.ring_wanted.connect(self._show_ring)
            self._appearance.changed.connect(self.bar.apply_theme)
            self._appearance.changed.connect(self.ring.apply_theme)
        return self.bar

    def _toggle_ring(self) -> None:
        if self.bar is not None:
            self.bar.ring.toggle()

    def _show_ring(self, wanted: bool) -> None:
        self.ring.apply_theme(self._appearance.theme)
        self.ring.switch(wanted and self.is_on)

    def _show_bars(self, presenting: bool) -> None:
        # A menu bar that is hidden takes its keys along; one without height keeps them.
        self._window.menuBar().setMaximumHeight(0 if presenting else HIGHEST)
        self._usual_bar.setVisible(not presenting)
        if self.bar is not None:
            self.bar.setVisible(presenting)
