"""The line below the table of differences: whether two groups of seeds differ by more than their spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.catalogue.texts import counted
from engine.observation.paired import ENOUGH, FEWEST
from engine.observation.verdict import SAME_DRAWS, Group, pair_to_compare
from gui_app.comparing.lines import VerdictLine
from gui_app.session.snapshot_view import same
from gui_app.theme.tokens import SPACE, Theme
from gui_app.widgets.buttons import text_button
from gui_app.widgets.tips import tip

QUESTION = "Is the difference more than the spread?"
TOO_FEW = f"Repeat both lanes with {ENOUGH} seeds or more: menu Lanes, Repeat with seeds."
NOT_YET = "The seeds of both lanes have not been trained yet."
STALE = "Out of date, ask again."
COMPARING = "Comparing …"
Groups = tuple[Group | None, ...]


class Asked(NamedTuple):
    """A verdict, and the two groups that it is about."""

    first: Group
    second: Group
    sentence: str


def pair_of(groups: Groups, current: int) -> tuple[Group, Group] | None:
    """Return the two groups that a verdict would be about now; None where there are not two."""
    found = pair_to_compare([0 if one is None else len(one.seeds) for one in groups], current)
    if found is None:
        return None
    first, second = groups[found[0]], groups[found[1]]
    return None if first is None or second is None else (first, second)


def verdict_line(groups: Groups, repeats: Sequence[int], current: int, asked: Asked | None) -> VerdictLine:
    """Return what is said: the verdict that was asked for while its lanes are there, stale when they have moved on."""
    reason, pair = "", pair_of(groups, current)
    if pair is None:
        reason = NOT_YET if sum(count >= FEWEST for count in repeats) > 1 else TOO_FEW
    if asked is None:
        return VerdictLine(reason=reason)
    now = {group.name: group for group in groups if group is not None}
    names = asked.first.name, asked.second.name
    if not all(name in now for name in names):
        return VerdictLine(reason=reason)
    fresh = same((now[names[0]], now[names[1]]), (asked.first, asked.second))
    is_of_others = pair is not None and {one.name for one in pair} != {*names}
    return VerdictLine(asked.sentence, not fresh, reason, is_of_others=is_of_others)


class VerdictPart(QWidget):
    """The question as a button, and the answer. ``asked()`` follows a click."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.button = text_button(QUESTION, "", "compact")
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setAccessibleName("Verdict")
        self._area = _AnswerArea(self.answer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._area)
        self._area.hide()
        self.button.clicked.connect(self.asked)

    def show_line(self, line: VerdictLine, theme: Theme, is_low: bool = False) -> None:
        """Show a line. In a dock that ``is_low``, the question is there while it can be asked anew."""
        needless = line.reason == TOO_FEW or (line.holds and not line.is_of_others)
        self.button.setVisible(not (is_low and needless))
        self.button.setEnabled(not (line.reason or line.is_asked))
        self.button.setToolTip(tip(QUESTION, line.reason or meaning()))
        said = f"{STALE} {line.text}" if line.is_stale else line.text
        said = COMPARING if line.is_asked else said
        if said != self.answer.text():
            self.answer.setText(said)
            self._area.verticalScrollBar().setValue(0)
        self.answer.setStyleSheet(f"color: {theme.muted if line.is_stale or line.is_asked else theme.text};")
        self.answer.setToolTip(tip("Verdict", said) if said else "")
        self._area.setVisible(bool(said))
        self.setVisible(bool(said) or not self.button.isHidden())
        self._area.updateGeometry()


def meaning() -> str:
    """Return what the button does."""
    return (
        "Compares two lanes seed by seed with Wilcoxon's signed-rank test. Give each "
        f"{counted(ENOUGH, 'seed')} or more: fewer cannot show a difference, whatever they say. {SAME_DRAWS}"
    )


class _AnswerArea(QScrollArea):
    """As tall as the answer; scrolls it where the dock is too small for that."""

    def __init__(self, answer: QLabel) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._answer = answer
        self.setWidget(answer)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(policy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._answer.heightForWidth(width)

    def sizeHint(self) -> QSize:
        width = max(self.width(), 200)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._answer.fontMetrics().lineSpacing())
