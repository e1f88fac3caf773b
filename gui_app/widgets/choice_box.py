"""A combo box for the entries of a catalogue family."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from engine.catalogue import Family
from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import reached_by_key, refocus_after_list
from gui_app.widgets.mixed import MIXED, word_of
from gui_app.widgets.tips import entry_tip, tip
from gui_app.widgets.wheel import WheelNeedsFocus

_OPENING = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Space,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_F4,
)


class ChoiceBox(WheelNeedsFocus, QComboBox):
    """Combo box that shows the labels of entries; ``chosen(key)`` is emitted when a person chooses one.

    A person can choose only in the open list: a key press never changes a closed box, because that could restart
    training. When the list closes, the focus returns to the window's home (``KeyboardHome``), unless the person reached
    the box by keyboard.
    """

    chosen = Signal(str)

    def __init__(self, family: Family[Any], name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.family, self._by_key = family, False
        self.setAccessibleName(name or family.name.capitalize())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(14)
        # Shown while no entry is.
        self.setPlaceholderText(MIXED)
        self.filtered(family)
        self.activated.connect(lambda _: self._choose())

    def filtered(self, keys: Iterable[str]) -> None:
        """Offer only these keys, in the family's order; keep the chosen key if it is among them."""
        wanted = set(keys)
        offered = [key for key in self.family if key in wanted]
        if offered == self.keys():
            return
        before = self.key()
        with QSignalBlocker(self):
            self.clear()
            for index, key in enumerate(offered):
                self.addItem(self.family[key].label, key)
                self.setItemData(index, entry_tip(self.family[key]), Qt.ItemDataRole.ToolTipRole)
        self.set_key(before if before in offered else offered[0])

    def keys(self) -> list[str]:
        """The offered keys."""
        return [self.itemData(index) for index in range(self.count())]

    def key(self) -> str:
        return self.currentData() or ""

    def set_key(self, key: str) -> None:
        """Show a choice without a signal."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(key))
        self.updateGeometry()
        self._describe()

    def show_mixed(self, values: Sequence[str]) -> None:
        """Show that these keys are chosen in several lanes, without a signal; none of them: show the one key again."""
        if values:
            with QSignalBlocker(self):
                self.setCurrentIndex(-1)
            self.setToolTip(tip(self.accessibleName(), ""))
            self.setAccessibleDescription("")

    def show_word(self) -> None:
        """Write the present word for several keys (see ``set_word``)."""
        self.setPlaceholderText(word_of(self))
        self.updateGeometry()

    def text_of(self, value: str) -> str:
        """Return the label of a key."""
        return str(self.family[value].label)

    def minimumSizeHint(self) -> QSize:
        """Return the size with the chosen label, which may be shorter than others of the list."""
        hint, advance = super().minimumSizeHint(), self.fontMetrics().horizontalAdvance
        longest = max((advance(self.itemText(index)) for index in range(self.count())), default=0)
        return QSize(hint.width() - longest + advance(self.currentText() or word_of(self)), hint.height())

    @guarded
    def showPopup(self) -> None:
        self._by_key = reached_by_key(self)
        super().showPopup()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING:
            self.showPopup()
        else:
            event.ignore()

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            refocus_after_list(self, self._by_key)

    def _choose(self) -> None:
        self._describe()
        self.chosen.emit(self.key())

    def _describe(self) -> None:
        if self.key():
            entry = self.family[self.key()]
            self.setToolTip(entry_tip(entry))
            self.setAccessibleDescription(entry.tooltip)
