"""Painters on pictures end whatever happens: otherwise Qt kills the process."""

import ast
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

import gui_app
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.picture import paint_content
from gui_app.theme import painting as module
from gui_app.theme.painting import painting
from gui_app.theme.tokens import LIGHT

ROOT = Path(gui_app.__file__).parent


def test_a_painter_ends_when_painting_fails(qapp):
    image, painters = QImage(8, 8, QImage.Format.Format_RGB32), []

    def paint():
        with painting(image) as painter:
            painters.append(painter)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        paint()
    assert not painters[0].isActive()
    assert not image.paintingActive()


def test_a_mark_that_cannot_be_painted_leaves_the_painter_as_it_was(qapp):
    class Broken:
        def paint(self, painter, mapping):
            painter.translate(3.0, 4.0)
            raise ZeroDivisionError

    mapping = Mapping(8.0, 8.0, (0.0, 1.0), (0.0, 1.0))
    with painting(QImage(8, 8, QImage.Format.Format_RGB32)) as painter:
        with pytest.raises(ZeroDivisionError):
            paint_content(painter, mapping, (), [Broken()], LIGHT)
        assert painter.transform().isIdentity()


def test_no_picture_is_painted_in_another_way():
    """A widget's own painter, in its paint event, is Qt's to end."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted(ROOT.rglob("*.py"))
        if path != Path(module.__file__)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "QPainter"
        if [ast.unparse(argument) for argument in node.args] != ["self"]
    ]
    assert found == []
