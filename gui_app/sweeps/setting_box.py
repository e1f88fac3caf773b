"""The choice of a setting for an axis, found by typing a part of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QLineEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from shiboken6 import isValid

from engine.experiment.sweeps.swept_settings import SweptSetting
from gui_app.widgets.guarded import guarded
from gui_app.widgets.wheel import WheelNeedsFocus

NONE = "None: one axis"
PADDING = 8
"""Pixels."""


class _Row(QStyledItemDelegate):
    """A row with room for the padding of lists, which the list of a completer does not count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index) + QSize(0, PADDING)


class SettingBox(WheelNeedsFocus, QComboBox):
    """Offers settings; ``chosen(key)`` follows a person's choice, with "" for none where that is offered.

    Whoever types sees the settings whose names contain what is typed; Enter takes the first one.
    """

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setEditable(True)
        # Qt's own: a field of ours would have the frame of one that stands alone.
        self.field = cast(QLineEdit, self.lineEdit())
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(16)
        self._key = ""
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText("Type a part of a setting's name")
        finder = QCompleter(self.model(), self)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        finder.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        finder.setMaxVisibleItems(16)
        self.setCompleter(finder)
        self.found = cast(QAbstractItemView, finder.popup())
        self.found.setItemDelegate(_Row(self.found))
        """The list of what contains the text, while something is typed."""
        self.activated.connect(self._take)
        self.field.installEventFilter(self)
        self.field.editingFinished.connect(self._finish)

    def offer(self, settings: Sequence[SweptSetting], with_none: bool) -> None:
        """Offer these settings; keep the chosen one if it is among them."""
        with QSignalBlocker(self):
            self.clear()
            if with_none:
                self.addItem(NONE, "")
            for setting in settings:
                self.addItem(setting.label, setting.key)
                self.setItemData(self.count() - 1, setting.tooltip, Qt.ItemDataRole.ToolTipRole)
        self.show_key(self._key)

    @property
    def key(self) -> str:
        """The key of the chosen setting; "" for none."""
        return self._key

    def show_key(self, key: str) -> None:
        """Show a choice without a signal; one that is not offered becomes the first that is."""
        index = max(self.findData(key), 0)
        with QSignalBlocker(self):
            self.setCurrentIndex(index)
            self.setEditText(self.itemText(index))
        self._key = self.itemData(index) or ""
        self.field.setCursorPosition(0)

    def _take(self, index: int) -> None:
        key = self.itemData(index) or ""
        if key != self._key:
            self.show_key(key)
            self.chosen.emit(key)

    def _finish(self) -> None:
        """Take the setting that was typed, or whose name contains it; what is none of them is dropped."""
        if not isValid(self.field):
            # The window is closing.
            return
        typed = self.field.text().strip().casefold()
        labels = [self.itemText(index) for index in range(self.count())]
        whole = [index for index, label in enumerate(labels) if label.casefold() == typed]
        parts = [index for index, label in enumerate(labels) if typed and typed in label.casefold()]
        if found := whole or parts:
            self._take(found[0])
        self.show_key(self._key)

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.field.selectAll()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Enter in a field whose text is not taken yet takes it, and presses no button of a dialog.
        is_press = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        untaken = watched is self.field and self.field.isModified()
        if untaken and is_press and cast(QKeyEvent, event).key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
            return True
        return super().eventFilter(watched, event)
