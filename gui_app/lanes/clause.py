"""What the lanes do not share, beside their chips: in one line, or in two where the strip is that high."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from gui_app.widgets.elided_label import ElidedLabel


class Clause(ElidedLabel):
    """A label whose text is broken in its middle where two lines have room."""

    def wanted_width(self, height: int) -> int:
        """Return the width in pixels that shows the whole text."""
        metrics = self.fontMetrics()
        return max(map(metrics.horizontalAdvance, _lines(self.full_text, metrics, height)))

    def fit(self) -> None:
        metrics, room = self.fontMetrics(), self.width()
        lines = _lines(self.full_text, metrics, self.height())
        self.setText("\n".join(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines))


def _lines(text: str, metrics: QFontMetrics, height: int) -> list[str]:
    """Return the text in two lines of similar length, or in one where there is no room for two or nothing to break."""
    breaks = [at for at, letter in enumerate(text) if letter == " "]
    if height < 2 * metrics.height() + 4 or not breaks:
        return [text]
    at = min(breaks, key=lambda at: abs(2 * at - len(text)))
    return [text[:at], text[at + 1 :]]
