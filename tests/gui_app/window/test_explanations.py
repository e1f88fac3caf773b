"""Explanations in opened cards are as large as most text, formulas a little larger, and nothing of them is cut off."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea

from gui_app.theme import text_size
from gui_app.widgets.card import Card
from gui_app.window.main_window import MainWindow

pytestmark = pytest.mark.usefixtures("fake_engine")


def opened(window: MainWindow) -> list[Card]:
    cards = [card for panel in window.dock_layout.panels for card in panel.findChildren(Card)]
    for card in cards:
        card.set_open(True)
    for _ in range(4):
        QApplication.processEvents()
    return cards


def longest_word(label: QLabel) -> int:
    return max(label.fontMetrics().horizontalAdvance(word) for word in label.text().split())


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_opened_cards_are_readable_and_need_no_sideways_scrolling(still: MainWindow, scale: float) -> None:
    still.resize(1280, 720)
    still.appearance.choose_text_scale(scale)
    cards = opened(still)
    assert len(cards) > 5
    for card in cards:
        name = card.accessibleName()
        assert card.meaning.font().pixelSize() == text_size.body(), name
        assert card.formula.font().pixelSize() > text_size.body(), name
        for label in (card.formula, card.meaning):
            assert label.palette().windowText().color().name() == still.appearance.theme.text, name
            assert longest_word(label) <= label.width(), name
            assert label.heightForWidth(label.width()) <= label.height(), name
    areas = [area for area in still.findChildren(QScrollArea) if area.isAncestorOf(cards[0])]
    assert [area.horizontalScrollBar().maximum() for area in areas] == [0]
    still.appearance.choose_text_scale(1.0)
