"""The centre of the window: the canvas, and beside its square the network diagram and a note."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTabBar, QWidget

from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded
from gui_app.widgets.topics import set_topic
from gui_app.window.layout.central_plan import CANVAS, NETWORK, NOTE, Plan, plan

SMALLEST = QSize(320, 290)
"""The smallest size of the centre, in pixels; larger where the canvas, with strip and tabs above it, needs more."""


class CentralArea(QWidget):
    """The canvas with diagram and note, where ``central_plan`` puts them.

    ``diagram_shown`` says whether the diagram is to be seen, beside the canvas or as its tab; space is kept for it
    from the start, also while it is not built yet. ``diagram_changed`` is emitted when that changes. ``canvas_share``
    is the least share of the width that the canvas keeps, and ``canvas_ratio()`` its width in heights, from the next
    arrangement on.
    """

    diagram_changed = Signal(bool)
    width_changed = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self._parts: dict[str, QWidget | None] = {CANVAS: canvas, NETWORK: None, NOTE: None}
        self.diagram_shown = True
        self.canvas_share = 0.0
        self.canvas_ratio: Callable[[], float] = lambda: 1.0
        self._note_seen = False
        self._least = SMALLEST
        self._strip: QWidget | None = None
        canvas.setParent(self)
        set_topic(self, "canvas")
        self.tabs = QTabBar(self)
        self.tabs.setAccessibleName("Canvas or network")
        self.tabs.setExpanding(False)
        self.tabs.hide()
        self.tabs.currentChanged.connect(self._take_front)
        self._front = CANVAS
        """Which part is in front where parts are tabs of one another, also while none are."""
        self._plan = Plan({}, (CANVAS,))

    def set_strip(self, strip: QWidget) -> None:
        """Put a strip above everything; it takes room only while it is not hidden."""
        self._strip = strip
        strip.setParent(self)
        self.arrange()

    @property
    def front(self) -> str:
        """The part that is in front where parts are tabs of one another."""
        return self._front

    @property
    def _strip_height(self) -> int:
        shown = self._strip is not None and not self._strip.isHidden()
        return self._strip.heightForWidth(self.width()) if shown and self._strip is not None else 0

    def set_note(self, note: QWidget | None) -> None:
        """Replace the note by another one; None removes it."""
        self._replace(NOTE, note)
        self._note_seen = note is not None
        self.arrange()

    def show_note(self, shown: bool) -> None:
        """Show or hide the note, if there is one."""
        self._note_seen = shown and self._parts[NOTE] is not None
        self.arrange()

    def set_diagram(self, diagram: QWidget) -> None:
        """Put the diagram into its space."""
        self._replace(NETWORK, diagram)
        self.arrange()

    def show_diagram(self, shown: bool) -> None:
        """Show or hide the diagram."""
        if shown != self.diagram_shown:
            self.diagram_shown = shown
            self.arrange()
            self.diagram_changed.emit(shown)

    def bring_to_front(self, part: str) -> None:
        """Choose the tab of a part: at once, or as soon as it has one."""
        self._front = part
        if part in self._plan.tabs:
            self.tabs.setCurrentIndex(self._plan.tabs.index(part))

    def minimumSizeHint(self) -> QSize:
        canvas = self._parts[CANVAS]
        tabs = self.tabs.sizeHint().height() if self._plan.tab_row else 0
        least = QSize(1, 1) if canvas is None else canvas.minimumSize()
        return (least + QSize(0, self._strip_height + tabs)).expandedTo(SMALLEST)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()
        if event.oldSize().width() != event.size().width():
            self.width_changed.emit()

    def arrange(self) -> None:
        """Put all parts where they belong in the present size."""
        above = self._strip_height
        canvas = self._parts[CANVAS]
        if self._strip is not None:
            self._strip.setGeometry(0, 0, self.width(), self._strip.heightForWidth(self.width()))
        self._plan = plan(
            self.size() - QSize(0, above),
            QSize(1, 1) if canvas is None else canvas.minimumSize(),
            self._note_height if self._note_seen else None,
            self.diagram_shown,
            self.tabs.sizeHint().height(),
            text_size.scale(),
            self.canvas_share,
            self.canvas_ratio(),
        )
        self._offer_tabs()
        self._show_front()
        least = self.minimumSizeHint()
        if least != self._least:
            # Layouts remember it, so that the border above the plots would stop too late.
            self._least = least
            self.updateGeometry()

    def _note_height(self, width: int) -> int:
        """Return the height of the whole note in a width."""
        note = self._parts[NOTE]
        return 0 if note is None else max(note.heightForWidth(width), note.minimumHeight())

    def _offer_tabs(self) -> None:
        tabs = self._plan.tabs
        offered = [self.tabs.tabText(index) for index in range(self.tabs.count())]
        if offered != list(tabs):
            self.tabs.blockSignals(True)
            for _ in offered:
                self.tabs.removeTab(0)
            for part in tabs:
                self.tabs.addTab(part)
            self.tabs.setCurrentIndex(tabs.index(self._front) if self._front in tabs else 0)
            self.tabs.blockSignals(False)
        left, width = self._plan.tab_places
        self.tabs.setGeometry(QRect(left, self._strip_height, width, self.tabs.sizeHint().height()))
        self.tabs.setVisible(self._plan.tab_row)

    def _take_front(self, index: int) -> None:
        """Show the tab that was chosen."""
        self._front = self.tabs.tabText(index)
        self._show_front()

    def _show_front(self) -> None:
        """Show the parts beside the canvas, and of the tabs the one in front."""
        tabs, rectangles = self._plan.tabs, self._plan.rectangles
        in_front = tabs[max(self.tabs.currentIndex(), 0)]
        for part, widget in self._parts.items():
            if widget is None:
                continue
            shown = part == in_front or (part in rectangles and part not in tabs)
            if shown:
                place = rectangles.get(part, rectangles[CANVAS])
                widget.setGeometry(place.translated(0, self._strip_height))
            widget.setVisible(shown)

    def _replace(self, part: str, widget: QWidget | None) -> None:
        before = self._parts[part]
        if before is not None:
            before.hide()
            before.deleteLater()
        self._parts[part] = widget
        if widget is not None:
            widget.setParent(self)
