"""The score of each split: accuracy, or R² in regression."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui_app.widgets.figure import Figure
from gui_app.widgets.tips import tip

SPLITS = ("training", "validation", "test")
NAMES = {"accuracy": "Accuracy", "R²": "R²"}
MEANINGS = {
    "accuracy": "The share of points whose class the network finds, on the training points and on points that it has "
    "never trained on.",
    "R²": "1 for a perfect fit, 0 for one that is no better than the mean of the values.",
}


class Scores(QWidget):
    """Name of the score, and a number for each split that has points; the test split only where there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLabel("accuracy")
        self.name.setProperty("role", "name")
        self.figures = {split: Figure(split, 6) for split in SPLITS}
        self._texts: tuple[str, ...] = ("–",) * len(SPLITS)
        self._lane, self._score_name = ("", "", ""), "accuracy"
        self._has_room = True
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.name)
        for figure in self.figures.values():
            row.addWidget(figure)
        self.show_scores("accuracy", self._texts)

    @property
    def texts(self) -> tuple[str, ...]:
        return self._texts

    @property
    def test_width(self) -> int:
        """The width in pixels that the test split takes, whether it is shown or not."""
        return self.figures["test"].minimumSizeHint().width() + self._row.spacing()

    @property
    def least_width(self) -> int:
        """The width in pixels without the test split; a split without points keeps its room."""
        shown = (self.name, self.figures["training"], self.figures["validation"])
        return sum(part.minimumSizeHint().width() for part in shown) + 2 * self._row.spacing()

    def show_scores(self, name: str, texts: tuple[str, ...]) -> None:
        """Show the scores of the splits; "–" for a split without points."""
        self._texts = texts
        self._score_name = name
        self._write_name()
        self.setToolTip(tip(NAMES[name], MEANINGS[name]))
        for figure, text in zip(self.figures.values(), texts, strict=True):
            figure.show_text(text)
        self._show_figures()
        known = [f"{split} {text}" for split, text in zip(SPLITS, texts, strict=True) if text != "–"]
        self.setAccessibleName(f"{name}: {', '.join(known) or '–'}")

    def show_lane(self, name: str, colour: str, short: str = "") -> None:
        """Say above the score's name whose it is, in a colour, or a ``short`` word for it; "" where there is only one
        lane.
        """
        self._lane = name, short or name, colour
        self._write_name()

    def _write_name(self) -> None:
        (lane, word, colour), score = self._lane, self._score_name
        metrics = self.name.fontMetrics()
        # Not wider than what stands below: nothing else moves.
        room = metrics.horizontalAdvance("accuracy")
        short = metrics.elidedText(word, Qt.TextElideMode.ElideRight, room)
        self.name.setText(
            f'<span style="color:{colour}">{escape(short)}</span><br>{score}' if lane else score
        )
        self.name.setAccessibleName(f"{score} of lane {lane}" if lane else score)

    def show_test(self, has_room: bool) -> None:
        """Show the test split too if it ``has_room``."""
        self._has_room = has_room
        self._show_figures()

    def _show_figures(self) -> None:
        for split, text in zip(SPLITS[1:], self._texts[1:], strict=True):
            # Before training, nobody knows yet which splits have points.
            is_known = text != "–" or self._texts[0] == "–"
            self.figures[split].setVisible(is_known and (split != "test" or self._has_room))
