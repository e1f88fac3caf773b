"""A plot's legend: what its colours mean, with the current values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import SPACE, Theme

GAP = 10
SAMPLE = 10.0
_DASHES = {"dashed": [2.0, 1.5], "dotted": [0.75, 1.0], "dash-dotted": [2.0, 0.75, 0.75, 0.75]}
_SAMPLES = {"strip": 48.0, "block": 7.0}
SLOT = "0.0031"
"""Each value gets at least the width of this text, so that the legend does not move when digits change."""
FAINT = 0.45
"""Opacity of what is hidden."""

Kind = Literal["line", "thin", "dashed", "dotted", "dash-dotted", "bar", "tick", "strip", "block", "note"]


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A label with a sample of its line or bar; ``colours`` holds one colour, or all colours of a strip.

    A note has no sample; with a colour, it is written in it.
    """

    label: str
    kind: Kind
    colours: tuple[str, ...]
    value: str = ""
    alarming: bool = False
    short: str = ""
    """A shorter label for narrow plots; empty if ``label`` is short already."""
    key: str = ""
    """The name by which its curve is hidden and shown; empty if it cannot be hidden."""
    hidden: bool = False
    name: str = ""
    """The label before it was shortened; empty if it was not."""

    @property
    def full_label(self) -> str:
        """The label, not shortened."""
        return self.name or self.label

    @property
    def sentence(self) -> str:
        """The full label and the value."""
        return f"{self.full_label} {self.value}".strip()


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and its rectangle."""

    entry: LegendEntry
    rect: QRectF


def placed(entries: Sequence[LegendEntry], room: QRectF, rows: int = 2, below: float = 0.0) -> list[Placed]:
    """Return the entries at the right end of ``room``, in as many of ``rows`` lines as they need.

    A line more is taken only where shorter labels do not save it. Where all lines have no room the entries are
    shortened: first the labels, then the notes at the end go, then the values of the last entries, then the last
    entries themselves. Before more is left out, lines after the first reach ``below`` pixels farther to the left.
    """
    in_one_line = ((kept, 1) for kept in (list(entries), _short(entries)))
    for kept, most in chain(in_one_line, ((kept, rows) for kept in _shortened(entries))):
        for more in (0.0, below) if below and most > 1 else (0.0,):
            lines = _lines(kept, room.width(), most, more)
            if lines is not None:
                return list(_in_lines(lines, room))
    return []


def rows_of(entries: Sequence[LegendEntry], room: float) -> int:
    """Return in how many lines of ``room`` pixels all entries stand with their whole labels."""
    widest = max(map(legend_width, _groups(entries)), default=0.0)
    lines = _lines(entries, max(room, widest), len(entries))
    return max(len(lines or ()), 1)


def fitted(entries: Sequence[LegendEntry], room: float, rows: int = 1) -> list[LegendEntry]:
    """Return the entries as ``placed`` shows them in ``rows`` lines of ``room`` pixels."""
    return [one.entry for one in placed(entries, QRectF(0.0, 0.0, room, 1.0), rows)]


def _shortened(entries: Sequence[LegendEntry]) -> list[list[LegendEntry]]:
    """Return the entries, then ever shorter forms of them."""
    plain = list(entries)
    while plain and plain[-1].kind == "note":
        plain.pop()
    kept = _short(plain)
    forms = [list(entries), _short(entries), kept, _bare(kept)]
    for index in reversed(range(len(kept))):
        if not kept[index].value:
            continue
        kept = [*kept[:index], replace(kept[index], value=""), *kept[index + 1 :]]
        forms.append(kept)
    while kept:
        kept = kept[:-1]
        # A note means nothing without the entry after it.
        while kept and kept[-1].kind == "note":
            kept = kept[:-1]
        forms.append(kept)
    return forms


def _short(entries: Sequence[LegendEntry]) -> list[LegendEntry]:
    return [
        replace(entry, label=entry.short, name=entry.label) if entry.short else entry for entry in entries
    ]


def _bare(entries: Sequence[LegendEntry]) -> list[LegendEntry]:
    """Return the entries, of several blocks of colour only the first and the last with a label."""
    blocks = [index for index, entry in enumerate(entries) if entry.kind == "block"]
    return [
        replace(entry, label="") if index in blocks[1:-1] else entry for index, entry in enumerate(entries)
    ]


def _lines(
    entries: Sequence[LegendEntry], room: float, rows: int, more: float = 0.0
) -> list[list[LegendEntry]] | None:
    """Break the entries into at most ``rows`` lines of ``room`` pixels; None if they do not fit.

    Lines after the first have ``more`` pixels.
    """
    lines: list[list[LegendEntry]] = []
    for group in _groups(entries):
        if lines and legend_width([*lines[-1], *group]) <= room + more * (len(lines) > 1):
            lines[-1] += group
        elif len(lines) < rows and legend_width(group) <= room + more * (len(lines) > 0):
            lines.append(list(group))
        else:
            return None
    return lines


def _groups(entries: Sequence[LegendEntry]) -> list[list[LegendEntry]]:
    """Return what stays together: a note without a value stands for the entry after it."""
    groups: list[list[LegendEntry]] = []
    for index, entry in enumerate(entries):
        before = entries[index - 1] if index else None
        if before is not None and before.kind == "note" and not before.value:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _in_lines(lines: Sequence[Sequence[LegendEntry]], room: QRectF) -> list[Placed]:
    height = room.height() / max(len(lines), 1)
    found = []
    for row, line in enumerate(lines):
        left = room.right() - legend_width(line)
        for entry in line:
            width = entry_width(entry)
            found.append(Placed(entry, QRectF(left, room.top() + row * height, width, height)))
            left += width + _gap(entry)
    return found


def legend_width(entries: Sequence[LegendEntry]) -> float:
    """Return the width of the entries side by side, in pixels."""
    return sum(entry_width(entry) + _gap(entry) for entry in entries) - sum(map(_gap, entries[-1:]))


def _gap(entry: LegendEntry) -> float:
    """Return the gap after an entry; a note stands close to the entry that it belongs to."""
    return SPACE + 1.0 if entry.kind == "note" else GAP


def entry_width(entry: LegendEntry) -> float:
    """Return the width of an entry, in pixels."""
    width = _sample_width(entry) + text_width(entry.label)
    if entry.value:
        width += SPACE + max(text_width(SLOT), text_width(entry.value))
    return width


def _sample_width(entry: LegendEntry) -> float:
    if entry.kind == "note":
        return 0.0
    return _SAMPLES.get(entry.kind, SAMPLE) + (SPACE if entry.kind == "block" else SPACE + 1.0)


def paint_legend(
    painter: QPainter, rect: QRectF, entries: Sequence[LegendEntry], theme: Theme, rows: int = 2
) -> None:
    """Draw the entries at the right end of ``rect``, in at most so many lines; shorter only where these do not do."""
    lines = _lines(entries, rect.width(), rows)
    for one in placed(entries, rect, rows) if lines is None else _in_lines(lines, rect):
        paint_entry(painter, one.rect, one.entry, theme)


def paint_entry(painter: QPainter, rect: QRectF, entry: LegendEntry, theme: Theme) -> None:
    """Draw an entry; one that is hidden is faint and struck through."""
    painter.save()
    painter.setFont(small_font())
    painter.setOpacity(FAINT if entry.hidden else 1.0)
    _paint_sample(painter, rect, entry)
    text = rect.adjusted(_sample_width(entry), 0.0, GAP, 0.0)
    is_coloured = entry.kind == "note" and entry.colours
    painter.setPen(QColor(entry.colours[0] if is_coloured else theme.muted))
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, entry.label)
    if entry.hidden:
        middle = round(rect.center().y()) + 0.5
        painter.drawLine(
            QLineF(text.left() - 1.0, middle, text.left() + text_width(entry.label) + 1.0, middle)
        )
    if entry.value:
        text = text.adjusted(text_width(entry.label) + SPACE, 0.0, 0.0, 0.0)
        painter.setPen(QColor(theme.danger if entry.alarming else theme.text))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, entry.value)
    painter.restore()


def _paint_sample(painter: QPainter, rect: QRectF, entry: LegendEntry) -> None:
    left, middle = rect.left(), round(rect.center().y()) + 0.5
    if entry.kind in ("line", "thin", "tick", *_DASHES):
        pen = QPen(QColor(entry.colours[0]), 1.0 if entry.kind == "thin" else 2.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if entry.kind in _DASHES:
            pen.setDashPattern(_DASHES[entry.kind])
        painter.setPen(pen)
        painter.drawLine(QPointF(left, middle), QPointF(left + SAMPLE, middle))
    elif entry.kind != "note":
        width = _SAMPLES.get(entry.kind, SAMPLE)
        _paint_blocks(painter, QRectF(left, middle - 4.0, width, 8.0), entry.colours)


def _paint_blocks(painter: QPainter, rect: QRectF, colours: Sequence[str]) -> None:
    width = rect.width() / len(colours)
    for index, colour in enumerate(colours):
        painter.fillRect(
            QRectF(rect.left() + index * width, rect.top(), width, rect.height()), QColor(colour)
        )
