"""The line above the diagram: what connections show, and the number of hidden layers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from engine.catalogue.hyperparameters import MAX_HIDDEN_LAYERS
from engine.catalogue.texts import counted
from gui_app.diagram.strengths import QUANTITIES
from gui_app.theme import text_size
from gui_app.theme.text import line_height
from gui_app.theme.tokens import SPACE, Theme
from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.elided_label import ElidedLabel
from gui_app.widgets.tips import tip

SIDE = 18
"""Pixels along a button, at the default size of the text."""


def button_side() -> int:
    """Return the side of a button at the present size of the text."""
    return text_size.scaled(SIDE, text_size.scale())


def fit(button: QToolButton) -> None:
    """Give a button the size that goes with the text."""
    button.setFixedSize(button_side(), button_side())
    button.setIconSize(button.size() * 0.7)


def small_button(icon_name: str, name: str, meaning: str) -> QToolButton:
    """Return a button that the keyboard does not reach, because keys of the diagram do the same."""
    button = icon_button(icon_name, name, tip(name, meaning))
    fit(button)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setAutoRepeat(False)
    return button


class DiagramHeader(QWidget):
    """``layers_asked(by)`` is emitted by − and +; ``choice`` says what connections show."""

    layers_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = ChoiceBox(QUANTITIES, "Connections show")
        self.choice.setProperty("kind", "title")
        self.choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.whose = ElidedLabel()
        self.whose.setProperty("role", "caption")
        self.count = QLabel()
        self.count.setProperty("role", "caption")
        self.less = small_button("minus", "Remove a hidden layer", "The last one before the output.")
        self.more = small_button("plus", "Add a hidden layer", "Before the output, as wide as the last one.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2 * SPACE, 0)
        row.setSpacing(2)
        row.addWidget(self.choice)
        row.addWidget(self.whose, 1)
        row.addStretch()
        for part in (self.less, self.count, self.more):
            row.addWidget(part)
        self.less.clicked.connect(lambda: self.layers_asked.emit(-1))
        self.more.clicked.connect(lambda: self.layers_asked.emit(1))
        self.setFixedHeight(round(line_height()) + 3 * SPACE)

    def show_layers(self, hidden: int) -> None:
        """Show the number of hidden layers."""
        self.count.setText(counted(hidden, "layer"))
        self.count.setToolTip(f"{counted(hidden, 'hidden layer')}")
        self.less.setEnabled(hidden > 0)
        self.more.setEnabled(hidden < MAX_HIDDEN_LAYERS)

    def show_whose(self, whose: str) -> None:
        """Say whose network it is; nothing where there is only one."""
        self.whose.show_text(whose)
        self.whose.setToolTip(f"The network of {whose}" if whose else "")
        self.whose.setVisible(bool(whose))

    def apply_theme(self, theme: Theme) -> None:
        tint(self, theme.muted)
        for button in (self.less, self.more):
            fit(button)
        self.setFixedHeight(round(line_height()) + 3 * SPACE)
