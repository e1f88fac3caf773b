"""Where a lane begins that is duplicated in the middle of a run: anew, or with the other's present weights."""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.popover import Popover
from gui_app.widgets.tips import tip

KEY = "lanes/start"
ASK, ANEW, CONTINUE = "ask", "anew", "continue"
CHOICES = MappingProxyType(
    {ASK: "Ask each time", ANEW: "Start anew", CONTINUE: "Continue from the other's weights"}
)
_WIDTH = 380


class NewLaneStart(QObject):
    """The person's choice, remembered in ``settings``; ``changed`` follows each change."""

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    @property
    def choice(self) -> str:
        found = str(self._settings.value(KEY, ASK))
        return found if found in CHOICES else ASK

    def choose(self, choice: str) -> None:
        """Raises KeyError for none of ``CHOICES``."""
        CHOICES[choice]
        if choice != self.choice:
            self._settings.setValue(KEY, choice)
            self.changed.emit()


class StartQuestion(Popover):
    """``answered(continues, remember)`` follows, but not when it is closed otherwise: the lane then starts anew."""

    answered = Signal(bool, bool)

    def __init__(self, name: str, source: str, epoch: int, parent: QWidget | None = None) -> None:
        super().__init__(f"Where lane {name} begins", _WIDTH, parent=parent)
        heading = QLabel(f"Where does lane {name} begin?")
        heading.setProperty("role", "title")
        heading.setWordWrap(True)
        meaning = (
            f"Anew, it trains from its seed, as lane {source} has; Reset then starts both together. Or it goes on "
            f"from lane {source}'s weights at epoch {epoch:,}, to try something from there."
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
