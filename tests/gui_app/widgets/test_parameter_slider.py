import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from engine.catalogue import Parameter
from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.hyperparameters import BATCH_SIZE, LEARNING_RATE, NOISE, POINTS, SEED
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.regularizers import DROPOUT_RATE, REGULARIZERS
from engine.data.numbers import NumberError
from gui_app.widgets.parameter_slider import ParameterSlider, has_slider
from gui_app.widgets.reading import reader_of

EVERY = [
    parameter
    for family in (ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, REGULARIZERS)
    for entry in family.values()
    for parameter in entry.parameters
]


@pytest.fixture
def make(qtbot):
    def build(parameter, **options):
        slider = ParameterSlider(parameter, **options)
        qtbot.addWidget(slider)
        slider.resize(240, slider.sizeHint().height())
        slider.show()
        slider.heard = []
        slider.edited.connect(slider.heard.append)
        return slider

    return build


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def turn_wheel(widget, notches=1):
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place, widget.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_drag_emits_every_value(make):
    slider = make(DROPOUT_RATE)
    groove = slider.slider
    QTest.mousePress(groove, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    for x in range(10, groove.width() + 20, 6):
        QTest.mouseMove(groove, QPoint(x, 10))
    QTest.mouseRelease(groove, Qt.MouseButton.LeftButton, pos=QPoint(groove.width() + 20, 10))
    assert len(slider.heard) > 8
    assert slider.heard == sorted(slider.heard)
    assert slider.value() == slider.heard[-1] == DROPOUT_RATE.high
    assert slider.number.text() == "0.95"


def test_showing_a_value_is_silent(make):
    slider = make(LEARNING_RATE)
    slider.set_value(0.25)
    assert slider.heard == []
    assert slider.number.text() == "0.25"


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (LEARNING_RATE, "0.04", 0.04),
        (LEARNING_RATE, "1e-6", 1e-6),
        (LEARNING_RATE, "5000", 100.0),
        (DROPOUT_RATE, "7", 0.95),
        (NOISE, "-1", 0.0),
        (BATCH_SIZE, "7.6", 8.0),
    ],
)
def test_a_typed_number_is_moved_into_range(make, parameter, text, value):
    slider = make(parameter)
    slider.set_value(parameter.default)
    type_into(slider.number, text)
    assert slider.value() == value
    assert slider.heard == [value]


def test_what_is_no_number_stays_with_the_reason_below_it(make):
    slider = make(LEARNING_RATE)
    type_into(slider.number, "fast")
    assert slider.heard == []
    assert slider.value() == 0.003
    assert slider.number.text() == "fast"
    assert slider.number.note.isVisible()
    assert slider.number.note.text() == "Expected a number but found “fast”."
    assert slider.number.property("problem")
    slider.slider.setFocus()
    assert slider.number.text() == "fast"
    QTest.keyClick(slider.number, Qt.Key.Key_Escape)
    assert slider.number.text() == "0.003"
    assert slider.number.note.isHidden()
    assert not slider.number.property("problem")


def test_what_is_said_about_a_number_stays_while_that_number_does(make):
    slider = make(LEARNING_RATE)
    type_into(slider.number, "1e9")
    highest = LEARNING_RATE.high
    assert slider.heard == [highest]
    assert slider.number.note.isVisible()
    assert slider.number.note.text().endswith(" is the maximum.")
    slider.set_value(highest)
    assert slider.number.note.isVisible()
    slider.set_value(highest / 2)
    assert slider.number.note.isHidden()


def test_another_value_takes_the_place_of_refused_text(make):
    slider = make(LEARNING_RATE)
    type_into(slider.number, "fast")
    slider.set_value(0.003)
    assert slider.number.text() == "fast"
    slider.set_value(0.01)
    assert slider.number.text() == "0.01"
    assert slider.number.note.isHidden()


def test_refused_text_can_be_mended(make):
    slider = make(LEARNING_RATE)
    type_into(slider.number, "0.0x")
    QTest.keyClick(slider.number, Qt.Key.Key_Backspace)
    assert slider.number.note.isHidden()
    QTest.keyClicks(slider.number, "2")
    QTest.keyClick(slider.number, Qt.Key.Key_Return)
    assert slider.heard == [0.02]


COMMAS = [
    ("0,001", 0.001), ("0,005", 0.005), ("0,125", 0.125), ("1,5", 1.5), ("1.284", 1.284), ("12,5", 12.5),
    ("1e-3", 0.001), ("1·10^-3", 0.001), ("10^-3", 0.001), ("5%", 0.05),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), COMMAS)
@pytest.mark.parametrize(
    "parameter", [p for p in (LEARNING_RATE, *EVERY) if not p.integer], ids=lambda parameter: parameter.key
)
def test_every_field_reads_a_decimal_comma(make, parameter, text, value):
    slider = make(parameter)
    slider.set_value(parameter.high)
    slider.heard.clear()
    type_into(slider.number, text)
    wanted = min(max(value, parameter.low), parameter.high)
    assert slider.value() == wanted
    assert slider.number.note.isVisible() == (wanted != value)


def test_a_comma_before_three_digits_is_told(make):
    number = Parameter("n", "N", 1.0, 0.0, 1e6, "A number.")
    slider = make(number)
    type_into(slider.number, "1,284")
    assert slider.heard == [1284.0]
    assert slider.number.text() == "1,284"
    assert slider.number.note.text() == "“1,284” is read as 1284; for 1.284 write a point."
    assert slider.number.note.isVisible()
    points = make(Parameter("n", "N", 1, 0, 1e6, "Points.", integer=True))
    type_into(points.number, "1,284")
    assert points.heard == [1284]
    assert points.number.note.isHidden()


def test_the_note_of_a_field_goes_when_another_field_is_typed_into_or_speaks(make):
    first, second = make(LEARNING_RATE), make(LEARNING_RATE)
    type_into(first.number, "much")
    assert first.number.note.isVisible()
    second.number.setFocus()
    QTest.keyClicks(second.number, "x")
    assert first.number.note.isHidden()
    assert first.number.problem, "it is still refused"
    type_into(second.number, "more")
    type_into(first.number, "most")
    assert [slider.number.note.isVisible() for slider in (first, second)] == [True, False]


def test_a_number_with_two_meanings_is_refused_where_one_of_them_cannot_be(make):
    slider = make(LEARNING_RATE)
    type_into(slider.number, "1,284")
    assert slider.heard == []
    assert slider.number.text() == "1,284"
    assert slider.number.note.text() == "“1,284” may mean 1284 or 1.284; type one of these."


@pytest.mark.parametrize(
    ("parameter", "text", "note"),
    [
        (LEARNING_RATE, "5000", "100 is the maximum."),
        (NOISE, "-1", "0 is the minimum."),
        (BATCH_SIZE, "7.6", "7.6 is rounded to 8."),
        (BATCH_SIZE, "2.5", "2.5 is rounded to 3."),
        (BATCH_SIZE, "3,5", "3.5 is rounded to 4."),
        (POINTS, "1000.5", "1,000.5 is rounded to 1,001."),
        (POINTS, "2000.4", "2,000.4 is rounded to 2,000."),
        (SEED, "99999.5", "99,999.5 is rounded to 100,000."),
        (SEED, "1234567890.5", "1,234,567,890.5 is rounded to 1,234,567,891."),
        (SEED, "2.000000001", "2.000000001 is rounded to 2."),
        (SEED, "0.123456", "0.123456 is rounded to 0."),
        (SEED, "1.2345678e-7", "1.2345678e-7 is rounded to 0."),
    ],
)
def test_a_number_that_is_moved_is_told(make, parameter, text, note):
    slider = make(parameter)
    type_into(slider.number, text)
    assert slider.number.note.text() == note
    assert not slider.number.property("problem")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0,7", 0.007), ("12,5 %", 0.125), ("7%", 0.07), ("1e-3", 1e-5), ("55", 0.55)],
)
def test_per_cent_are_shares_to_the_bit(make, text, value):
    slider = make(NOISE, percent=True)
    type_into(slider.number, text)
    assert slider.value() == value


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("lots", "Expected a number but found “lots”."),
        ("12,500", "“12,500” may mean 12500 or 12.5; type one of these."),
        ("12.5%%", "Expected a number but found “12.5%%”."),
        ("250", "100 % is the maximum."),
    ],
)
def test_what_is_said_of_per_cent_is_what_was_typed(make, text, note):
    slider = make(NOISE, percent=True)
    type_into(slider.number, text)
    assert slider.number.note.text() == note


def test_a_wide_per_cent_sign_is_one_too():
    read = reader_of(NOISE, percent=True)
    assert read("7 ％").value == 0.07
    with pytest.raises(NumberError, match="expected a number but found “7 % ％”"):
        read("7 % ％")


@pytest.mark.parametrize("place", [0, 300, 560])
def test_a_note_lies_beside_its_field_within_what_is_scrolled(make, qtbot, place):
    slider, area, inside = make(LEARNING_RATE), QScrollArea(), QWidget()
    qtbot.addWidget(area)
    inside.setFixedSize(180, 600)
    slider.setParent(inside)
    slider.setGeometry(0, place, 180, 30)
    area.setWidget(inside)
    area.show()
    type_into(slider.number, "no number")
    note, field = slider.number.note, slider.number
    assert note.parentWidget() is inside
    assert inside.rect().contains(note.geometry())
    lies = QRect(field.mapTo(inside, QPoint(0, 0)), field.size())
    assert not note.geometry().intersects(lies)
    assert min(abs(note.y() - lies.bottom()), abs(note.geometry().bottom() - lies.top())) < 8


def test_escape_takes_typing_back(make):
    slider = make(LEARNING_RATE)
    slider.number.setFocus()
    slider.number.selectAll()
    QTest.keyClicks(slider.number, "9")
    QTest.keyClick(slider.number, Qt.Key.Key_Escape)
    assert slider.number.text() == "0.003"
    assert slider.heard == []


def test_an_excluded_end_is_not_taken(make):
    delta = LOSSES["huber"].parameters[0]
    slider = make(delta)
    type_into(slider.number, "0")
    assert slider.value() == delta.default
    assert slider.number.note.text() == "Type a number above 0."
    assert slider.number.text() == "0"


def test_keys_step_slider_and_number(make):
    slider = make(BATCH_SIZE)
    QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    assert slider.value() == 11
    QTest.keyClick(slider.number, Qt.Key.Key_Down)
    assert slider.value() == 10
    QTest.keyClick(slider.slider, Qt.Key.Key_Home)
    assert slider.value() == 1
    QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    assert slider.value() == 2


def test_a_seed_steps_by_one(make):
    slider = make(SEED)
    QTest.keyClick(slider.number, Qt.Key.Key_Up)
    assert slider.value() == 1


def test_the_wheel_needs_the_focus(make, qtbot):
    slider = make(NOISE)
    # The number must not have the focus: the wheel would then be its own.
    slider.slider.clearFocus()
    slider.number.clearFocus()
    turn_wheel(slider.slider)
    turn_wheel(slider.number)
    assert slider.heard == []
    slider.activateWindow()
    slider.slider.setFocus()
    qtbot.waitUntil(slider.slider.hasFocus)
    turn_wheel(slider.slider)
    assert slider.value() > NOISE.default


def test_per_cent_and_units(make):
    share = make(NOISE, percent=True)
    assert share.number.text() == "10 %"
    type_into(share.number, "25")
    assert share.value() == 0.25
    density = make(Parameter("density", "Density", 12, 1, 60, "Points.", integer=True), unit="/u")
    assert density.number.text() == "12/u"
    type_into(density.number, "20/u")
    assert density.value() == 20


@pytest.mark.parametrize("parameter", EVERY, ids=lambda parameter: parameter.key)
def test_every_parameter_of_the_catalogue_can_be_set(make, parameter):
    slider = make(parameter)
    assert parameter.tooltip.split("’")[0][:10] in slider.toolTip()
    assert slider.number.accessibleName()
    assert slider.value() == parameter.default
    QTest.keyClick(slider.number, Qt.Key.Key_Up)
    QTest.keyClick(slider.number, Qt.Key.Key_Up)
    assert parameter.low <= slider.value() <= parameter.high
    assert slider.value() != parameter.default
    assert has_slider(parameter) == (slider.slider is not None)


def test_values_beyond_the_slider_are_shown_as_they_are(make):
    slider = make(LEARNING_RATE)
    slider.set_value(0.0)
    assert slider.number.text() == "0"
    slider.set_value(100.0)
    assert slider.value() == 100.0
    assert slider.slider.value() == slider.slider.maximum()
    slider.grab()
