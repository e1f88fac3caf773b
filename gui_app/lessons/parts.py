"""The parts of a step: what to do, what to watch, a question with its answer, and lines of code."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontDatabase,
    QGuiApplication,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from engine.export.code.folding import folded
from engine.lessons import Block
from gui_app.theme import text_size
from gui_app.widgets.blocks import BlocksView
from gui_app.widgets.buttons import icon_button, text_button
from gui_app.widgets.guarded import guarded
from gui_app.widgets.outline import flash
from gui_app.widgets.tips import tip

GAP = 6


class Part(QFrame):
    """A heading, then a text, then whatever is put into ``body``; ``head`` holds what stands beside the heading."""

    def __init__(self, title: str, blocks: Sequence[Block] = (), kind: str = "part") -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setAccessibleName(title)
        heading = QLabel(title)
        heading.setProperty("role", "part")
        self.head = QHBoxLayout()
        self.head.setSpacing(GAP)
        self.head.addWidget(heading)
        self.head.addStretch(1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(10, 6, 10, 8)
        self.body.setSpacing(GAP)
        self.body.addLayout(self.head)
        if blocks:
            self.body.addWidget(BlocksView(blocks))


class DoPart(Part):
    """What to do, with a button that does it, and a tick once it is done."""

    def __init__(self, blocks: Sequence[Block], offers: bool) -> None:
        super().__init__("Do", blocks, "do")
        self.done = QLabel("✓ Done")
        self.done.setProperty("role", "done")
        self.done.setToolTip(tip("Done", "You have done this step. It stays done, whatever you try next."))
        self.head.addWidget(self.done)
        self.done.hide()
        self.button = text_button(
            "Do it for me",
            tip("Do it for me", "Changes what is asked for and trains. Ctrl+Z undoes the changes."),
        )
        self.button.setVisible(offers)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        self.body.addLayout(row)

    def show_met(self, is_met: bool) -> None:
        """Show whether it is done; when that has just happened, it is seen to happen."""
        if is_met and self.done.isHidden() and self.isVisible():
            flash(self)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, "Done"))
        self.done.setVisible(is_met)

    def show_doing(self, is_doing: bool) -> None:
        """Show whether it is being done."""
        self.button.setText("Doing it …" if is_doing else "Do it for me")
        self.button.setEnabled(not is_doing)


class WatchPart(Part):
    """What to watch, with a button that shows where that is."""

    def __init__(self, blocks: Sequence[Block], names: Sequence[str]) -> None:
        super().__init__("Watch", blocks)
        self.where = icon_button(
            "eye", "Show where", tip("Show where", f"Bring to the front: {', '.join(names)}."), side=22
        )
        self.where.setVisible(bool(names))
        self.head.addWidget(self.where)
        if not blocks:
            self.body.addWidget(QLabel(", ".join(names)))


class QuestionPart(Part):
    """A question whose answer is shown when it is asked for."""

    def __init__(self, question: Sequence[Block], answer: Sequence[Block]) -> None:
        super().__init__("Question", question)
        self.answer = BlocksView(answer)
        self.answer.hide()
        self.button = text_button("Show the answer", tip("Show the answer", "Think first."))
        self.button.clicked.connect(self._toggle)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.answer)

    def _toggle(self) -> None:
        shown = self.answer.isHidden()
        self.answer.setVisible(shown)
        self.button.setText("Hide the answer" if shown else "Show the answer")
        self.button.setAccessibleName(self.button.text())


class CodePart(Part):
    """Lines of Keras, and a button that copies them."""

    def __init__(self) -> None:
        super().__init__("In Keras")
        self.text = ""
        """The lines, none of them folded."""
        self.copy = icon_button("copy", "Copy the code", tip("Copy", "Copy these lines."), side=22)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text))
        self.head.addWidget(self.copy)
        self.lines = QPlainTextEdit()
        self.lines.setReadOnly(True)
        self.lines.setProperty("kind", "code")
        self.lines.setFrameShape(QFrame.Shape.NoFrame)
        self.lines.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        for hide in (self.lines.setVerticalScrollBarPolicy, self.lines.setHorizontalScrollBarPolicy):
            hide(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.lines.setAccessibleName("Code in Keras")
        self.lines.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.lines.document().setDocumentMargin(0.0)
        self.body.addWidget(self.lines)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show lines of code, long ones folded; without any, the part is hidden."""
        self.text = "\n".join(lines)
        self.setVisible(bool(self.text))
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(text_size.small() + 1)
        self.lines.setFont(font)
        self._fit()

    def _fit(self) -> None:
        """Fold the lines to the width, and be as high as they are."""
        columns = int(
            self.lines.viewport().width() / self.lines.fontMetrics().horizontalAdvance("x" * 100) * 100
        )
        shown = "\n".join(folded(line, columns) for line in self.text.split("\n"))
        if shown != self.lines.toPlainText():
            self.lines.setPlainText(shown)
        rows = int(self.lines.document().size().height())
        self.lines.setFixedHeight(self.lines.fontMetrics().lineSpacing() * max(rows, 1) + 4)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class NotePart(QWidget):
    """What may be skipped, small."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.addWidget(BlocksView(blocks, small=True))
