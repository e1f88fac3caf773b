"""How a chip looks: in one line, or in two where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from engine.catalogue.texts import counted
from engine.experiment.differences import Change
from gui_app.session.current_lane import LaneLook
from gui_app.theme import text_size
from gui_app.theme.icons import icon
from gui_app.theme.tokens import Theme, mix

MARK, SPACE, ICON, GLYPH = 10, 7, 16, 13
_CORNER = 6.0
_FLAGS = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_ON_AND_OFF = {"hidden": ("eye", "eye-off"), "muted": ("mute-off", "mute")}


class ChipLook(NamedTuple):
    """What a chip shows.

    ``status`` is a word or two, "" while the lane simply trains or waits; ``short`` and ``glyph``, the name of an icon,
    say the same where there is little room.
    """

    look: LaneLook
    changes: tuple[Change, ...]
    status: str
    alarming: bool
    seeds: int
    is_current: bool
    is_selected: bool
    hidden: bool
    muted: bool
    short: str = ""
    glyph: str = ""
    unseen: str = ""
    """Why no view shows it though it is not hidden; "" where views do."""
    sweep: str = ""
    """What the sweep is called of which the lane is the chosen cell; "" for a lane of its own."""
    cells: tuple[str, ...] = ()
    """The names of the lanes that are the cells of the sweep."""

    @property
    def name(self) -> str:
        name = self.sweep or self.look.name
        return f"{name} ×{self.seeds}" if self.seeds > 1 else name

    @property
    def title(self) -> str:
        """What the chip stands for."""
        return self.sweep or f"Lane {self.look.name}"

    @property
    def apart(self) -> str:
        """What sets the lane apart from the first one, in words; the name of a cell."""
        if self.sweep:
            return f"cell {self.look.name}"
        return ", ".join(f"{change.name} {change.after}" for change in self.changes)

    @property
    def said(self) -> str:
        """Everything in words, for tooltips and screen readers."""
        muted = self.muted and not self.status.startswith("muted")
        parts = (
            self.apart or ("the same settings as the first lane" if self.look.number else ""),
            f"{counted(len(self.cells), 'network')} in a grid" if self.sweep and self.seeds == 1 else "",
            counted(self.seeds, "seed") if self.seeds > 1 else "",
            self.status,
            "muted" if muted else "",
            "hidden" if self.hidden else "",
        )
        return ", ".join(filter(None, parts))


ROUNDED = 2
"""Pixels beside a name: its advance is rounded to whole ones, and a name that is a part of one wider would be cut."""


def fonts(font: QFont, is_current: bool) -> tuple[QFont, QFont]:
    """Return the font of a chip's name, and that of all else."""
    name, small = QFont(font), QFont(font)
    name.setPixelSize(text_size.body())
    name.setBold(is_current)
    small.setPixelSize(text_size.small())
    return name, small


def wanted_width(shown: ChipLook, font: QFont, two_lines: bool) -> int:
    """Return the width in pixels in which all words have room."""
    name, small = (QFontMetrics(one) for one in fonts(font, shown.is_current))
    signs = (ICON + 4) * (shown.muted + shown.hidden)
    upper = MARK + SPACE + name.horizontalAdvance(shown.name) + ROUNDED + signs
    apart, status = (small.horizontalAdvance(words) for words in (shown.apart, shown.status))
    if not two_lines:
        return upper + apart + status + 4 * SPACE
    if not apart:
        return max(upper, status) + 2 * SPACE
    return max(upper + SPACE + status, apart) + 2 * SPACE


def fitted(changes: Sequence[Change], metrics: QFontMetrics, room: int) -> str:
    """Return the differences that fit, in as many words as fit, and how many more there are.

    A name gives way before its value: "learning rate 0.03", "rate 0.03", "0.03".
    """
    parts = [f"{change.name} {change.after}" for change in changes]
    whole = [", ".join(parts[:count]) + _more(len(parts) - count) for count in range(len(parts), 0, -1)]
    first, more = changes[0], _more(len(parts) - 1)
    last_word = first.name.split(" ")[-1]
    forms = (*whole, f"{last_word} {first.after}{more}", f"{first.after}{more}")
    fitting = next((form for form in forms if metrics.horizontalAdvance(form) <= room), None)
    return fitting or metrics.elidedText(first.after, Qt.TextElideMode.ElideRight, room)


def _more(count: int) -> str:
    return f" +{count}" if count else ""


def paint_chip(
    painter: QPainter,
    size: QRectF,
    shown: ChipLook,
    theme: Theme,
    font: QFont,
    signs: dict[str, QRectF],
    hovered: bool,
    two_lines: bool,
) -> None:
    """Paint a chip into ``size``; ``signs`` are the places of the eye and the mute sign, by key."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = theme.lanes[shown.look.colour]
    ground = mix(theme.panel, colour, 0.14) if shown.is_selected else theme.panel
    painter.setBrush(QColor(mix(ground, theme.text, 0.05) if hovered else ground))
    edge = colour if shown.is_current else theme.border
    painter.setPen(QPen(QColor(edge), 2.0 if shown.is_current else 1.0))
    painter.drawRoundedRect(size.adjusted(1.5, 2.5, -1.5, -2.5), _CORNER, _CORNER)
    painter.setOpacity(0.55 if shown.hidden else 1.0)
    if two_lines:
        _paint_two_lines(_Pen(painter, shown, theme, font), size, signs)
    else:
        _paint_one_line(_Pen(painter, shown, theme, font), size, signs)
    painter.setOpacity(1.0)
    for key, place in signs.items():
        on: bool = getattr(shown, key)
        icon(_ON_AND_OFF[key][on], theme.text if on else theme.muted).paint(painter, place.toRect())


class _Pen:
    """Paints the parts of a chip into rectangles."""

    def __init__(self, painter: QPainter, shown: ChipLook, theme: Theme, font: QFont) -> None:
        self.painter, self.shown, self.theme = painter, shown, theme
        self.name_font, self.small_font = fonts(font, shown.is_current)
        self.names, self.smalls = QFontMetrics(self.name_font), QFontMetrics(self.small_font)

    def mark(self, line: QRectF) -> None:
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.theme.lanes[self.shown.look.colour]))
        self.painter.drawRoundedRect(QRectF(SPACE, line.center().y() - MARK / 2, MARK, MARK), 3, 3)

    def name(self, line: QRectF) -> float:
        """Paint the name; return where it ends."""
        name = self.names.elidedText(self.shown.name, Qt.TextElideMode.ElideRight, max(int(line.width()), 8))
        self._text(line, name, self.name_font, self.theme.text)
        return line.left() + self.names.horizontalAdvance(name)

    def apart(self, line: QRectF) -> None:
        room = int(line.width())
        if self.shown.sweep:
            text = self.smalls.elidedText(self.shown.apart, Qt.TextElideMode.ElideRight, room)
        else:
            text = fitted(self.shown.changes, self.smalls, room)
        self._text(line, text, self.small_font, self.theme.muted)

    def status(self, line: QRectF, words: str) -> float:
        """Paint words at the right end of a line; return where they begin."""
        wide = self.smalls.horizontalAdvance(words)
        self._text(
            QRectF(line.right() - wide, line.top(), wide, line.height()), words, self.small_font, self._tone
        )
        return line.right() - wide

    def glyph(self, left: float, line: QRectF) -> None:
        place = QRectF(left, line.center().y() - GLYPH / 2, GLYPH, GLYPH)
        icon(self.shown.glyph, self._tone).paint(self.painter, place.toRect())

    @property
    def _tone(self) -> str:
        return self.theme.danger if self.shown.alarming else self.theme.text

    def _text(self, line: QRectF, text: str, font: QFont, colour: str) -> None:
        self.painter.setFont(font)
        self.painter.setPen(QColor(colour))
        self.painter.drawText(line.adjusted(0, 0, 2, 0), _FLAGS, text)

    def status_that_fits(self, room: float) -> str:
        forms = filter(None, (self.shown.status, self.shown.short))
        return next((form for form in forms if self.smalls.horizontalAdvance(form) <= room), "")


def _paint_one_line(pen: _Pen, size: QRectF, signs: dict[str, QRectF]) -> None:
    """Name, what sets it apart, and status; the middle one gives way."""
    shown = pen.shown
    right = min((place.left() for place in signs.values()), default=size.right() - 1.0) - SPACE
    line = QRectF(size)
    line.setRight(right)
    pen.mark(line)
    line.setLeft(2.0 * SPACE + MARK)
    line.setLeft(pen.name(line) + SPACE)
    if words := pen.status_that_fits(line.width()):
        line.setRight(pen.status(line, words) - SPACE)
    elif shown.glyph and line.width() >= GLYPH:
        pen.glyph(line.right() - GLYPH, line)
        line.setRight(line.right() - GLYPH - SPACE)
    if shown.apart and line.width() >= 24:
        pen.apart(line)


def _paint_two_lines(pen: _Pen, size: QRectF, signs: dict[str, QRectF]) -> None:
    """Name and status above what sets the lane apart; a status without room above is a sign below."""
    shown, half = pen.shown, (size.height() - 10) / 2
    upper = QRectF(SPACE, 5, size.width() - 2 * SPACE, half)
    lower = upper.translated(0, half)
    upper.setRight(min((place.left() - 3 for place in signs.values()), default=upper.right()))
    words = pen.status_that_fits(lower.width()) if not shown.apart else ""
    if not shown.apart and not words and not shown.glyph:
        upper.moveTop((size.height() - half) / 2)
    pen.mark(upper)
    upper.setLeft(2.0 * SPACE + MARK)
    upper.setLeft(pen.name(upper) + SPACE)
    if words:
        pen.status(QRectF(lower.left(), lower.top(), pen.smalls.horizontalAdvance(words), half), words)
        return
    if words := pen.status_that_fits(upper.width()):
        pen.status(upper, words)
    elif shown.glyph and upper.width() >= GLYPH:
        pen.glyph(upper.right() - GLYPH, upper)
    elif shown.glyph:
        pen.glyph(lower.left(), lower)
        lower.setLeft(lower.left() + GLYPH + 3)
    if shown.apart:
        pen.apart(lower)
