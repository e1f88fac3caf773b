"""A layout that puts widgets side by side and wraps them into rows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Layout in reading order; each widget has the size of its hint.

    With ``fill``, the first widget of each row takes the width that is left.
    """

    def __init__(self, parent: QWidget | None = None, spacing: int = 6, fill: bool = False) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._fill = fill
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size.grownBy(self.contentsMargins())

    def _arrange(self, rect: QRect, move: bool) -> int:
        """Return the height of all rows; with ``move``, also set the widgets' geometries."""
        margins = self.contentsMargins()
        rect = rect.marginsRemoved(margins)
        top = rect.y()
        for row in self._rows(rect.width()):
            height = max(item.sizeHint().height() for item in row)
            if move:
                self._place(row, QRect(rect.x(), top, rect.width(), height))
            top += height + self.spacing()
        return max(top - self.spacing(), rect.y()) - rect.y() + margins.top() + margins.bottom()

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        """Return the visible items of each row."""
        rows: list[list[QLayoutItem]] = []
        taken = 0
        for item in self._items:
            widget = item.widget()
            if widget is None or widget.isHidden():
                continue
            taken += item.sizeHint().width() + self.spacing()
            if not rows or taken - self.spacing() > width:
                rows.append([])
                taken = item.sizeHint().width() + self.spacing()
            rows[-1].append(item)
        return rows

    def _place(self, row: list[QLayoutItem], room: QRect) -> None:
        taken = sum(item.sizeHint().width() + self.spacing() for item in row) - self.spacing()
        spare = max(room.width() - taken, 0) if self._fill else 0
        x = room.x()
        for item in row:
            size = item.sizeHint() + QSize(spare, 0)
            item.setGeometry(QRect(QPoint(x, room.y()), size))
            x, spare = x + size.width() + self.spacing(), 0
