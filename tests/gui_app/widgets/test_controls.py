"""Switch, card, sections, class palette, choice box and stepper, with real events."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from engine.catalogue.activations import ACTIVATIONS
from gui_app.theme.tokens import DARK
from gui_app.widgets.card import Card
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.class_palette import ClassPalette
from gui_app.widgets.section import MoreSection, Section
from gui_app.widgets.spin_box import SpinBox
from gui_app.widgets.stepper import Stepper
from gui_app.widgets.switch import Switch

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def shown(qtbot):
    def show(widget):
        qtbot.addWidget(widget)
        widget.show()
        return widget

    return show


def heard_from(signal):
    heard = []
    signal.connect(lambda *values: heard.append(values[0] if len(values) == 1 else values))
    return heard


def test_a_switch_follows_mouse_and_space_bar(shown, qtbot):
    switch = shown(Switch("Dropout"))
    heard = []
    switch.clicked.connect(lambda on: heard.append(on))
    QTest.mouseClick(switch, LEFT)
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert heard == [True, False]
    switch.set_on(True)
    assert heard == [True, False]
    qtbot.waitUntil(lambda: switch.position == 1.0)


def test_a_card_shows_its_settings_while_it_is_on(shown):
    card, setting = Card("L2"), QLabel("layers")
    card.body.addWidget(setting)
    card.set_open(True)
    shown(card)
    heard = heard_from(card.switched)
    assert not setting.isVisible()
    QTest.mouseClick(card.switch, LEFT)
    assert setting.isVisible()
    assert heard == [True]


@pytest.mark.parametrize("on", [False, True])
def test_a_click_on_the_title_opens_a_card_and_closes_it(shown, on):
    card = shown(Card("L2"))
    card.set_on(on)
    assert card.content.isHidden(), "a card is one line until it is opened"
    QTest.mouseClick(card, LEFT, pos=QPoint(60, 12))
    assert card.content.isVisible()
    QTest.mouseClick(card.mark, LEFT)
    assert card.content.isHidden()
    QTest.keyClick(card.switch, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert card.content.isHidden(), "a key with Ctrl is the window's"
    QTest.keyClick(card.switch, Qt.Key.Key_Plus)
    assert card.content.isVisible()
    QTest.keyClick(card.switch, Qt.Key.Key_Minus)
    assert card.content.isHidden()


def test_a_card_that_is_on_has_its_strength_or_else_a_summary_in_its_line(shown):
    card, strength = shown(Card("L2")), QLabel("0.001")
    card.strength.addWidget(strength)
    card.set_summary("λ 0.001")
    assert not strength.isVisible()
    assert not card.summary.isVisible()
    card.set_on(True)
    assert strength.isVisible()
    assert not card.summary.isVisible()
    strength.hide()
    card.set_summary("λ 0.001")
    assert card.summary.isVisible()


def test_a_closed_card_has_its_notes_as_the_tooltip_of_an_icon(shown):
    card = shown(Card("Dropout"))
    card.set_notes("In all layers.")
    assert card.mark.property("iconName") == "info"
    assert "In all layers." in card.mark.toolTip()
    QTest.mouseClick(card.mark, LEFT)
    assert card.is_open
    assert card.mark.property("iconName") == "chevron-down"


def test_a_card_that_cannot_be_used_says_why(shown):
    card = shown(Card("Dropout"))
    card.set_reason("Needs a hidden layer.")
    QTest.mouseClick(card.switch, LEFT)
    assert not card.is_on
    assert "Needs a hidden layer." in card.mark.toolTip()
    card.set_open(True)
    assert card.reason.isVisible()
    card.set_reason("")
    assert card.reason.isHidden()
    card.set_on(True)
    card.set_reason("Needs a hidden layer.")
    QTest.mouseClick(card.switch, LEFT)
    assert not card.is_on, "what is on can always be switched off"


def test_headings_hide_what_is_below(shown):
    section, more = shown(Section("Data")), MoreSection("Network", "the rest")
    QTest.mouseClick(section.heading, LEFT)
    assert section.content.isHidden()
    QTest.keyClick(section.heading, Qt.Key.Key_Space)
    assert not section.content.isHidden()
    always, seldom = QLabel("always"), QLabel("seldom")
    more.body.addWidget(always)
    more.more.addWidget(seldom)
    shown(more)
    assert not seldom.isVisible()
    QTest.mouseClick(more.heading, LEFT)
    assert seldom.isVisible()
    QTest.mouseClick(more.heading, LEFT)
    assert always.isVisible()
    assert not seldom.isVisible()


def test_the_palette_has_two_to_ten_classes(shown):
    palette = shown(ClassPalette())
    palette.count_changed.connect(lambda count: palette.show_classes(count, 0))
    for _ in range(12):
        QTest.mouseClick(palette.more, LEFT)
    assert sum(not button.isHidden() for button in palette.buttons) == 10
    assert not palette.more.isEnabled()
    for _ in range(12):
        QTest.mouseClick(palette.less, LEFT)
    assert sum(not button.isHidden() for button in palette.buttons) == 2
    assert not palette.less.isEnabled()


def test_a_click_asks_for_a_class_and_its_ring_stays(shown):
    palette = shown(ClassPalette())
    heard = heard_from(palette.chosen)
    QTest.mouseClick(palette.buttons[1], LEFT)
    assert heard == [1]
    palette.show_classes(2, 1)
    QTest.mouseClick(palette.buttons[1], LEFT)
    assert palette.buttons[1].isChecked()
    palette.apply_theme(DARK)
    assert palette.buttons[0].colour.name() == DARK.classes[0]


def test_a_choice_box_shows_meaning_and_formula_of_every_entry(shown):
    box = shown(ChoiceBox(ACTIVATIONS))
    for index, key in enumerate(ACTIVATIONS):
        words = box.itemData(index, Qt.ItemDataRole.ToolTipRole)
        assert ACTIVATIONS[key].label in words
        assert "σ(z)" in words
    assert box.keys() == list(ACTIVATIONS)


def test_a_choice_box_is_silent_unless_a_person_chooses(shown):
    box = shown(ChoiceBox(ACTIVATIONS))
    heard = heard_from(box.chosen)
    box.set_key("relu")
    box.filtered(["relu", "tanh"])
    assert box.key() == "relu"
    for key in (Qt.Key.Key_T, Qt.Key.Key_PageUp, Qt.Key.Key_End):
        QTest.keyClick(box, key)
    assert (box.key(), heard) == ("relu", [])
    QTest.keyClick(box, Qt.Key.Key_Up)
    QTest.keyClick(box.view(), Qt.Key.Key_Up)
    assert heard == []
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert heard == ["tanh"]
    box.filtered(["relu", "elu"])
    assert box.key() == "relu"


def test_a_stepper_stays_in_range(shown):
    stepper = shown(Stepper(0, 64, "Hidden layers", "Depth"))
    heard = heard_from(stepper.edited)
    assert not stepper.less.isEnabled()
    QTest.mouseClick(stepper.more, LEFT)
    stepper.field.selectAll()
    QTest.keyClicks(stepper.field, "99")
    QTest.keyClick(stepper.field, Qt.Key.Key_Return)
    assert heard == [1, 64]
    assert not stepper.more.isEnabled()
    QTest.keyClick(stepper.field, Qt.Key.Key_Down)
    assert stepper.value() == 63


def test_a_spin_box_shows_silently(shown):
    spin = shown(SpinBox(1, 512, "Neurons", "Neurons"))
    heard = heard_from(spin.edited)
    spin.set_value(8)
    assert heard == []
    QTest.keyClick(spin, Qt.Key.Key_Up)
    assert heard == [9]


def test_a_spin_box_reads_as_every_field_does(shown):
    spin = shown(SpinBox(1, 512, "Neurons", "Neurons"))
    heard = heard_from(spin.edited)
    spin.set_value(8)
    for text, value, note in (
        ("16", 16, ""), ("9999", 512, "512 is the maximum."), ("7,6", 8, "7.6 is rounded to 8."), ("1e2", 100, ""),
    ):  # fmt: skip
        spin.lineEdit().selectAll()
        QTest.keyClicks(spin, text)
        QTest.keyClick(spin, Qt.Key.Key_Return)
        assert spin.value() == value
        assert spin.note.isVisible() == bool(note)
        assert not note or spin.note.text() == note
    assert heard == [16, 512, 8, 100]


@pytest.mark.parametrize("leave", ["Return", "focus"])
def test_a_spin_box_keeps_what_it_refuses(shown, qtbot, leave):
    spin = shown(SpinBox(0, 512, "Neurons", "Neurons", special="–"))
    heard = heard_from(spin.edited)
    spin.set_value(8)
    spin.activateWindow()
    spin.setFocus()
    qtbot.waitUntil(spin.hasFocus)
    spin.lineEdit().selectAll()
    QTest.keyClicks(spin, "wide")
    if leave == "Return":
        QTest.keyClick(spin, Qt.Key.Key_Return)
    else:
        spin.clearFocus()
    assert spin.lineEdit().text() == "wide"
    assert spin.note.text() == "Expected a number but found “wide”."
    assert spin.value() == 8
    assert heard == []
    QTest.keyClick(spin, Qt.Key.Key_Escape)
    assert spin.lineEdit().text() == "8"
    spin.set_value(0)
    assert spin.lineEdit().text() == "–"


@pytest.mark.parametrize("leave", ["Return", "focus"])
def test_an_empty_spin_box_says_so(shown, qtbot, leave):
    spin = shown(SpinBox(1, 512, "Neurons", "Neurons"))
    spin.set_value(8)
    spin.activateWindow()
    spin.setFocus()
    qtbot.waitUntil(spin.hasFocus)
    spin.lineEdit().selectAll()
    QTest.keyClick(spin, Qt.Key.Key_Delete)
    if leave == "Return":
        QTest.keyClick(spin, Qt.Key.Key_Return)
    else:
        spin.clearFocus()
    assert spin.lineEdit().text() == ""
    assert spin.note.isVisible()
    assert spin.note.text() == "Expected a number but found nothing."
    assert spin.value() == 8
    spin.set_value(9)
    assert spin.lineEdit().text() == "9"


def test_a_stepper_shows_why_it_refuses(shown):
    stepper = shown(Stepper(0, 64, "Hidden layers", "Depth"))
    stepper.field.selectAll()
    QTest.keyClicks(stepper.field, "1.284")
    QTest.keyClick(stepper.field, Qt.Key.Key_Return)
    assert stepper.field.note.text() == "“1.284” is not a whole number; type 1."
    assert (stepper.value(), stepper.field.text()) == (0, "1.284")
