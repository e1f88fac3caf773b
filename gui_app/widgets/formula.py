"""Typeset formulas, drawn as vectors in any colour and size."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.lessons.formulas import EM, Typeset, typeset
from gui_app.theme import text_size
from gui_app.theme.painting import painting, restoring
from gui_app.widgets.guarded import guarded

LARGER = 1.15
"""How much larger formulas are set than the words around them: their letters are smaller at the same size."""

_COMMAND = re.compile(r"([MLQCZ])([^MLQCZ]*)")


class Ink:
    """Draws formulas, and keeps the outlines that it has made.

    Qt's own renderer of SVG also draws a line around each shape in a PDF, so that all letters become bold.
    """

    def __init__(self) -> None:
        self._outlines: dict[tuple[str, bool], QPainterPath] = {}

    def draw(self, painter: QPainter, rect: QRectF, tex: str, display: bool, colour: str) -> None:
        """Draw a formula into a rectangle of its own shape, as vectors where the painter's device knows them."""
        formula = typeset(tex, display)
        if (tex, display) not in self._outlines:
            self._outlines[tex, display] = _outline(formula)
        with restoring(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(rect.topLeft())
            painter.scale(rect.width() / (formula.width * EM), rect.height() / (formula.height * EM))
            painter.translate(-formula.left, formula.ascent * EM)
            painter.fillPath(self._outlines[tex, display], QColor(colour))


def _outline(formula: Typeset) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for shape in ElementTree.fromstring(f"<g>{formula.shapes}</g>").iter():
        if "d" in shape.attrib:
            _add(path, shape.attrib["d"])
        elif shape.tag == "rect":
            path.addRect(*(float(shape.attrib[name]) for name in ("x", "y", "width", "height")))
    return path


def _add(path: QPainterPath, commands: str) -> None:
    """Add what SVG's commands M, L, Q, C and Z draw, of which letters are made."""
    for letter, numbers in _COMMAND.findall(commands):
        values = [float(number) for number in numbers.split()]
        match letter:
            case "M":
                path.moveTo(*values)
            case "L":
                path.lineTo(*values)
            case "Q":
                path.quadTo(*values)
            case "C":
                path.cubicTo(*values)
            case "Z":
                path.closeSubpath()


def formula_image(tex: str, pixels: float, colour: str, display: bool = False, ratio: float = 1.0) -> QImage:
    """Return a formula as a transparent picture.

    ``pixels`` is the size of the words around it, ``ratio`` how many pixels of the screen are one of the picture.
    Raises FormulaError.
    """
    size = _size(typeset(tex, display), pixels)
    image = QImage((size * ratio).toSize() + QSize(1, 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        Ink().draw(painter, QRectF(QPointF(), size), tex, display, colour)
    return image


def _size(formula: Typeset, pixels: float) -> QSizeF:
    return QSizeF(formula.width, formula.height) * pixels * LARGER


class Formula(QWidget):
    """A formula of its own line. It becomes smaller where there is less room, and follows theme and size of text.

    Raises FormulaError if TeX is wrong.
    """

    def __init__(self, tex: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink, self._tex = Ink(), ""
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_tex(tex)

    @property
    def tex(self) -> str:
        return self._tex

    def show_tex(self, tex: str) -> None:
        """Show another formula; none if it is empty."""
        self.setAccessibleName(f"Formula: {typeset(tex, True).plain}" if tex else "")
        self._tex = tex
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return _whole(self._wanted())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def heightForWidth(self, width: int) -> int:
        return _whole(self._fitted(width)).height()

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self.updateGeometry()
            self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._tex:
            return
        painter = QPainter(self)
        colour = self.palette().color(QPalette.ColorRole.WindowText).name()
        self._ink.draw(painter, QRectF(QPointF(), self._fitted(self.width())), self._tex, True, colour)

    def _wanted(self) -> QSizeF:
        return _size(typeset(self._tex, True), text_size.body()) if self._tex else QSizeF(0.0, 0.0)

    def _fitted(self, width: float) -> QSizeF:
        wanted = self._wanted()
        return wanted * min(1.0, width / wanted.width()) if wanted.width() else wanted


def _whole(size: QSizeF) -> QSize:
    return QSize(int(size.width()) + 1, int(size.height()) + 1) if size.width() else QSize(0, 0)
