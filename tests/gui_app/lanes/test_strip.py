"""The strip of lanes, used with mouse and keyboard in the whole window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from engine.experiment.differences import Change
from engine.experiment.lanes import MOST_LANES
from engine.observation.snapshot import Stop
from engine.service import messages as m
from gui_app.canvas.panes.lanes_shown import ONE, PANES
from gui_app.lanes.chip import FIELD, LEAST, TWO_LINES, LaneChip
from gui_app.lanes.chip_picture import ICON, MARK, SPACE, ChipLook, fitted, fonts, paint_chip, wanted_width
from gui_app.lanes.new_lane import ANEW, ASK, CONTINUE, KEY
from gui_app.lanes.strip import LaneStrip, _shared_out
from gui_app.session.current_lane import LaneLook
from gui_app.theme.painting import painting
from gui_app.theme.tokens import THEMES, Theme, rgb
from gui_app.window.main_window import MainWindow
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def three(still: MainWindow, qtbot: QtBot) -> MainWindow:
    still.complete()
    still.document.reset(
        with_lanes(still.document.experiment, A={}, B={"regularization.l2": 0.01}, C={"seed": 4})
    )
    qtbot.waitUntil(lambda: strip(still).isVisible())
    return still


def strip(window: MainWindow) -> LaneStrip:
    return window.lanes.strip


def chips(window: MainWindow) -> list[LaneChip]:
    return [chip for chip in strip(window).chips if not chip.isHidden()]


def names(window: MainWindow) -> list[str]:
    return [lane.name for lane in window.document.experiment.lanes]


def show(window: MainWindow, engine: FakeEngine, *lanes: tuple[str, str, int]) -> None:
    """A snapshot of lanes with these names, statuses and epochs."""
    whole = snapshot_of(history_of([0, 1]))
    (one,) = whole.lanes
    made = tuple(
        replace(one, name=name, status=status, now=replace(one.now, epoch=epoch, step=10 * epoch))
        for name, status, epoch in lanes
    )
    engine.snapshot = replace(whole, lanes=made, acknowledged=window.link.commands, playing=False)
    window.link.pull()


def test_there_is_no_strip_for_one_lane_but_a_way_to_the_second(still: MainWindow, qtbot: QtBot) -> None:
    still.complete()
    assert strip(still).isHidden()
    top = still.canvas.mapTo(still.central_area, QPoint(0, 0)).y()
    QTest.mouseClick(still.canvas.ways.compare, LEFT)
    assert names(still) == ["A", "B"]
    assert strip(still).isVisible()
    assert still.canvas.mapTo(still.central_area, QPoint(0, 0)).y() >= top + strip(still).height()
    still.document.stack.undo()
    assert strip(still).isHidden()


def test_a_chip_says_name_difference_and_status(three: MainWindow, fake_engine: FakeEngine) -> None:
    show(three, fake_engine, ("A", "training", 7), ("B", "stopped", 5), ("C", "diverged", 3))
    strip(three).catch_up()
    said = [(chip.accessibleName(), chip.accessibleDescription()) for chip in chips(three)]
    assert said == [
        ("Lane A", "epoch 7"),
        ("Lane B", "λ₂ 0.01, stopped early, epoch 5"),
        ("Lane C", "seed 4, diverged, epoch 3"),
    ]
    assert [chip.isChecked() for chip in chips(three)] == [True, False, False]


def test_a_lane_that_diverged_says_the_epoch_in_which_it_did(
    three: MainWindow, fake_engine: FakeEngine
) -> None:
    show(three, fake_engine, ("A", "training", 7), ("B", "training", 7), ("C", "diverged", 3))
    whole = three.link.latest
    assert whole is not None
    *others, last = whole.lanes
    stop = Stop("divergence", 4, None, "the loss is no longer finite")
    fake_engine.snapshot = replace(whole, lanes=(*others, replace(last, stop=stop)))
    three.link.pull()
    strip(three).catch_up()
    assert chips(three)[2].accessibleDescription() == "seed 4, diverged, epoch 4"


def test_a_click_chooses_and_with_ctrl_adds_to_the_selection(three: MainWindow) -> None:
    QTest.mouseClick(chips(three)[2], LEFT)
    assert (three.current_lane.name, three.current_lane.selected) == ("C", (2,))
    QTest.mouseClick(chips(three)[0], LEFT, CONTROL)
    assert (three.current_lane.name, three.current_lane.selected) == ("C", (0, 2))
    QTest.mouseClick(chips(three)[0], LEFT, CONTROL)
    assert three.current_lane.selected == (2,)
    QTest.mouseClick(chips(three)[1], LEFT)
    assert three.current_lane.selected == (1,)


def test_keys_choose_a_lane_and_add_to_the_selection(three: MainWindow) -> None:
    QTest.keyClick(three.canvas, Qt.Key.Key_2, CONTROL)
    assert three.current_lane.name == "B"
    QTest.keyClick(three.canvas, Qt.Key.Key_3, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert (three.current_lane.name, three.current_lane.selected) == ("B", (1, 2))
    QTest.keyClick(three.canvas, Qt.Key.Key_8, CONTROL)
    assert three.current_lane.name == "B"


def test_a_lane_chosen_by_key_has_the_focus_of_the_strip(three: MainWindow) -> None:
    QTest.mouseClick(chips(three)[0], LEFT)
    QTest.keyClick(chips(three)[0], Qt.Key.Key_3, CONTROL)
    assert three.current_lane.name == "C"
    assert chips(three)[2].hasFocus()
    QTest.keyClick(chips(three)[2], Qt.Key.Key_F2)
    assert chips(three)[2].field is not None


def test_ctrl_d_duplicates_the_current_lane(three: MainWindow) -> None:
    three.current_lane.choose(1)
    QTest.keyClick(three.canvas, Qt.Key.Key_D, CONTROL)
    assert names(three) == ["A", "B", "D", "C"]
    assert three.current_lane.name == "D"
    assert three.document.experiment.lanes[2].regularization.l2 == 0.01
    assert three.lanes.question is None, "nothing is trained yet"


def drag(window: MainWindow, number: int, x: int, release: bool = True) -> None:
    chip = chips(window)[number]
    start = chip.rect().center()
    QTest.mousePress(chip, LEFT, pos=start)
    for share in (0.2, 0.6, 1.0):
        QTest.mouseMove(chip, start + QPoint(round((x - chip.geometry().center().x()) * share), 0))
    if release:
        QTest.mouseRelease(chip, LEFT, pos=start + QPoint(x - chip.geometry().center().x(), 0))


def test_a_drag_moves_a_lane_and_escape_leaves_it(three: MainWindow) -> None:
    last = chips(three)[2].geometry()
    drag(three, 0, last.right())
    assert names(three) == ["B", "C", "A"]
    assert three.document.stack.undoText() == "Move lane A"
    assert three.current_lane.name == "A"
    drag(three, 2, chips(three)[0].geometry().left() + 2, release=False)
    assert strip(three)._content.mark is not None
    QTest.keyClick(chips(three)[2], Qt.Key.Key_Escape)
    QTest.mouseRelease(chips(three)[2], LEFT)
    assert names(three) == ["B", "C", "A"]
    assert strip(three)._content.mark is None


def double_click(chip: LaneChip) -> None:
    """What the second click brings follows the first one."""
    QTest.mouseClick(chip, LEFT)
    QTest.mouseDClick(chip, LEFT)
    QTest.mouseRelease(chip, LEFT)


def test_a_double_click_shows_the_lane_alone_and_another_one_all(three: MainWindow) -> None:
    double_click(chips(three)[1])
    assert (three.canvas.lanes_shown.mode, three.current_lane.name) == (ONE, "B")
    double_click(chips(three)[1])
    assert (three.canvas.lanes_shown.mode, three.current_lane.name) == (PANES, "B")


def test_a_double_click_on_another_chip_shows_that_lane_alone(three: MainWindow) -> None:
    double_click(chips(three)[1])
    double_click(chips(three)[2])
    assert (three.canvas.lanes_shown.mode, three.current_lane.name) == (ONE, "C")
    QTest.mouseClick(chips(three)[0], LEFT)
    double_click(chips(three)[0])
    assert (three.canvas.lanes_shown.mode, three.current_lane.name) == (PANES, "A")


def test_arrows_go_from_chip_to_chip_and_with_ctrl_move_the_lane(three: MainWindow) -> None:
    chips(three)[0].setFocus()
    QTest.keyClick(chips(three)[0], Qt.Key.Key_Right)
    assert chips(three)[1].hasFocus()
    QTest.keyClick(chips(three)[1], Qt.Key.Key_Right, CONTROL)
    assert names(three) == ["A", "C", "B"]
    assert chips(three)[2].hasFocus()
    QTest.keyClick(chips(three)[2], Qt.Key.Key_Delete)
    assert names(three) == ["A", "C"]


@pytest.mark.parametrize(("key", "wanted"), [(Qt.Key.Key_Return, "wide"), (Qt.Key.Key_Escape, "B")])
def test_a_name_is_typed_in_its_chip(three: MainWindow, key: Qt.Key, wanted: str) -> None:
    chip = chips(three)[1]
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_F2)
    field = chip.field
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "wide")
    QTest.keyClick(field, key)
    assert names(three) == ["A", wanted, "C"]


def type_name(window: MainWindow, number: int, name: str) -> QLineEdit:
    """Type a name into a chip, without Enter."""
    chip = chips(window)[number]
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_F2)
    field = chip.field
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, name)
    return field


def test_a_lane_that_no_view_shows_says_so(three: MainWindow) -> None:
    assert not any("shown" in chip.toolTip() for chip in chips(three))
    three.lanes.actions.duplicate(2)
    three.lanes.actions.duplicate(2)
    three.current_lane.choose_alone(0)
    said = ["4 of 5 lanes shown, not this one" in chip.toolTip() for chip in chips(three)]
    assert said == [False, False, False, False, True]
    three.lanes.actions.set_hidden((1,), True)
    assert not any("not this one" in chip.toolTip() for chip in chips(three))


def test_f2_names_the_current_lane_wherever_the_focus_is(three: MainWindow) -> None:
    three.current_lane.choose(1)
    for button in (three.canvas, three.transport.step, three.canvas.switch_bar.buttons["discretize"]):
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_F2)
        field = chips(three)[1].field
        assert field is not None
        assert field.hasFocus()
        QTest.keyClick(field, Qt.Key.Key_Escape)


def test_f2_on_a_chip_names_its_lane_though_another_one_is_current(three: MainWindow) -> None:
    chips(three)[2].setFocus()
    QTest.keyClick(chips(three)[2], Qt.Key.Key_F2)
    assert three.current_lane.name == "A"
    assert chips(three)[0].field is None
    assert chips(three)[2].field is not None


def test_a_name_has_room_where_its_chip_has_none(three: MainWindow) -> None:
    for number in (0, 2):
        field = type_name(three, number, "a longer name")
        assert field.width() >= FIELD > chips(three)[number].width()
        seen = field.visibleRegion().boundingRect()
        assert seen == field.rect(), "no part of it is cut off"
        QTest.keyClick(field, Qt.Key.Key_Escape)


def test_a_name_is_that_of_its_lane_where_another_one_has_come_in_its_place(three: MainWindow) -> None:
    field = type_name(three, 1, "wide")
    three.lanes.actions.duplicate(0)
    assert names(three) == ["A", "D", "B", "C"]
    if chips(three)[1].field is not None:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert names(three) == ["A", "D", "wide", "C"]


def test_a_name_is_taken_where_its_chip_goes_and_the_lane_stays(three: MainWindow, qtbot: QtBot) -> None:
    type_name(three, 2, "wide")
    three.lanes.actions.remove(0)
    qtbot.waitUntil(lambda: names(three) == ["B", "wide"])
    three.document.stack.undo()
    three.document.stack.undo()
    assert names(three) == ["A", "B", "C"]


def test_a_name_is_dropped_with_a_sentence_where_its_lane_has_gone(three: MainWindow, qtbot: QtBot) -> None:
    field = type_name(three, 1, "wide")
    three.lanes.actions.remove(1)
    assert names(three) == ["A", "C"]
    QTest.keyClick(field, Qt.Key.Key_Return)
    said = "Lane B is not there any more; its new name wide was dropped."
    qtbot.waitUntil(lambda: three.statusBar().currentMessage() == said)
    assert names(three) == ["A", "C"]


def test_a_name_that_is_taken_is_refused_with_a_sentence(three: MainWindow) -> None:
    strip(three).edit_name(1)
    field = chips(three)[1].field
    assert field is not None
    field.setText("A")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert names(three) == ["A", "B", "C"]
    assert three.statusBar().currentMessage() == "Two lanes are named 'A'; give each its own name."


def test_the_signs_on_a_chip_mute_and_hide_its_lane(three: MainWindow) -> None:
    chip = chips(three)[1]
    chip.resize(200, chip.height())
    chip._hovered = True
    for key in ("muted", "hidden"):
        chip.resize(200, chip.height())
        QTest.mouseClick(chip, LEFT, pos=chip._signs()[key].center().toPoint())
    lane = three.document.experiment.lanes[1]
    assert (lane.muted, lane.hidden) == (True, True)
    assert [look.name for look in three.current_lane.shown] == ["A", "C"]


def test_the_menu_acts_on_the_lane_of_the_chip(three: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QPoint] = []
    monkeypatch.setattr(three.lanes.menu, "popup", opened.append)
    strip(three).menu_wanted.emit(2, QPoint(5, 5))
    assert (three.current_lane.name, len(opened)) == ("C", 1)
    texts = {action.text(): action for action in three.lanes.menu.actions()}
    texts["Make this the &only one"].trigger()
    assert names(three) == ["C"]
    three.document.stack.undo()
    three.lanes.menu._fill_swap()
    next(action for action in three.lanes.menu._swap.actions() if action.text() == "B").trigger()
    assert three.document.experiment.lanes[1].seed == 4


def test_a_lane_is_repeated_with_seeds_by_the_menu(three: MainWindow, fake_engine: FakeEngine) -> None:
    three.current_lane.choose(1)
    five = next(action for action in three.lanes.menu._seeds.actions() if action.text() == "5 seeds")
    five.trigger()
    assert [lane.repeats for lane in three.document.experiment.lanes] == [1, 5, 1]
    assert three.document.stack.undoText() == "Repeat lane B with 5 seeds"
    three.current_lane.select((0,))
    next(action for action in three.lanes.menu._seeds.actions() if action.text() == "3 seeds").trigger()
    assert [lane.repeats for lane in three.document.experiment.lanes] == [3, 3, 1], "all selected lanes"
    three.document.stack.undo()
    three.link.pull()
    sent = [command for command in fake_engine.commands if isinstance(command, m.SetExperiment)]
    assert len(sent[-1].experiment.lanes) == 7
    assert "5 seeds" in chips(three)[1].accessibleDescription()


def test_no_more_than_eight_lanes(three: MainWindow) -> None:
    for _ in range(MOST_LANES - 3):
        strip(three).add.click()
    assert len(names(three)) == MOST_LANES
    assert not strip(three).add.isEnabled()
    QTest.keyClick(three.canvas, Qt.Key.Key_D, CONTROL)
    assert len(names(three)) == MOST_LANES
    sentence = "A document has room for 8 lanes and has 8 lanes; remove one first."
    assert three.statusBar().currentMessage() == sentence
    assert chips(three)[7].geometry().right() <= strip(three)._area.viewport().width()


def test_many_lanes_share_the_strip_in_two_lines_each(three: MainWindow, qtbot: QtBot) -> None:
    three.resize(1280, 720)
    three.document.reset(with_lanes(three.document.experiment, A={}, B={"regularization.l2": 0.01}))
    qtbot.waitUntil(lambda: len(chips(three)) == 2)
    assert not any(chip.has_two_lines for chip in chips(three))
    low = strip(three).height()
    more = {"training.optimizer": "sgd", "training.learning_rate": 0.03}
    three.document.reset(
        with_lanes(three.document.experiment, **{name: more if name != "A" else {} for name in "ABCDEFGH"})
    )
    qtbot.waitUntil(lambda: len(chips(three)) == 8)
    assert all(chip.has_two_lines for chip in chips(three))
    assert strip(three).height() > low
    assert three.canvas.mapTo(three.central_area, QPoint(0, 0)).y() >= strip(three).height()
    for chip in chips(three)[1:]:
        assert chip.shown is not None
        words = QFontMetrics(fonts(chip.font(), False)[1])
        said = fitted(chip.shown.changes, words, chip.width() - 2 * SPACE)
        assert "0.03" in said, "what sets it apart can be read"
        assert chip.geometry().right() <= strip(three)._area.viewport().width()


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (1000, "learning rate 0.03, optimizer SGD"),
        (22, "learning rate 0.03 +1"),
        (15, "rate 0.03 +1"),
        (8, "0.03 +1"),
    ],
)
def test_what_sets_a_lane_apart_gives_way_word_by_word_and_its_value_last(room: int, said: str) -> None:
    changes = (Change("learning rate", "0.003", "0.03"), Change("optimizer", "Adam", "SGD"))
    font = QFont()
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFamily("monospace")
    metrics = QFontMetrics(font)
    assert fitted(changes, metrics, room * metrics.horizontalAdvance("0")) == said


@pytest.mark.parametrize(
    "name", ["λ = 0", "A ×5", "p = 0.5, one layer", "Ω", *(f"lane {n}" for n in range(20))]
)
def test_a_chip_as_wide_as_it_wants_to_be_cuts_no_name(qtbot: QtBot, name: str) -> None:
    """Advances are rounded to whole pixels, and a name that is a part of one wider would end in an ellipsis."""
    look = ChipLook(LaneLook(0, name, 0), (), "", False, 1, True, True, False, False)
    room = wanted_width(look, QFont(), two_lines=True) - 3 * SPACE - MARK
    metrics = QFontMetrics(fonts(QFont(), True)[0])
    assert metrics.elidedText(name, Qt.TextElideMode.ElideRight, room - 1) == name


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_narrow_chip_shows_that_its_lane_diverged(qtbot: QtBot, theme: Theme) -> None:
    """By a sign in the colour of errors, where there is no room for the word."""
    change = (Change("learning rate", "0.003", "0.03"),)
    look = ChipLook(LaneLook(1, "wide one", 1), change, "", False, 1, False, False, False, True)
    ended = look._replace(status="diverged, epoch 3", short="diverged", glyph="error", alarming=True)

    def marked(shown: ChipLook) -> int:
        picture = QImage(LEAST + 20, TWO_LINES + 2, QImage.Format.Format_RGB32)
        signs = {"muted": QRectF(picture.width() - SPACE - ICON, 4, ICON, ICON)}
        with painting(picture) as painter:
            painter.fillRect(picture.rect(), QColor(theme.panel))
            paint_chip(painter, QRectF(picture.rect()), shown, theme, QFont(), signs, False, True)
        place = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
        colours = np.array([rgb(picture.pixelColor(x, y).name()) for x, y in place])
        return int((np.abs(colours - rgb(theme.danger)).max(axis=1) < 40).sum())

    assert marked(look) == 0
    assert marked(ended) > 0
    assert ended.said == "learning rate 0.03, diverged, epoch 3, muted"


# -- where a new lane begins


def trained(window: MainWindow, engine: FakeEngine) -> None:
    show(window, engine, ("A", "training", 12), ("B", "training", 12), ("C", "training", 12))


def copies(engine: FakeEngine) -> list[tuple[str, str]]:
    return [(c.lane, c.source) for c in engine.commands if isinstance(c, m.CopyLane)]


@pytest.mark.parametrize(("continues", "sent"), [(True, [("D", "B")]), (False, [])])
def test_in_the_middle_of_a_run_it_is_asked_once_and_remembered(
    three: MainWindow, fake_engine: FakeEngine, continues: bool, sent: list[tuple[str, str]]
) -> None:
    trained(three, fake_engine)
    three.current_lane.choose(1)
    three.lanes.actions.duplicate()
    question = three.lanes.question
    assert question is not None
    question.remember.click()
    (question.go_on if continues else question.anew).click()
    assert copies(fake_engine) == sent
    assert three.lanes.start.choice == (CONTINUE if continues else ANEW)
    three.lanes.actions.remove()
    three.current_lane.choose(1)
    three.lanes.actions.duplicate()
    assert three.lanes.question is None or not three.lanes.question.isVisible()
    assert copies(fake_engine) == sent * 2


def test_the_question_names_no_epoch_that_training_leaves_behind(
    three: MainWindow, fake_engine: FakeEngine
) -> None:
    trained(three, fake_engine)
    three.lanes.actions.duplicate(0)
    question = three.lanes.question
    assert question is not None
    said = " ".join(label.text() for label in question.findChildren(QLabel))
    assert "from the present weights of lane A" in said
    assert "12" not in said
    question.close()


def test_closing_the_question_starts_anew_and_asks_again(three: MainWindow, fake_engine: FakeEngine) -> None:
    trained(three, fake_engine)
    three.lanes.actions.duplicate()
    question = three.lanes.question
    assert question is not None
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert (copies(fake_engine), three.lanes.start.choice) == ([], ASK)


def test_a_damaged_choice_asks(three: MainWindow) -> None:
    three.lanes.start._settings.setValue(KEY, "nonsense")
    assert three.lanes.start.choice == ASK


# -- fairness


def test_what_lanes_do_not_share_is_said(three: MainWindow, fake_engine: FakeEngine) -> None:
    show(three, fake_engine, ("A", "training", 7), ("B", "training", 7), ("C", "training", 5))
    strip(three).catch_up()
    assert strip(three).unshared.full_text == "Lanes do not share seed and epoch"
    assert strip(three).unshared.text().split() == strip(three).unshared.full_text.split(), (
        "all of it has room"
    )
    assert "Reset starts all lanes together" in strip(three).unshared.toolTip()
    three.document.change({"lanes.2.hidden": True}, "Hide")
    assert strip(three).unshared.full_text == "", "lanes that are not shown are not compared"


@pytest.mark.parametrize(
    ("wanted", "room", "found"),
    [([100, 60, 80], 300, [100, 60, 80]), ([200, 60, 100], 240, [90, 60, 90]), ([100, 100], 100, [76, 76])],
)
def test_small_chips_keep_their_size(wanted: list[int], room: int, found: list[int]) -> None:
    widths = _shared_out(wanted, room, 76 if room == 100 else 40)
    assert max(abs(one - other) for one, other in zip(widths, found, strict=True)) <= 1


def test_the_strip_is_found_by_the_tab_key(three: MainWindow) -> None:
    stops = [part for section in three.sections.all().values() for part in section]
    assert set(chips(three)) <= set(stops)


def test_what_is_muted_and_hidden_is_said_before_any_training(three: MainWindow) -> None:
    three.document.change({"lanes.1.muted": True, "lanes.2.hidden": True, "lanes.2.seed": 0}, "Change")
    said = [chip.accessibleDescription() for chip in chips(three)]
    assert said == ["", "λ₂ 0.01, muted, epoch 0", "the same settings as the first lane, hidden"]


def test_the_question_shows_all_of_its_words(three: MainWindow, fake_engine: FakeEngine) -> None:
    three.document.change({"lanes.0.name": "the one that is called as long as can b"}, "Rename")
    show(three, fake_engine, ("the one that is called as long as can b", "training", 5))
    three.lanes.actions.duplicate(0)
    question = three.lanes.question
    assert question is not None
    for part in (question.anew, question.go_on, question.remember):
        place = part.rect().translated(part.mapTo(question, QPoint(0, 0)))
        assert question.rect().contains(place)
        assert part.width() >= part.sizeHint().width()
    question.close()


def test_a_copy_never_takes_the_name_of_a_renamed_lane(three: MainWindow) -> None:
    for index, name in enumerate(("plain", "ridge", "other seed")):
        three.lanes.actions.set_name(index, name)
    three.lanes.actions.duplicate(0)
    assert names(three) == ["plain", "D", "ridge", "other seed"]


def test_a_new_seed_keeps_lanes_comparable_that_share_theirs(three: MainWindow) -> None:
    def seeds() -> list[int]:
        return [lane.seed for lane in three.document.experiment.lanes]

    three.transport.new_seed_requested.emit()
    assert seeds()[1:] == [0, 4]
    three.document.stack.undo()
    three.document.change({"lanes.2.seed": 0}, "Seed")
    three.transport.new_seed_requested.emit()
    assert len(set(seeds())) == 1
    assert seeds() != [0, 0, 0]
