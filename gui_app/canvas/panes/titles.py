"""The titles of panes: a lane's name and scores, and its diagnosis as a small mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from engine.catalogue.texts import counted, r2_text, share_text
from engine.observation.snapshot import STATUS_WORDS, LaneSnapshot, Snapshot, Status
from gui_app.canvas.panes.arrangement import Arrangement
from gui_app.session.current_lane import CurrentLane, LaneLook
from gui_app.session.snapshot_view import LaneModel, LanesView
from gui_app.theme import text_size
from gui_app.theme.icons import icon
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

_MARK, _SPACE, _ICON = 10, 6, 16
_FORMS, _FIRST = 7, 4
"""How many forms scores have, and which of them is the shortest that says of which points they are."""


class PaneFinding(NamedTuple):
    """The most pressing finding about a lane: an icon in a colour, and what it says."""

    icon: str
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class LaneScores:
    """What the title of a pane says: accuracy or R² of training and validation points; NaN where there are none."""

    name: str
    training: float
    validation: float
    status: Status
    seeds: int

    @property
    def forms(self) -> tuple[str, ...]:
        """The scores in words, the longest form first."""
        write = share_text if self.name == "accuracy" else r2_text
        known = [
            (words, value)
            for words, value in (
                (("validation", "val"), self.validation),
                (("training", "train"), self.training),
            )
            if np.isfinite(value)
        ]
        if not known:
            return (STATUS_WORDS[self.status], "")
        group = f"{counted(self.seeds, 'seed')}, median " if self.seeds else ""
        end = f", {STATUS_WORDS[self.status]}" if STATUS_WORDS[self.status] else ""
        long = group + f"{self.name} " + ", ".join(f"{words[0]} {write(value)}" for words, value in known)
        short = " · ".join(f"{words[1]} {write(value)}" for words, value in known)
        first = f"{known[0][0][1]} {write(known[0][1])}"
        shortest = write(known[0][1])
        return (long + end, f"{self.name} {short}{end}", f"{self.name} {short}", short, first, shortest, "")


def forms_of(scores: LaneScores | None) -> tuple[str, ...]:
    """Return what is said of a lane, the longest form first."""
    return scores.forms if scores is not None else ("not trained yet", "")


def _named(look: LaneLook, scores: LaneScores | None) -> str:
    """Return a lane's name, with how many seeds it has."""
    return f"{look.name} ×{scores.seeds}" if scores is not None and scores.seeds else look.name


class PaneTitle(QAbstractButton):
    """The title of one pane; a click makes its lane current."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = LaneLook(0, "", 0)
        self.scores: LaneScores | None = None
        self.finding: PaneFinding | None = None
        self.theme = LIGHT
        self.shortened = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_lane(
        self, look: LaneLook, is_current: bool, scores: LaneScores | None, finding: PaneFinding | None
    ) -> None:
        self.look, self.scores, self.finding = look, scores, finding
        self.setCheckable(True)
        self.setChecked(is_current)
        said = scores.forms[0] if scores is not None else "not trained yet"
        more = f" {finding.title}." if finding is not None else ""
        self.setAccessibleName(f"Lane {look.name}: {said or 'not trained yet'}")
        self.setAccessibleDescription(more.strip())
        self.setToolTip(
            tip(f"Lane {look.name}", f"{said.capitalize() or 'Not trained yet'}.{more} Click to choose it.")
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 22)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_title(
            painter,
            QRectF(self.rect()),
            self.look,
            self.scores,
            self.finding,
            self.isChecked(),
            self.theme,
            self.shortened,
        )

    def has_room(self, form: int) -> bool:
        """Whether a form of the scores fits."""
        forms = forms_of(self.scores)
        places = _Places.of(
            QRectF(self.rect()),
            _named(self.look, self.scores),
            self.finding is not None,
            self.isChecked(),
            self.font(),
        )
        return places.has_room(forms[min(form, len(forms) - 1)])


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of a title are, and the fonts they are written in."""

    name: str
    name_left: float
    scores_left: float
    right: float
    font: QFont
    small: QFont

    @classmethod
    def of(cls, rect: QRectF, whole: str, has_finding: bool, is_current: bool, font: QFont) -> _Places:
        large, small = QFont(font), QFont(font)
        large.setPixelSize(text_size.body())
        large.setBold(is_current)
        small.setPixelSize(text_size.small())
        left = rect.left() + 2 * _SPACE + _MARK
        right = rect.right() - _SPACE - (_ICON + _SPACE) * has_finding
        metrics = QFontMetrics(large)
        wide = int(max((right - left) * 0.6, right - left - metrics.horizontalAdvance("100 %") - 12, 20))
        said = QFontMetrics(small).horizontalAdvance("val 100 %") + _SPACE + 2
        wide = max(min(wide, int(right - left - said)), min(metrics.horizontalAdvance("MMMM"), wide))
        name = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, wide)
        return cls(name, left, left + metrics.horizontalAdvance(name) + _SPACE + 2, right, large, small)

    def has_room(self, said: str) -> bool:
        return QFontMetrics(self.small).horizontalAdvance(said) <= self.right - self.scores_left


def paint_title(
    painter: QPainter,
    rect: QRectF,
    look: LaneLook,
    scores: LaneScores | None,
    finding: PaneFinding | None,
    is_current: bool,
    theme: Theme,
    shortened: int = 0,
) -> None:
    """Paint colour, name and scores of a lane, and the mark of its finding at the right.

    ``shortened`` is the longest of the forms of the scores that may be used.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.lanes[look.colour]))
    middle = rect.center().y()
    painter.drawRoundedRect(QRectF(rect.left() + _SPACE, middle - _MARK / 2, _MARK, _MARK), 3, 3)
    if finding is not None:
        place = QRectF(rect.right() - _SPACE - _ICON, middle - _ICON / 2, _ICON, _ICON)
        icon(finding.icon, finding.colour).paint(painter, place.toRect())
    places = _Places.of(rect, _named(look, scores), finding is not None, is_current, painter.font())
    flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine)
    painter.setFont(places.font)
    painter.setPen(QColor(theme.text))
    painter.drawText(QRectF(places.name_left, rect.top(), rect.width(), rect.height()), flags, places.name)
    painter.setFont(places.small)
    painter.setPen(QColor(theme.muted))
    said = next((form for form in forms_of(scores)[shortened:] if places.has_room(form)), "")
    painter.drawText(QRectF(places.scores_left, rect.top(), rect.width(), rect.height()), flags, said)
    painter.restore()


class PaneTitles(LanesView[LaneScores | None, tuple[object, ...], tuple[LaneModel[LaneScores | None], ...]]):
    """The titles of all panes of a canvas."""

    def __init__(self, canvas: QWidget, current: CurrentLane) -> None:
        self._canvas = canvas
        self.titles: list[PaneTitle] = []
        self.theme = LIGHT
        self.findings: Mapping[str, PaneFinding] = {}
        self._arrangement: Arrangement | None = None
        self._parts: tuple[LaneModel[LaneScores | None], ...] = ()
        self.follow_lane(current)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> LaneScores | None:
        if lane is None or snapshot is None or snapshot.training_points == 0:
            return None
        name = "accuracy" if snapshot.task == "classification" else "R²"
        training, validation = (float(lane.now.score[split]) for split in range(2))
        return LaneScores(name, training, validation, lane.status, len(lane.repeats))

    @property
    def options(self) -> tuple[object, ...]:
        return self.theme, tuple(self.findings.items())

    @staticmethod
    def compose(
        model: tuple[LaneModel[LaneScores | None], ...], options: tuple[object, ...]
    ) -> tuple[LaneModel[LaneScores | None], ...]:
        return model

    def draw(self, shown: tuple[LaneModel[LaneScores | None], ...]) -> None:
        self._parts = shown
        self._fill()

    def arrange(self, arrangement: Arrangement) -> None:
        """Put the titles at the upper edges of the panes; a single pane has none."""
        self._arrangement = arrangement
        count = 0 if arrangement.is_single else len(arrangement.panes)
        while len(self.titles) < count:
            title = PaneTitle(self._canvas)
            title.clicked.connect(lambda _=False, title=title: self._choose(title))
            self.titles.append(title)
        for index, title in enumerate(self.titles):
            if index < count:
                pane = arrangement.panes[index]
                title.setGeometry(
                    QRect(pane.left() + 2, pane.top() + 2, pane.width() - 4, arrangement.title_height)
                )
            title.setVisible(index < count)
        self._fill()

    def part(self, index: int) -> LaneModel[LaneScores | None] | None:
        return self._parts[index] if index < len(self._parts) else None

    def _fill(self) -> None:
        shown = [title for title, _ in zip(self.titles, self._parts, strict=False)]
        for title, part in zip(shown, self._parts, strict=False):
            title.theme = self.theme
            title.show_lane(part.look, part.is_current, part.model, self.findings.get(part.look.name))
        # All titles say the same of their lanes, where any of it fits all of them.
        fitting = (form for form in range(_FORMS - 1) if all(title.has_room(form) for title in shown))
        shortened = min(next(fitting, 0), _FIRST)
        for title in shown:
            title.shortened = min(shortened, len(forms_of(title.scores)) - 1)

    def _choose(self, title: PaneTitle) -> None:
        title.setChecked(title.look.number == self.current.index)
        self.current.choose(title.look.number)
