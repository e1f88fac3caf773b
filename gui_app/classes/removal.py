"""The dialog that asks what happens to the points of a removed class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue.texts import counted


class ClassRemoval(QDialog):
    """Dialog that asks whether to delete the points of class ``gone`` or to give them to class ``into``.

    ``labels`` are the names of all classes.
    """

    def __init__(self, gone: int, labels: Sequence[str], points: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Remove class {labels[gone]}")
        number = counted(points, "point")
        self.merge = QRadioButton("Give them to class")
        self.delete = QRadioButton("Delete them")
        self.merge.setChecked(True)
        self.others = QComboBox()
        self.others.setAccessibleName("Class that takes the points")
        for index, label in enumerate(labels):
            if index != gone:
                self.others.addItem(label, index)
        self.merge.toggled.connect(self.others.setEnabled)
        headline = QLabel(f"Class {labels[gone]} has {number}. What becomes of them?")
        headline.setTextFormat(Qt.TextFormat.PlainText)
        headline.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        remove = self.buttons.addButton("Remove class", QDialogButtonBox.ButtonRole.AcceptRole)
        remove.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out(headline)

    @property
    def into(self) -> int | None:
        """The class that takes the points; None if they are deleted."""
        return self.others.currentData() if self.merge.isChecked() else None

    def _lay_out(self, headline: QLabel) -> None:
        row = QHBoxLayout()
        row.addWidget(self.merge)
        row.addWidget(self.others, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(headline)
        column.addLayout(row)
        column.addWidget(self.delete)
        column.addWidget(self.buttons)
