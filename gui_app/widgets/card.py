"""A card: the settings of a feature that can be switched on and off, in one line until it is opened."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui_app.widgets.buttons import draw_icon
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import COMMANDS, keep_keys
from gui_app.widgets.mixed import MixedLabel
from gui_app.widgets.outline import outline_once
from gui_app.widgets.switch import Switch
from gui_app.widgets.tips import tip

MORE = "Formula, explanation and further options."
ALIGNED = "Weight decay"
"""Whatever follows titles up to this long begins below one another."""
_FOLDS = {Qt.Key.Key_Minus: False, Qt.Key.Key_Plus: True}


def caption(text: str = "", role: str = "caption") -> QLabel:
    """Return a label for small text that wraps."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


def explanation(text: str = "") -> QLabel:
    """Return a label for sentences that wraps, in the size of most text."""
    return caption(text, "explanation")


class Card(QFrame):
    """Card with a title and a switch in one line; a click on the title (or − and +) opens and closes it.

    ``switched(on)`` is emitted when a person uses the switch.

    While it is on, the line also has its ``strength`` (a layout), or else a ``summary``. Opened, it shows the formula,
    an explanation, why it cannot be used, while it is on the settings in ``body``, and ``extra``. Closed, its chevron
    gives way to an icon if there are notes, which are its tooltip.
    """

    switched = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keep_keys(self, _FOLDS)
        self.setProperty("kind", "card")
        self.setAccessibleName(title)
        self.title, self.summary, self.partly = _Name(title), ElidedLabel(), MixedLabel()
        self.switch, self.mark = Switch(title), _small_button()
        self.formula, self.meaning = caption(role="formula"), explanation()
        self.reason = explanation()
        self.content, self._settings = QWidget(), QWidget()
        self.strength, self.body, self.extra = QHBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._open = self._partly = False
        self._notes: tuple[str, ...] = ()
        self._lay_out()
        self.switch.clicked.connect(self._switch)
        self.mark.clicked.connect(lambda: self.set_open(not self._open))
        self._show_parts()

    @property
    def is_on(self) -> bool:
        return self.switch.isChecked()

    @property
    def is_open(self) -> bool:
        return self._open

    def set_on(self, on: bool) -> None:
        """Show a state without a signal."""
        self.switch.set_on(on)
        self._show_parts()

    def set_partly(self, partly: bool) -> None:
        """Show whether it is on in some of several lanes only: the line then has no settings, only the word "mixed"."""
        self.switch.show_mixed((True, False) if partly else ())
        if partly != self._partly:
            self._partly = partly
            self._show_parts()

    def set_open(self, is_open: bool) -> None:
        """Show everything, or one line."""
        if is_open != self._open:
            self._open = is_open
            self.setProperty("open", is_open)
            self.style().unpolish(self)
            self.style().polish(self)
            self._show_parts()

    def set_summary(self, text: str, *shorter: str) -> None:
        """Set the short text in the line of a card that has no strength there now."""
        self.summary.show_text(text, *shorter)
        self._show_parts()

    def set_meaning(self, text: str) -> None:
        """Set the explanation."""
        self.meaning.setText(text)
        self._show_parts()

    def set_reason(self, reason: str) -> None:
        """Show why this cannot be used now; an empty reason means that it can."""
        self.reason.setText(reason)
        # A card that is on can be switched off even if it has no effect now.
        self.switch.setEnabled(not reason or self.is_on)
        for part in (self._settings, self.title, self._strength):
            part.setEnabled(not reason)
        self._show_parts()

    def set_notes(self, *notes: str) -> None:
        """Set sentences that the opened card shows elsewhere, and a closed one as the tooltip of its icon."""
        self._notes = tuple(filter(None, notes))
        self._show_mark()

    def outline_once(self) -> None:
        """Draw an outline around the card that fades."""
        outline_once(self)

    def _switch(self, on: bool) -> None:
        self._show_parts()
        self.switched.emit(on)

    def _show_mark(self) -> None:
        """Show whether a click opens or closes the card, or that a closed one has notes."""
        notes = "" if self._open else " ".join(filter(None, (self.reason.text(), *self._notes)))
        draw_icon(self.mark, "chevron-down" if self._open else "info" if notes else "chevron-right")
        title, name = self.title.text(), "Close" if self._open else "Open"
        self.mark.setAccessibleName(f"{name}: {title}")
        self.mark.setAccessibleDescription(notes)
        self.mark.setToolTip(tip(title, notes) if notes else tip(f"{name} (+, −)", MORE))

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().y() < self.switch.geometry().bottom() + 4:
            self.set_open(not self._open)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_open = None if event.modifiers() & COMMANDS else _FOLDS.get(Qt.Key(event.key()))
        if is_open is not None:
            self.set_open(is_open)
        else:
            event.ignore()

    def _show_parts(self) -> None:
        in_line = self._strength.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        has_strength = any(not part.isHidden() for part in in_line)
        whole = self.is_on and not self._partly
        self._strength.setVisible(whole and has_strength)
        self.summary.setVisible(whole and not has_strength)
        self.partly.setVisible(self._partly)
        self.content.setVisible(self._open)
        self._settings.setVisible(whole)
        for label in (self.formula, self.meaning, self.reason):
            label.setVisible(bool(label.text()))
        self._show_mark()

    def _lay_out(self) -> None:
        self.title.setProperty("role", "row")
        self.summary.setProperty("role", "caption")
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.partly.setProperty("role", "caption")
        self.partly.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.partly.hide()
        self._strength = QWidget()
        self._strength.setLayout(self.strength)
        self.strength.setContentsMargins(0, 0, 0, 0)
        self.strength.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(3)
        head.addWidget(self.mark)
        head.addWidget(self.title)
        head.addWidget(self._strength, 100)
        head.addWidget(self.summary, 100)
        head.addWidget(self.partly, 100)
        # Takes the width while the card is off.
        head.addStretch(1)
        head.addWidget(self.switch)
        self._fill_content()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 2, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.content)

    def _fill_content(self) -> None:
        inside, settings = QVBoxLayout(self.content), QVBoxLayout(self._settings)
        inside.setContentsMargins(20, 0, 8, 6)
        settings.setContentsMargins(0, 0, 0, 0)
        for layout in (inside, settings, self.body, self.extra):
            layout.setSpacing(4)
        settings.addLayout(self.body)
        for part in (self.formula, self.meaning, self.reason, self._settings):
            inside.addWidget(part)
        inside.addLayout(self.extra)


class _Name(QLabel):
    """Label that is at least as wide as ``ALIGNED``, so that what follows is aligned, and as high as a number field."""

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return super().sizeHint().expandedTo(QSize(metrics.horizontalAdvance(ALIGNED), metrics.height() + 7))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def _small_button() -> QToolButton:
    button = QToolButton()
    button.setProperty("kind", "mark")
    button.setIconSize(QSize(14, 14))
    button.setFixedSize(14, 16)
    # The keyboard opens a card by + and −, from its switch and its numbers.
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
