"""Small text around the sheet."""

from __future__ import annotations

from math import inf

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from gui_app.canvas.layers.scene import Scene

_BOX = QRectF(-20, -8, 40, 16)


def paint_text(
    painter: QPainter,
    scene: Scene,
    middle: QPointF,
    text: str,
    upright: bool = False,
    room: float = inf,
    ends: bool = False,
) -> None:
    """Paint muted text around ``middle``, upwards if ``upright``; what is longer than ``room`` pixels ends in "…".

    With ``ends``, the text ends there.
    """
    if room < inf:
        text = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.save()
    painter.translate(middle)
    painter.rotate(-90 if upright else 0)
    painter.setPen(QColor(scene.theme.muted))
    across = Qt.AlignmentFlag.AlignRight if ends else Qt.AlignmentFlag.AlignHCenter
    flags = across | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(_BOX.translated(_BOX.left(), 0) if ends else _BOX, int(flags), text)
    painter.restore()
