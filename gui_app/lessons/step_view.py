"""One step of a lesson as a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui_app.lessons.parts import CodePart, DoPart, NotePart, QuestionPart, WatchPart
from gui_app.widgets.blocks import BlocksView

if TYPE_CHECKING:
    from engine.lessons import Step

MARGIN, GAP = 14, 10
Names = Callable[[Sequence[str]], Sequence[str]]
"""Returns what the window calls views, by their keys."""


class StepView(QWidget):
    """The words of ``step`` from top to bottom.

    ``do_wanted`` asks to do for the person what the step asks for, ``where_wanted`` to show where to look.
    """

    do_wanted = Signal()
    where_wanted = Signal()

    def __init__(self, step: Step, names: Names) -> None:
        super().__init__()
        self.do: DoPart | None = None
        self.question: QuestionPart | None = None
        self.code = CodePart()
        self.title = QLabel(step.title)
        self.title.setProperty("role", "headline")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(MARGIN, GAP, MARGIN - 6, GAP)
        self._column.setSpacing(GAP)
        self._column.addWidget(self.title)
        self._fill(step, names)
        self._column.addStretch(1)

    def _fill(self, step: Step, names: Names) -> None:
        add = self._column.addWidget
        if step.body:
            add(BlocksView(step.body))
        if step.do_text or step.do is not None or step.wait:
            self.do = DoPart(step.do_text, step.do is not None)
            self.do.button.clicked.connect(self.do_wanted)
            add(self.do)
        if step.watch_text or step.watch:
            watch = WatchPart(step.watch_text, names(step.watch))
            watch.where.clicked.connect(self.where_wanted)
            add(watch)
        if step.question:
            self.question = QuestionPart(step.question, step.answer)
            add(self.question)
        add(self.code)
        self.code.hide()
        if step.note:
            add(NotePart(step.note))
