"""Formulas on the screen: their ink, their size, and that they stand on the line of the words around them."""

import re
import zlib
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QImage, QPdfWriter, QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from engine.lessons import built_in
from engine.lessons.blocks import Bullets, Display, Inline, Paragraph, Words
from engine.lessons.formulas import FormulaError, typeset
from gui_app.theme import style_sheet
from gui_app.theme.painting import painting
from gui_app.theme.tokens import DARK, LIGHT
from gui_app.widgets.blocks import BlocksView, Look, write_blocks
from gui_app.widgets.formula import Formula, formula_image
from gui_app.widgets.formulas_in_text import FormulasInText

CHAIN = (
    r"\frac{\partial C}{\partial b_1} = \sigma'(z_1) \cdot w_2 \cdot \sigma'(z_2) \cdot w_3 \cdot \sigma'(z_3)"
    r" \cdot w_4 \cdot \sigma'(z_4) \cdot \frac{\partial C}{\partial a_4}"
)
TEXT = (
    Paragraph(
        (Words("Press "), Words("Play", "em"), Words(" until ("), Inline(r"\lambda_2", "l"), Words(")."))
    ),
    Display(r"w \leftarrow w - \eta\, g", "step"),
    Bullets(((Words("One "), Inline("a", "a")), (Words("Two"),))),
)


@pytest.fixture(autouse=True)
def _light(qapp):
    style_sheet.apply(qapp, LIGHT)
    yield
    style_sheet.apply(qapp, LIGHT)


def _pixels(image: QImage):
    """Red, green, blue and opacity of each pixel, [height, width, 4], from 0 to 1."""
    made = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(made.constBits(), np.uint8).reshape(made.height(), made.bytesPerLine())
    return rows[:, : 4 * made.width()].reshape(made.height(), made.width(), 4) / 255.0


def _ink(widget: QWidget):
    """How far each pixel of a widget is from its ground, [height, width], from 0 to 1."""
    pixels = _pixels(widget.grab().toImage())
    return np.abs(pixels[..., :3] - pixels[-1, -1, :3]).max(axis=2)


@pytest.mark.parametrize("colour", ["#123456", "#ffffff"])
def test_a_formula_is_drawn_in_its_colour_on_nothing(qapp, colour):
    pixels = _pixels(formula_image(r"\frac{1}{2} W", 40.0, colour))

    solid = pixels[pixels[..., 3] == 1.0]
    assert len(solid) > 50
    wanted = [int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    assert np.allclose(solid[:, :3], wanted, atol=0.01)
    assert pixels[0, -1, 3] == 0.0


def test_a_formula_that_is_wrong_is_refused(qtbot):
    with pytest.raises(FormulaError, match="has no }"):
        Formula(r"\frac{a}{b")


def test_a_formula_of_its_own_is_smaller_where_there_is_less_room(qtbot):
    wide, narrow = Formula(CHAIN), Formula(CHAIN)
    for formula, width in ((wide, 700), (narrow, 200)):
        qtbot.addWidget(formula)
        formula.resize(width, formula.heightForWidth(width))
    assert narrow.height() < 0.7 * wide.height()

    ink = _ink(narrow)

    assert ink.shape[1] == 200
    assert ink[:, 190:].max() > 0.5
    assert ink[:, 199:].max() < 0.5
    assert wide.sizeHint().width() < 700


def test_a_formula_follows_theme_and_size_of_text(qapp, qtbot):
    formula = Formula("W")
    qtbot.addWidget(formula)
    style_sheet.apply(qapp, DARK)
    before = formula.sizeHint()
    formula.resize(before)
    pixels = _pixels(formula.grab().toImage())
    assert pixels[..., :3].max() > 0.85
    assert np.median(pixels[..., :3]) < 0.2

    style_sheet.apply(qapp, replace(DARK, text_scale=2.0))
    assert formula.sizeHint().height() == pytest.approx(2 * before.height(), abs=2)


@pytest.mark.parametrize("tex", [r"\text{H}", r"\text{H}\frac{\partial C}{\partial b_1}", r"\text{H}^2_l"])
def test_a_formula_stands_on_the_line_of_the_words_before_it(qapp, qtbot, tex):
    view = BlocksView((Paragraph((Words("H "), Inline(tex, "h"))),))
    qtbot.addWidget(view)
    view.resize(400, view.heightForWidth(400))
    view.show()

    ink = _ink(view.viewport()) > 0.5
    letters = np.flatnonzero(ink.any(axis=0))
    starts = [x for x in letters if x - 1 not in letters]
    word, formula = (ink[:, x : x + 5] for x in starts[:2])
    bottoms = [int(np.flatnonzero(one.any(axis=1))[-1]) for one in (word, formula)]

    assert abs(bottoms[0] - bottoms[1]) <= 1


def test_a_text_is_as_high_as_its_lines_in_the_width_that_it_has(qapp, qtbot):
    area, inner = QScrollArea(), QWidget()
    view = BlocksView((*TEXT, Display(CHAIN, "chain"), Paragraph((Words("word " * 60),))))
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(view)
    column.addStretch()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    qtbot.addWidget(area)
    area.resize(420, 300)
    area.show()
    qtbot.waitExposed(area)
    wide = view.height()
    area.resize(250, 300)
    qtbot.waitUntil(lambda: view.height() > wide)

    assert view.height() == pytest.approx(view.document().size().height(), abs=1)
    assert view.document().idealWidth() <= view.viewport().width() + 0.5
    assert not view.verticalScrollBar().isVisible()


def test_a_comma_after_a_formula_and_a_bracket_before_it_stay_with_it(qapp, qtbot):
    spans = (Words("So it is here ("), Inline(r"\lambda_2 W", "l"), Words("), and so on."))
    view = BlocksView((Paragraph(spans),))
    qtbot.addWidget(view)
    view.show()
    places = set()
    for width in range(60, 200, 3):
        view.resize(width, 300)
        layout = view.document().firstBlock().layout()
        text = view.document().firstBlock().text()
        lines = [
            text[layout.lineAt(at).textStart() :][: layout.lineAt(at).textLength()]
            for at in range(layout.lineCount())
        ]
        assert not any(line.startswith((")", ",")) or line.rstrip().endswith("(") for line in lines)
        places.update(at for at, line in enumerate(lines) if "\ufffc" in line)
    assert len(places) > 1


def test_a_text_is_copied_and_read_aloud_with_its_formulas_as_text(qapp, qtbot):
    view = BlocksView(TEXT)
    qtbot.addWidget(view)
    view.show()
    assert view.accessibleName() == "Press Play until (λ_2).\nw ← w − ηg\n• One a\n• Two"

    view.setFocus()
    view.selectAll()
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QApplication.clipboard().text() == "Press Play until (λ_2).\nw ← w − ηg\nOne a\nTwo"


def test_another_text_takes_the_place_of_the_former(qapp, qtbot):
    view = BlocksView(TEXT)
    qtbot.addWidget(view)
    before = view.heightForWidth(300)

    view.show_blocks(TEXT[:1])

    assert view.toPlainText() == "Press Play until \ufffc"
    assert view.heightForWidth(300) < before
    view.show_blocks(())
    assert view.heightForWidth(300) == 0


def test_a_text_follows_theme_and_size_of_text(qapp, qtbot):
    view = BlocksView((Paragraph((Inline(r"W W W W", "w"),)),))
    qtbot.addWidget(view)
    view.resize(300, 60)
    view.show()
    before = view.heightForWidth(300)

    style_sheet.apply(qapp, replace(DARK, text_scale=2.0))

    assert view.heightForWidth(300) == pytest.approx(2 * before, rel=0.15)
    image = view.viewport().grab().toImage()
    assert _pixels(image)[..., :3].max() > 0.85


def test_formulas_are_filled_shapes_in_a_pdf(qapp):
    tex = r"\frac{1}{2} W"
    document = QTextDocument()
    handler = FormulasInText(document)
    font = qapp.font()
    font.setPixelSize(14)
    write_blocks(QTextCursor(document), (Display(tex, "half"),), Look(font, "#000000", "#eeeeee"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    with painting(QPdfWriter(buffer)) as painter:
        document.drawContents(painter, QRectF(0, 0, 600, 800))
    buffer.close()

    written = bytes(buffer.data().data())
    page = b"".join(stream for stream in _streams(written) if stream.startswith(b"/GSa"))
    assert handler.parent() is document
    # All letters are filled at once; lines around them would be filled, too.
    assert len(re.findall(rb"\nf\*?\n", page)) == 1
    assert page.count(b" c\n") == typeset(tex, True).shapes.count("Q")
    assert b"/Subtype /Image" not in written


def _streams(written: bytes):
    for start in re.finditer(rb"stream\r?\n", written):
        with suppress(zlib.error):
            yield zlib.decompress(written[start.end() :])


def test_a_formula_that_is_wrong_is_shown_as_it_was_written(qapp, qtbot):
    view = BlocksView((Paragraph((Words("It is ("), Inline(r"\frac{a", "wrong"), Words(")."))),))
    qtbot.addWidget(view)

    assert view.toPlainText() == r"It is (\frac{a)."
    assert view.accessibleName() == r"It is (\frac{a)."


@pytest.mark.parametrize("lesson", built_in().lessons, ids=lambda lesson: lesson.key)
def test_all_formulas_of_the_course_fit_beside_the_canvas_and_can_be_read_there(qapp, qtbot, lesson):
    for tex in lesson.formulas.values():
        formula = Formula(tex)
        qtbot.addWidget(formula)
        wanted, width = formula.sizeHint().width(), 290
        formula.resize(width, formula.heightForWidth(width))
        # Smaller than two thirds it is too small to read.
        assert wanted * 2 / 3 < width, tex
        ink = _ink(formula)
        assert ink.max() > 0.5, tex
        assert ink[:, -1].max() < 0.5, tex
