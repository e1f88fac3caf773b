"""The sections of the window, in the order in which the Tab key and F6 go through them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QLayout,
    QMainWindow,
    QScrollArea,
    QTabBar,
    QToolBar,
    QWidget,
)

from gui_app.lanes.chip import LaneChip
from gui_app.lanes.strip import LaneStrip
from gui_app.widgets.topics import topic_of

COLUMNS = ("Data", "Model")
LESSON = "Lesson"
DIAGRAM = "network_diagram"
"""The topic of the network diagram."""
_TAB, _BACK, _JUMP = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class Sections:
    """Moves the keyboard focus through ``window``: from control to control, and from section to section.

    Top bar, lesson, data, lanes, canvas, diagram, model, plots, diagnosis, notices; in each the controls as one reads
    them, wherever a panel has made them, and whenever.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._left_at: dict[str, QWidget] = {}
        for text, keys, forward in (("Next section", "F6", True), ("Previous section", "Shift+F6", False)):
            action = QAction(text, window)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(partial(self.jump, forward))
            window.addAction(action)

    def all(self) -> dict[str, list[QWidget]]:
        """Return the controls that Tab stops at, in order, by section; sections without any are left out."""
        found = {name: _stops_in(roots) for name, roots in self._roots().items()}
        return {name: stops for name, stops in found.items() if stops}

    def step(self, forward: bool) -> bool:
        """Move the focus to the next or previous control, as Tab does; return whether there is one."""
        now, stops, index = self._now()
        wanted = index + (1 if forward else -1)
        if not 0 <= wanted < len(stops):
            stops = self._beside(now, forward)
            wanted = 0 if forward else len(stops) - 1
        if stops:
            _focus(stops[wanted], _TAB if forward else _BACK)
        return bool(stops)

    def jump(self, forward: bool) -> None:
        """Move the focus to the next or previous section, to the control where it was left."""
        now, stops, index = self._now()
        if stops:
            self._left_at[now] = stops[index]
        beside = self._beside(now, forward)
        left = [beside.index(stop) for stop in self._left_at.values() if stop in beside]
        if beside:
            _focus(beside[left[-1] if left else _first_control(beside)], _JUMP)

    def _roots(self) -> dict[str, list[QWidget]]:
        """Return the parts of the window that make up each section."""
        window = self._window
        docks, centre = {dock.windowTitle(): dock for dock in _docks(window)}, window.centralWidget()
        data, model = ([docks.pop(title)] if title in docks else [] for title in COLUMNS)
        lesson = [docks.pop(LESSON)] if LESSON in docks else []
        return {
            "Top bar": [bar for bar in window.findChildren(QToolBar, options=_DIRECT) if bar.isVisible()],
            "Lesson": [*lesson],
            "Data": [*data],
            **_of_centre(centre),
            "Model": [*model],
            "Plots": _in_columns(window, list(docks.values())),
            "Diagnosis": [window.statusBar()],
            "Notices": [
                part
                for part in window.findChildren(QFrame, options=_DIRECT)
                if part.property("kind") in ("notice", "overlay")
            ],
        }

    def _now(self) -> tuple[str, list[QWidget], int]:
        """Return the section with the focus, its stops, and the index of the focused one; no stops if none has it."""
        focused = self._window.focusWidget()
        for name, roots in self._roots().items():
            if focused is not None and any(root is focused or root.isAncestorOf(focused) for root in roots):
                stops = _stops_in(roots)
                index = _index(stops, focused)
                return (name, stops, index) if index is not None else (name, [], 0)
        return "", [], 0

    def _beside(self, name: str, forward: bool) -> list[QWidget]:
        """Return the stops of the next or previous section that has any; of the first or last one if ``name`` is ""."""
        roots = self._roots()
        names = list(roots) if forward else list(roots)[::-1]
        start = names.index(name) + 1 if name else 0
        for other in (*names[start:], *names[:start]):
            if stops := _stops_in(roots[other]):
                return stops
        return []


def _focus(control: QWidget, reason: Qt.FocusReason) -> None:
    control.setFocus(reason)
    parent = control.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(control, 8, 24)
        parent = parent.parentWidget()


def _first_control(stops: list[QWidget]) -> int:
    """Return the index of the current lane's chip, or of the first stop that is no handle of a dock; 0 if all are."""
    chip = next((stop for stop in stops if isinstance(stop, LaneChip) and stop.isChecked()), None)
    if chip is not None:
        return stops.index(chip)
    inside = (index for index, stop in enumerate(stops) if not isinstance(stop.parentWidget(), QDockWidget))
    return next(inside, 0)


def _index(stops: list[QWidget], focused: QWidget | None) -> int | None:
    """Return the index of the focused control, or of the stop that it is a part of."""
    while focused is not None:
        if focused in stops:
            return stops.index(focused)
        focused = focused.parentWidget()
    return None


def _of_centre(centre: QWidget | None) -> dict[str, list[QWidget]]:
    """Return what is in the centre: the strip of lanes, the canvas with its tabs and notes, and the network diagram."""
    parts = [] if centre is None else _children(centre)
    strips: list[QWidget] = [part for part in parts if isinstance(part, LaneStrip)]
    diagrams = [part for part in parts if topic_of(part) == DIAGRAM]
    others = [part for part in parts if part not in strips + diagrams]
    return {"Lanes": strips, "Canvas": others, "Diagram": diagrams}


def _docks(window: QMainWindow) -> list[QDockWidget]:
    docks = window.findChildren(QDockWidget, options=_DIRECT)
    # One behind another one's tab counts as visible, too.
    return [dock for dock in docks if not dock.isFloating() and not dock.visibleRegion().isEmpty()]


def _in_columns(window: QMainWindow, docks: list[QDockWidget]) -> list[QWidget]:
    """Return docks from left to right, each below the tabs that it is chosen by."""
    bars = [bar for bar in window.findChildren(QTabBar, options=_DIRECT) if bar.isVisible()]

    def column(part: QWidget) -> tuple[int, int]:
        middle = part.geometry().center().x()
        over = [dock for dock in docks if dock.geometry().left() <= middle <= dock.geometry().right()]
        return (over[0].x() if over else part.x()), part.y()

    return sorted([*docks, *bars], key=column)


def _stops_in(roots: list[QWidget]) -> list[QWidget]:
    return [stop for root in roots for stop in _walk(root)]


def _walk(widget: QWidget) -> Iterator[QWidget]:
    """Yield the controls in a widget that Tab stops at: itself, its layout's in order, then what lies over it."""
    if not widget.isVisible() or not widget.isEnabled():
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    for child in _children(widget):
        yield from _walk(child)


def _children(widget: QWidget) -> list[QWidget]:
    if isinstance(widget, QDockWidget):
        laid_out = [part for part in (widget.titleBarWidget(), widget.widget()) if part is not None]
    else:
        laid_out = list(_of_layout(widget.layout()))
    inside = widget.findChildren(QWidget, options=_DIRECT)
    others = [
        child for child in inside if child.isVisible() and not child.isWindow() and child not in laid_out
    ]
    return [*laid_out, *sorted(others, key=lambda child: (child.y(), child.x()))]


def _of_layout(layout: QLayout | None) -> Iterator[QWidget]:
    if layout is None:
        return
    for index in range(layout.count()):
        item = layout.itemAt(index)
        part = None if item is None else item.widget()
        if part is not None:
            yield part
        elif item is not None:
            yield from _of_layout(item.layout())
