"""The dialog that lists what dead windows have left: a row for each, to restore or to discard."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue.texts import counted
from engine.data import resolve_points
from gui_app.session.dialogs import reason
from gui_app.startup.recovery.copies import Copy
from gui_app.startup.recovery.entries import Left
from gui_app.startup.recovery.thumbnail import thumbnail
from gui_app.startup.recovery.words import name_of, run_in_words, time_in_words
from gui_app.theme.icons import icon
from gui_app.theme.tokens import SPACE, Theme
from gui_app.widgets.buttons import text_button
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.guarded import guarded

WIDTH, SIDE, GAP = 680, 64, 2 * SPACE
SHOWN_ROWS = 4
"""Rows that are visible without scrolling, unless they are higher than usual."""
HIGHEST = 400
"""Greatest height of the list in pixels, so that the dialog fits on a small screen."""

_log = logging.getLogger(__name__)


class RecoveryDialog(QDialog):
    """Lists what was left. ``restore`` is called for a row and returns whether its work is now in the window.

    What a person discards is discarded when the dialog closes, so that it can be taken back. ``decided(discarded,
    later)`` then carries what goes and what stays.
    """

    decided = Signal(object, object)

    def __init__(
        self, lefts: list[Left], theme: Theme, restore: Callable[[Left], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Restore unsaved work")
        self._restore = restore
        # A person's own drawing comes first, and what cannot be read last.
        lefts = sorted(lefts, key=_rank)
        names = Counter(_name_of(left) for left in lefts)
        self.rows = [
            _row_of(left, theme, first=left is lefts[0], alike=names[_name_of(left)] > 1) for left in lefts
        ]
        self._later = text_button("Later", "")
        self._later.clicked.connect(self.close)
        self._hint = _label("", "caption")
        for row in self.rows:
            row.restore_requested.connect(self._try_to_restore)
            row.changed.connect(self._refresh)
        self._lay_out()
        self._refresh()
        self.finished.connect(self._finish)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * SPACE, 5 * SPACE, 5 * SPACE, 4 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(_label("The app did not close properly", "headline"))
        column.addWidget(
            _label("This is what was not saved. Restore it, or discard what you do not need.", "name")
        )
        column.addSpacing(2 * SPACE)
        self._list = RowList(self.rows)
        column.addWidget(self._list, 1)
        column.addSpacing(2 * SPACE)
        foot = QHBoxLayout()
        foot.addWidget(self._hint, 1)
        foot.addWidget(self._later)
        column.addLayout(foot)
        self.setFixedWidth(WIDTH)
        first = next((row.first_button for row in self.rows), self._later)
        first.setDefault(True)
        first.setFocus()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        # Only now are the fonts known.
        self._list.fit(WIDTH - 10 * SPACE)
        self.adjustSize()
        super().showEvent(event)

    def _try_to_restore(self, row: Row) -> None:
        if self._restore(row.left):
            row.mark_restored()
            if not any(row.open for row in self.rows):
                self.close()

    def _refresh(self) -> None:
        waiting = any(row.open for row in self.rows)
        self._later.setText("Later" if waiting else "Close")
        self._later.setAccessibleName(self._later.text())
        self._hint.setText("What you leave here is offered again at the next start." if waiting else "")

    def _finish(self) -> None:
        discarded = [row.left for row in self.rows if row.state == DISCARDED]
        later = [row.left for row in self.rows if row.open]
        self.decided.emit(discarded, later)


ASIDE = "laid aside for a lesson"
UNREADABLE = "A copy that cannot be read"
OPEN, RESTORED, DISCARDED = "open", "restored", "discarded"


class Row(QFrame):
    """One drawing: thumbnail, name, what is known of it, and its buttons. ``changed()`` follows each decision.

    Where others are ``alike``, because they have the same name, it shows folder and seconds, too.
    """

    restore_requested = Signal(object)
    changed = Signal()

    def __init__(self, left: Left, theme: Theme, first: bool = False, alike: bool = False) -> None:
        super().__init__()
        self.left, self.state, self._alike = left, OPEN, alike
        self.setProperty("kind", "card")
        copy = left.copy
        self._name = _name_of(left)
        if alike and copy is not None and copy.path is not None:
            self._name += f" in {copy.path.parent.name or copy.path.parent}"
        self._details = _label("", "name")
        self._restore = text_button(
            "Restore", "Put this drawing into the window, with its training run.", "primary" if first else ""
        )
        self._show = text_button("Show in folder", "Open the folder with the file that cannot be read.")
        self._discard = text_button("Discard", "Delete this copy when this window closes.")
        self._undo = text_button("Undo", "Keep this copy.")
        self._restore.clicked.connect(self._request)
        self._show.clicked.connect(self._open_folder)
        self._discard.clicked.connect(self._mark_discarded)
        self._undo.clicked.connect(self._take_back)
        for button in (self._restore, self._show, self._discard, self._undo):
            when = f", {time_in_words(left.when, seconds=True)}" if alike else ""
            button.setAccessibleName(f"{button.text()} {self._name}{when}")
            button.setAutoDefault(False)
        self._lay_out(_picture(copy, theme))
        self._refresh()

    @property
    def open(self) -> bool:
        """Whether nothing is decided yet."""
        return self.state == OPEN

    @property
    def first_button(self) -> QPushButton:
        return self._show if self.left.copy is None else self._restore

    def height_in(self, width: int) -> int:
        """Return the height that the row needs in a width."""
        self.ensurePolished()
        # The frame of a card is drawn within its margins.
        frame = 2
        return max(self.heightForWidth(width), self.sizeHint().height()) + frame

    def mark_restored(self) -> None:
        self._set(RESTORED)

    def _lay_out(self, picture: QLabel) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        row.setSpacing(3 * SPACE)
        row.addWidget(picture)
        text = QVBoxLayout()
        text.setSpacing(SPACE)
        self._title = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._title.setProperty("role", "title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.show_text(self._name)
        path = None if self.left.copy is None else self.left.copy.path
        self._title.setToolTip("" if path is None else f"<qt>{escape(str(path))}</qt>")
        text.addStretch(1)
        text.addWidget(self._title)
        text.addWidget(self._details)
        text.addStretch(1)
        row.addLayout(text, 1)
        for button in (self._undo, self._show, self._discard, self._restore):
            row.addWidget(button)

    def _request(self) -> None:
        self.restore_requested.emit(self)

    def _open_folder(self) -> None:
        _open_folder(self.left.entry.folder)

    def _mark_discarded(self) -> None:
        self._set(DISCARDED)

    def _take_back(self) -> None:
        self._set(OPEN)

    def _set(self, state: str) -> None:
        self.state = state
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        readable = self.left.copy is not None
        self._restore.setVisible(self.open and readable)
        self._show.setVisible(self.open and not readable)
        self._discard.setVisible(self.open)
        self._undo.setVisible(self.state == DISCARDED)
        text = {OPEN: details_of(self.left, self._alike), RESTORED: "Restored", DISCARDED: "Discarded"}[
            self.state
        ]
        self._details.setText(text)


def _rank(left: Left) -> int:
    return 2 if left.copy is None else int(bool(left.copy.lesson))


def _name_of(left: Left) -> str:
    copy = left.copy
    if copy is None:
        return UNREADABLE
    return f"Lesson: {copy.lesson}" if copy.lesson and copy.path is None else name_of(copy.path)


def _row_of(left: Left, theme: Theme, first: bool, alike: bool) -> Row:
    """Return the row of what was left; what cannot be shown hides no other row."""
    try:
        return Row(left, theme, first, alike)
    except Exception as error:
        _log.exception("A recovery copy could not be shown")
        return Row(replace(left, copy=None, problem=reason(error)), theme, first, alike)


def details_of(left: Left, alike: bool = False) -> str:
    """Return what is known of a drawing: its time, and below it its points and run, or why it cannot be read."""
    when = time_in_words(left.when, seconds=alike)
    if left.copy is None:
        return f"{when}\n{left.problem[:1].upper()}{left.problem[1:].rstrip('.')}"
    count = len(resolve_points(left.copy.experiment.data))
    parts = [counted(count, "point")]
    if left.epoch is not None:
        parts.append(run_in_words(left.epoch))
    elif left.damaged:
        parts.append("its run is damaged")
    if left.copy.aside:
        parts.append(ASIDE)
    return f"{when}\n{' · '.join(parts)}"


def _picture(copy: Copy | None, theme: Theme) -> QLabel:
    label = QLabel()
    label.setFixedSize(SIDE, SIDE)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    ratio = label.devicePixelRatioF()
    if copy is None:
        label.setPixmap(icon("warning", theme.warning).pixmap(QSize(24, 24), ratio))
    else:
        label.setPixmap(_thumbnail(copy, theme, ratio))
    return label


def _thumbnail(copy: Copy, theme: Theme, ratio: float) -> QPixmap:
    """The picture of a copy; one that fails costs no more than the picture."""
    try:
        return thumbnail(copy.experiment, theme, SIDE, ratio)
    except Exception:
        _log.exception("The picture of a recovery copy could not be painted")
        return QPixmap()


class RowList(QScrollArea):
    """The rows below one another, with a scroll bar if there are many."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__()
        self._rows = rows
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)
        for row in rows:
            self._column.addWidget(row)
        self._column.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(body)

    def fit(self, width: int) -> None:
        """Make the list as high as its first rows are in this width."""
        scrolls = len(self._rows) > SHOWN_ROWS or self._height(width) > HIGHEST
        if scrolls:
            # A gap beside the scroll bar.
            self._column.setContentsMargins(0, 0, GAP, 0)
            width -= GAP + self.verticalScrollBar().sizeHint().width()
        self.setFixedHeight(min(self._height(width), HIGHEST))

    def _height(self, width: int) -> int:
        """Return the height of the first rows in a width."""
        shown = [row.height_in(width) for row in self._rows[:SHOWN_ROWS]]
        return sum(shown) + (len(shown) - 1) * GAP


def _open_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
