"""The small window that asks where a lane begins that was duplicated in the middle of a run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.popover import Popover
from gui_app.widgets.tips import tip

_WIDTH = 380


class StartQuestion(Popover):
    """``answered(continues, remember)`` follows, but not when it is closed otherwise: the lane then starts anew."""

    answered = Signal(bool, bool)

    def __init__(self, name: str, source: str, parent: QWidget | None = None) -> None:
        super().__init__(f"Where lane {name} begins", _WIDTH, parent=parent)
        heading = QLabel(f"Where does lane {name} begin?")
        heading.setProperty("role", "title")
        heading.setWordWrap(True)
        meaning = (
            f"Anew, it trains from its seed, as lane {source} has; Reset then starts both together. Or it goes on "
            f"from the present weights of lane {source}, to try something from there."
        )
        self.anew = text_button(
            "Start anew", tip("Start anew", "From the initial weights of its seed."), "primary"
        )
        continues = tip(
            f"Continue from {source}", f"Weights, optimizer, history and epochs of lane {source}."
        )
        self.go_on = text_button("Continue from there", continues)
        self.remember = QCheckBox("Remember this")
        self.remember.setToolTip(tip("Remember this", "The menu Lanes changes it again."))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.go_on)
        buttons.addWidget(self.anew)
        self.column.addWidget(heading)
        self.column.addWidget(caption(meaning))
        self.column.addWidget(self.remember)
        self.column.addLayout(buttons)
        self.anew.clicked.connect(lambda: self._answer(False))
        self.go_on.clicked.connect(lambda: self._answer(True))

    def focus_first(self) -> None:
        self.anew.setFocus()

    def accept(self) -> None:
        self._answer(self.go_on.hasFocus())

    def _answer(self, continues: bool) -> None:
        self.answered.emit(continues, self.remember.isChecked())
        self.close()
