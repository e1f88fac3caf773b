"""A plot's legend: what its colours mean, with the current values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.plots.drawing.text import small_font, text_width
from gui_app.theme.tokens import SPACE, Theme

GAP = 10
SAMPLE = 10.0
SLOT = "0.0031"
"""Each value gets at least the width of this text, so that the legend does not move when digits change."""

Kind = Literal["line", "thin", "dashed", "bar", "tick", "strip", "note"]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A label with a sample of its line or bar; ``colours`` holds one colour, or all colours of a strip."""

    label: str
    kind: Kind
    colours: tuple[str, ...]
    value: str = ""
    alarming: bool = False
    short: str = ""
    """A shorter label for narrow plots; empty if ``label`` is short already."""


def fitted(entries: Sequence[LegendEntry], room: float) -> list[LegendEntry]:
    """Return the entries shortened to fit into ``room`` pixels.

    First the labels are shortened, then the notes at the end go, then the values of the last entries, then the last
    entries themselves.
    """
    plain = list(entries)
    while plain and plain[-1].kind == "note":
        plain.pop()
    for kept in (list(entries), _short(entries), _short(plain)):
        if legend_width(kept) <= room:
            return kept
    kept = _short(plain)
    for index in reversed(range(len(kept))):
        kept[index] = replace(kept[index], value="")
        if legend_width(kept) <= room:
            return kept
    # A note means nothing without the entry after it.
    while kept and (legend_width(kept) > room or (len(kept) < len(plain) and kept[-1].kind == "note")):
        kept.pop()
    return kept


def _short(entries: Sequence[LegendEntry]) -> list[LegendEntry]:
    return [replace(entry, label=entry.short or entry.label) for entry in entries]


def legend_width(entries: Sequence[LegendEntry]) -> float:
    """Return the width of the entries side by side, in pixels."""
    return sum(_entry_width(entry) + _gap(entry) for entry in entries) - sum(map(_gap, entries[-1:]))


def _gap(entry: LegendEntry) -> float:
    """Return the gap after an entry; a note stands close to the entry that it belongs to."""
    return SPACE + 1.0 if entry.kind == "note" else GAP


def _entry_width(entry: LegendEntry) -> float:
    width = _sample_width(entry) + text_width(entry.label)
    if entry.value:
        width += SPACE + max(text_width(SLOT), text_width(entry.value))
    return width


def _sample_width(entry: LegendEntry) -> float:
    if entry.kind == "note":
        return 0.0
    return (48.0 if entry.kind == "strip" else SAMPLE) + SPACE + 1.0


def paint_legend(painter: QPainter, rect: QRectF, entries: Sequence[LegendEntry], theme: Theme) -> None:
    """Draw the entries at the right end of ``rect``."""
    painter.setFont(small_font())
    kept = fitted(entries, rect.width())
    left = rect.right() - legend_width(kept)
    for entry in kept:
        _paint_entry(painter, QRectF(left, rect.top(), rect.right() - left, rect.height()), entry, theme)
        left += _entry_width(entry) + _gap(entry)


def _paint_entry(painter: QPainter, rect: QRectF, entry: LegendEntry, theme: Theme) -> None:
    _paint_sample(painter, rect, entry)
    rect = rect.adjusted(_sample_width(entry), 0.0, 0.0, 0.0)
    painter.setPen(QColor(theme.muted))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, entry.label)
    if entry.value:
        rect = rect.adjusted(text_width(entry.label) + SPACE, 0.0, 0.0, 0.0)
        painter.setPen(QColor(theme.danger if entry.alarming else theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, entry.value)


def _paint_sample(painter: QPainter, rect: QRectF, entry: LegendEntry) -> None:
    left, middle = rect.left(), round(rect.center().y()) + 0.5
    if entry.kind in ("line", "thin", "dashed", "tick"):
        pen = QPen(QColor(entry.colours[0]), 1.0 if entry.kind == "thin" else 2.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if entry.kind == "dashed":
            pen.setDashPattern([2.0, 1.5])
        painter.setPen(pen)
        painter.drawLine(QPointF(left, middle), QPointF(left + SAMPLE, middle))
    elif entry.kind in ("bar", "strip"):
        _paint_blocks(
            painter, QRectF(left, middle - 4.0, _sample_width(entry) - SPACE - 1.0, 8.0), entry.colours
        )


def _paint_blocks(painter: QPainter, rect: QRectF, colours: Sequence[str]) -> None:
    width = rect.width() / len(colours)
    for index, colour in enumerate(colours):
        painter.fillRect(
            QRectF(rect.left() + index * width, rect.top(), width, rect.height()), QColor(colour)
        )
