"""All text of the window fits its widget: no word is clipped and none ends in dots, whatever the size of text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTabBar,
    QToolButton,
    QWidget,
)

from engine.catalogue import Parameter
from engine.experiment import edit_many
from engine.experiment.settings import SweepAxis
from gui_app.session.dialogs import NumberDialog
from gui_app.theme import text_size
from gui_app.widgets.card import Card
from gui_app.widgets.section import Heading, Section
from gui_app.window.main_window import MainWindow

pytestmark = pytest.mark.usefixtures("fake_engine")
SIZES = {0.8: (1280, 680), 1.0: (1280, 680), 1.5: (1280, 680), 2.0: (2550, 1380)}
"""Client sizes in pixels by scale of text: what a screen leaves for a window with frame and title."""
LONG = {
    "lanes.0.regularization.l1": 4.95e-5,
    "lanes.0.regularization.weight_decay": 1.234e-5,
    "lanes.0.training.learning_rate": 0.0001234,
}
"""Numbers with many digits."""


@pytest.mark.parametrize("scale", SIZES)
@pytest.mark.parametrize("is_open", [False, True])
def test_all_text_fits(still: MainWindow, scale: float, is_open: bool) -> None:
    still.appearance.choose_text_scale(scale)
    try:
        still.resize(*SIZES[scale])
        for part in (*still.findChildren(Section), *still.findChildren(Card)):
            part.set_open(is_open or part.__class__ is Section)
        # Docks, columns and rows settle one after another.
        clipped: dict[str, str] = {}
        for _ in range(20):
            QApplication.processEvents()
            if not (clipped := dict(clipped_texts(still))):
                break
        assert not clipped, "\n".join(f"{text!r}: {why}" for text, why in clipped.items())
    finally:
        still.appearance.choose_text_scale(1.0)


@pytest.mark.parametrize(
    "swept", ["regularization.l2", "training.batch_size", "regularization.max_norm", "seed"]
)
def test_numbers_on_axes_and_long_ones_fit(still: MainWindow, swept: str) -> None:
    still.resize(*SIZES[1.0])
    still.complete()
    document = still.document
    document.reset(edit_many(document.experiment, LONG))
    values = tuple(range(1, 9))
    still.sweep.start((SweepAxis(setting=swept, values=values),))
    for part in (*still.findChildren(Section), *still.findChildren(Card)):
        part.set_open(True)
    clipped: dict[str, str] = {}
    for _ in range(20):
        QApplication.processEvents()
        if not (clipped := dict(clipped_texts(still))):
            break
    assert not clipped, "\n".join(f"{text!r}: {why}" for text, why in clipped.items())


def test_a_number_that_is_asked_for_fits_with_its_unit(still: MainWindow) -> None:
    dialog = NumberDialog(
        still, "Compute", Parameter("epochs", "Epochs", 20_000, 1, 100_000, "", integer=True), " epochs"
    )
    dialog.show()
    QApplication.processEvents()
    assert not dict(clipped_texts(dialog))
    dialog.close()
    dialog.deleteLater()


def clipped_texts(window: QWidget) -> Iterator[tuple[str, str]]:
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.width() <= 0:
            continue
        docks = [parent for parent in parents_of(widget) if isinstance(parent, QDockWidget)]
        if any(not window.rect().intersects(dock.geometry()) for dock in docks):
            # It lies behind other tabs, where nothing lays it out.
            continue
        for text, needed, room in texts_of(widget):
            if (
                needed.width() > room.width()
                or needed.height() > room.height()
                or (text.endswith("…") and not text.endswith(" …"))
            ):
                path = f"{type(widget.parent()).__name__}/{type(widget).__name__}"
                yield text, f"{path} {needed.width()} × {needed.height()} in {room.width()} × {room.height()}"
        for text, _, _ in texts_of(widget):
            for parent in parents_of(widget):
                right = widget.mapTo(parent, QPoint(widget.width(), 0)).x()
                if right > parent.width() > 0:
                    yield text, f"reaches {right - parent.width()} pixels beyond {type(parent).__name__}"


def parents_of(widget: QWidget) -> Iterator[QWidget]:
    while not widget.isWindow() and (parent := widget.parentWidget()) is not None:
        yield parent
        widget = parent


def texts_of(widget: QWidget) -> Iterator[tuple[str, QRect, QRect]]:
    """Yield each text, the rectangle that it needs, and the one that it has."""
    metrics, room = QFontMetrics(widget.font()), widget.contentsRect()
    if isinstance(widget, QLabel) and widget.text() and not widget.text().startswith("<"):
        if widget.wordWrap():
            needed = metrics.boundingRect(QRect(0, 0, room.width(), 10_000), 0x1000, widget.text())
        else:
            needed = metrics.boundingRect(QRect(0, 0, 10_000, 10_000), 0, widget.text())
        yield widget.text(), needed, room
    elif (
        isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    ):
        # Its text is not shown.
        return
    elif isinstance(widget, QPushButton | QToolButton) and widget.text():
        icon = widget.iconSize().width() + 4 if not widget.icon().isNull() else 0
        yield widget.text(), _line(metrics, widget.text(), icon + 4), widget.rect()
    elif isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        yield (
            widget.currentText(),
            _line(metrics, widget.currentText()),
            widget.style().subControlRect(control, option, field, widget),
        )
    elif isinstance(widget, QLineEdit) and widget.text():
        # Qt keeps two pixels free at either side.
        frame = QStyleOptionFrame()
        widget.initStyleOption(frame)
        inside = widget.style().subElementRect(QStyle.SubElement.SE_LineEditContents, frame, widget)
        yield widget.text(), _line(metrics, widget.text(), 4), inside.marginsRemoved(widget.textMargins())
    elif isinstance(widget, Heading):
        yield widget.text(), QRect(QPoint(0, 0), widget.sizeHint()), widget.rect()
    elif isinstance(widget, QTabBar):
        # The style sheet gives tabs of docks small text, which the font of their bar does not say.
        font = QFont(widget.font())
        font.setPixelSize(text_size.small() if isinstance(widget.parent(), QMainWindow) else font.pixelSize())
        metrics = QFontMetrics(font)
        for tab in range(widget.count()):
            text = widget.tabText(tab)
            yield text, _line(metrics, text), widget.tabRect(tab)


def _line(metrics: QFontMetrics, text: str, more: int = 0) -> QRect:
    return QRect(0, 0, metrics.horizontalAdvance(text) + more, metrics.height())
