"""Lessons in the window: opened from the menu, gone through by mouse and keys, and put away again."""

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget

from engine.experiment import edit
from engine.service import messages as m
from gui_app.lessons.panel import LessonPanel
from gui_app.lessons.parts import WatchPart
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.theme.tokens import DARK
from gui_app.widgets.outline import Outline, StandingOutline
from gui_app.window.layout.schemes import SCHEMES
from tests.gui_app.hands import Hand, dock_of, drag_slider, draw, part_of
from tests.gui_app.lessons.sample import L2, course, lesson
from tests.gui_app.window.test_text_fits import SIZES, clipped_texts

LOOK, TRAIN, CURE, DRAW, END = range(5)
LEFT = Qt.MouseButton.LeftButton


def click(button) -> None:
    QTest.mouseClick(button, LEFT)


@pytest.fixture
def window(still, fake_engine, monkeypatch):
    """With the sample in place of the built-in course."""
    still.lessons.__dict__["course"] = course()
    return still


@pytest.fixture
def opened(window, qtbot):
    """Its first lesson, as the menu opens it."""
    entry(window, "1  A sample").trigger()
    qtbot.waitUntil(lambda: window.lessons.watched.is_outlined)
    return window


def panel(window) -> LessonPanel:
    found = window.lessons.panel
    assert found is not None
    return found


def entries(window) -> dict:
    window.lessons_menu.aboutToShow.emit()
    return {action.text().replace("&", ""): action for action in window.lessons_menu.actions()}


def entry(window, text: str):
    return entries(window)[text]


def outlined(window) -> set:
    """What is outlined until a person goes on: docks by their titles, other views by their classes."""
    around = [one.parentWidget() for one in window.findChildren(StandingOutline) if one.isVisible()]
    return {one.windowTitle() if isinstance(one, QDockWidget) else type(one).__name__ for one in around}


def go(window, index: int, qtbot) -> None:
    """Go to a step, and wait until the window shows where to look."""
    window.lessons.player.go(index)
    qtbot.waitUntil(lambda: not window.lessons.player.step.watch or window.lessons.watched.is_outlined)


def test_the_menu_lists_the_lessons_and_checks_those_that_are_done(window, qtbot):
    names = list(entries(window))
    assert names[:2] == ["1  A sample", "2  A second one"]
    assert not entry(window, "2  A second one").isChecked()
    entry(window, "2  A second one").trigger()
    assert entry(window, "2  A second one").isChecked(), "it has one step, which waits for nothing"
    assert not entry(window, "1  A sample").isChecked()


def test_the_menu_continues_where_a_person_was_last(window):
    def offered() -> list[str]:
        return [text for text, action in entries(window).items() if "Continue" in text and action.isVisible()]

    assert offered() == []
    entry(window, "1  A sample").trigger()
    window.lessons.player.go(CURE)
    assert offered() == [], "it is open"
    entry(window, "Back to my drawing").trigger()
    assert offered() == ["Continue with A sample, step 3"]
    entry(window, "Continue with A sample, step 3").trigger()
    assert (window.lessons.player.lesson.key, window.lessons.player.index) == ("sample", CURE)
    window.lessons.player.go(END)
    window.lessons.close()
    assert offered() == ["Continue with A second one, step 1"]
    entry(window, "Continue with A second one, step 1").trigger()
    window.lessons.close()
    assert offered() == [], "all lessons are done"


def test_commands_of_a_lesson_are_there_while_one_is_open(window):
    names = ("Next step", "Previous step", "Show where to look", "Back to my drawing")
    assert not any(entry(window, name).isEnabled() for name in names)
    window.lessons.open_built_in(lesson())
    assert all(entry(window, name).isEnabled() for name in names)


def test_the_panel_stands_beside_the_canvas_and_the_data_go_behind_the_model(opened):
    docks = opened.dock_layout.arrangement
    assert panel(opened).isVisible()
    assert docks.lesson.x() < opened.central_area.x()
    assert docks.data in opened.tabifiedDockWidgets(docks.model)
    assert not docks.model.visibleRegion().isEmpty()
    assert opened.canvas.width() > 400


def test_the_window_is_as_it_was_after_the_lesson(window, qtbot):
    docks = window.dock_layout.arrangement
    dock_of(window, "Chain").raise_()
    dock_of(window, "Loss").hide()

    def look() -> dict:
        shown = {one.windowTitle(): one.visibleRegion().isEmpty() for one in docks.all_docks}
        return {**shown, "widths": (docks.data.width(), docks.model.width(), window.canvas.width())}

    qtbot.waitUntil(lambda: not docks.plots["Chain"].visibleRegion().isEmpty())
    before = look()
    stacked = window.dock_layout.plots[0].controls.fields["modes"]
    window.lessons.open_built_in(lesson())
    for index in (TRAIN, CURE, DRAW):
        go(window, index, qtbot)
    assert look() != before
    click(panel(window).close_button)
    qtbot.waitUntil(lambda: look() == before)
    assert docks.lesson.isHidden()
    assert not outlined(window)
    assert window.dock_layout.plots[0].controls.fields["modes"] == stacked


def test_lanes_of_a_lesson_leave_nothing_in_ones_own_layout(window):
    differences = dock_of(window, "Differences")
    assert differences.isHidden()
    both = edit(lesson().experiment, "lanes", [{"name": "A"}, {"name": "B"}])
    window.lessons.open_built_in(replace(lesson(), experiment=both))
    assert not differences.isHidden()
    window.lessons.close()
    assert differences.isHidden()


def test_the_lesson_closes_with_its_dock(opened, qtbot):
    opened.dock_layout.arrangement.lesson.close()
    qtbot.waitUntil(lambda: opened.lessons.player.lesson is None)
    assert not panel(opened).isVisible()


def test_another_arrangement_leaves_the_panel_at_its_side(opened):
    docks = opened.dock_layout.arrangement
    for scheme in SCHEMES:
        opened.perspectives.show_scheme(scheme)
        assert panel(opened).isVisible()
        assert docks.lesson.height() > 0.9 * (opened.statusBar().y() - docks.lesson.y()), scheme.key
    opened.whole_layout.arrange()
    assert docks.data in opened.tabifiedDockWidgets(docks.model)
    assert docks.lesson.height() > 0.9 * (opened.statusBar().y() - docks.lesson.y())


def test_nothing_is_covered_or_outside_with_large_text_and_all_is_as_before_with_small_one(opened, qtbot):
    docks = opened.dock_layout.arrangement
    opened.resize(1280, 720)
    QApplication.processEvents()
    width = docks.lesson.width()

    def parts() -> list[QRect]:
        found = (docks.lesson, docks.model, docks.data, opened.central_area)
        return [one.geometry() for one in found if not one.visibleRegion().isEmpty()]

    def stand_apart() -> bool:
        bounds = opened.rect()
        apart = not any(one.intersects(other) for one, other in combinations(parts(), 2))
        return opened.width() == 1280 and apart and all(bounds.contains(one) for one in parts())

    def tabs() -> bool:
        return {docks.model, docks.data} <= {*opened.tabifiedDockWidgets(docks.lesson)}

    try:
        opened.appearance.show_text_scale(2.0)
        qtbot.waitUntil(tabs)
        qtbot.waitUntil(stand_apart)
        assert panel(opened).isVisible()
        for scheme in SCHEMES:
            opened.perspectives.show_scheme(scheme)
            qtbot.waitUntil(stand_apart)
            assert not panel(opened).visibleRegion().isEmpty()
        opened.whole_layout.arrange()
        qtbot.waitUntil(tabs)
        go(opened, CURE, qtbot)
        qtbot.waitUntil(lambda: not opened.lessons.is_about_to_show)
        assert not panel(opened).visibleRegion().isEmpty()
        click(panel(opened).step_view.findChild(WatchPart).where)
        assert not docks.model.visibleRegion().isEmpty(), "who asks where sees the control"
        go(opened, END, qtbot)
        qtbot.waitUntil(lambda: not opened.lessons.is_about_to_show)
        assert not panel(opened).visibleRegion().isEmpty()
    finally:
        opened.appearance.show_text_scale(1.0)
    qtbot.waitUntil(lambda: opened.dockWidgetArea(docks.model) == Qt.DockWidgetArea.RightDockWidgetArea)
    qtbot.waitUntil(lambda: docks.lesson.width() == width, timeout=6000)
    qtbot.waitUntil(stand_apart)
    assert docks.data in opened.tabifiedDockWidgets(docks.model)


def test_columns_are_narrow_again_when_text_gets_smaller_in_a_lesson(window, qtbot):
    model = window.dock_layout.arrangement.model
    window.resize(1280, 720)
    try:
        window.appearance.show_text_scale(2.0)
        QApplication.processEvents()
        window.lessons.open_built_in(course().lessons[0])
        QApplication.processEvents()
    finally:
        window.appearance.show_text_scale(1.0)
    QApplication.processEvents()
    window.lessons.close()
    qtbot.waitUntil(lambda: model.width() == model.widget().minimumWidth())


def test_an_arrangement_that_is_saved_in_a_lesson_has_none(opened):
    docks = opened.dock_layout.arrangement
    opened.perspectives.save("mine")
    assert not panel(opened).visibleRegion().isEmpty()
    assert docks.data in opened.tabifiedDockWidgets(docks.model)
    opened.lessons.close()
    opened.perspectives.show_own("mine")
    assert docks.lesson.isHidden()
    assert docks.model.isVisible()


def test_a_layout_that_a_lesson_has_made_is_not_remembered(opened, open_window):
    opened.document.forget_changes()
    opened.close()
    again = open_window()
    again.complete()
    docks = again.dock_layout.arrangement
    assert docks.lesson.isHidden()
    assert docks.data not in again.tabifiedDockWidgets(docks.model)


def test_the_step_is_read_from_top_to_bottom(opened, qtbot):
    shown = panel(opened)
    assert shown.lesson_title.text() == "1 · A sample"
    assert shown.count.text() == "Step 1 of 5"
    assert shown.step_view.title.text() == "Look at the data"
    assert shown.step_view.do is None
    go(opened, TRAIN, qtbot)
    assert shown.step_view.title.text() == "Train"
    assert shown.step_view.question.answer.isHidden()
    click(shown.step_view.question.button)
    assert shown.step_view.question.answer.isVisible()
    assert shown.step_view.question.answer.accessibleName() == "At the lowest loss."
    assert shown.accessibleName() == "Lesson: A sample, step 2 of 5"


def test_buttons_dots_and_keys_step_through(opened):
    shown, player = panel(opened), opened.lessons.player
    click(shown.next)
    assert player.index == TRAIN
    click(shown.back)
    assert player.index == LOOK
    QTest.mouseClick(shown.dots, LEFT, pos=shown.dots.centre(DRAW).toPoint())
    assert player.index == DRAW
    shown.dots.setFocus()
    QTest.keyClick(shown.dots, Qt.Key.Key_Left)
    assert player.index == CURE
    opened.canvas.setFocus()
    QTest.keyClick(opened.canvas, Qt.Key.Key_PageDown, Qt.KeyboardModifier.AltModifier)
    assert player.index == DRAW
    QTest.keyClick(opened.canvas, Qt.Key.Key_PageUp, Qt.KeyboardModifier.AltModifier)
    assert player.index == CURE


def test_the_last_step_leads_to_the_next_lesson_and_the_last_one_ends(opened):
    shown = panel(opened)
    opened.lessons.player.go(END)
    assert (shown.next.text(), shown.finish.isVisible()) == ("Next lesson", True)
    click(shown.next)
    assert shown.lesson_title.text() == "2 · A second one"
    assert not shown.next.isVisible()
    click(shown.finish)
    assert opened.lessons.player.lesson is None
    assert not panel(opened).isVisible()


def test_every_control_of_the_panel_is_reached_by_tab(opened, qtbot):
    go(opened, TRAIN, qtbot)
    shown = panel(opened)
    stops = opened.sections.all()["Lesson"]
    view = shown.step_view
    wanted = [shown.close_button, shown.dots, view.do.button, view.question.button, shown.back, shown.next]
    assert [stop for stop in stops if stop in wanted] == wanted
    assert all(stop.accessibleName() for stop in stops)


# -- where to look


def test_what_is_watched_is_in_front_and_outlined_until_the_next_step(opened, qtbot):
    assert outlined(opened) == {"Canvas"}
    go(opened, TRAIN, qtbot)
    assert outlined(opened) == {"Loss"}
    go(opened, CURE, qtbot)
    assert outlined(opened) == {"Gradient per layer", "Loss"}
    assert not dock_of(opened, "Gradient per layer").visibleRegion().isEmpty()
    opened.lessons.player.go(END)
    assert outlined(opened) == set()


def test_a_view_behind_a_tab_or_hidden_is_brought_to_the_front(opened, qtbot):
    dock_of(opened, "Loss").hide()
    dock_of(opened, "Chain").raise_()
    go(opened, CURE, qtbot)
    for title in ("Loss", "Gradient per layer"):
        qtbot.waitUntil(lambda title=title: not dock_of(opened, title).visibleRegion().isEmpty())


def test_two_plots_of_one_group_stand_beside_each_other(opened):
    docks = opened.dock_layout.arrangement.plots
    assert docks["Chain"] in opened.tabifiedDockWidgets(docks["Gradient per layer"])
    opened.lessons.watched.show(("gradient_per_layer", "chain"))
    assert docks["Chain"] not in opened.tabifiedDockWidgets(docks["Gradient per layer"])
    assert outlined(opened) == {"Chain", "Gradient per layer"}


def test_plots_are_larger_while_nothing_else_is_watched(opened, qtbot):
    docks, room = opened.dock_layout.arrangement.plots, opened.dock_layout.plot_room
    height = docks["Loss"].height()
    go(opened, TRAIN, qtbot)
    qtbot.waitUntil(lambda: docks["Loss"].height() > 1.3 * height)
    go(opened, DRAW, qtbot)
    qtbot.waitUntil(lambda: docks["Loss"].height() == height)
    go(opened, TRAIN, qtbot)
    room.share = 0.5
    go(opened, DRAW, qtbot)
    assert room.share == 0.5, "a person has chosen it"
    opened.lessons.close()
    assert room.share is None


def test_code_is_as_high_as_its_lines_and_copied_whole(opened, qtbot, qapp):
    go(opened, TRAIN, qtbot)
    code = panel(opened).step_view.code
    long = "keras.layers.Dense(16, activation='relu', kernel_initializer='he_uniform', name='first')"
    code.show_lines(["first = 1", long])
    metrics = code.lines.fontMetrics()
    assert code.lines.height() >= 3 * metrics.lineSpacing()
    click(code.copy)
    assert qapp.clipboard().text() == f"first = 1\n{long}"
    assert "kernel_initializer='he_uniform'" in code.lines.toPlainText(), "no name is broken"
    first, *rows = code.lines.toPlainText().split("\n")
    assert (first, len(rows) > 1) == ("first = 1", True)
    widest = max(metrics.horizontalAdvance(row) for row in rows)
    assert widest <= code.lines.viewport().width()
    code.show_lines([])
    assert code.isHidden()


def test_a_click_in_a_view_takes_its_outline_away(opened):
    QTest.mouseClick(opened.canvas, LEFT, pos=QPoint(5, 5))
    assert outlined(opened) == set()
    entry(opened, "Show where to look").trigger()
    assert outlined(opened) == {"Canvas"}


def test_escape_in_the_panel_takes_the_outlines_away(opened):
    QTest.keyClick(panel(opened).next, Qt.Key.Key_Escape)
    assert outlined(opened) == set()


def test_an_outline_takes_no_mouse_and_covers_only_its_line(opened):
    (outline,) = opened.findChildren(StandingOutline)
    assert outline.size() == opened.canvas.size()
    assert outline.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert not outline.mask().contains(outline.rect().center())
    opened.resize(1400, 800)
    assert outline.size() == opened.canvas.size()


def test_the_control_pulses_once(opened, qtbot):
    go(opened, CURE, qtbot)
    card = part_of(opened, RegularizationPanel).cards["l2"]
    qtbot.waitUntil(lambda: len(card.findChildren(Outline)) == 1)
    (pulse,) = card.findChildren(Outline)
    assert pulse._fading.loopCount() == 1
    pulse._fading.setCurrentTime(pulse._fading.duration())
    qtbot.waitUntil(lambda: not card.findChildren(Outline))


def test_a_control_of_the_data_brings_them_to_the_front_and_the_next_step_the_model(opened, qtbot):
    docks = opened.dock_layout.arrangement
    go(opened, DRAW, qtbot)
    qtbot.waitUntil(lambda: not docks.data.visibleRegion().isEmpty())
    opened.lessons.player.go(END)
    qtbot.waitUntil(lambda: not docks.model.visibleRegion().isEmpty())


def test_options_of_views_are_set_and_set_back(opened, qtbot):
    plot = opened.dock_layout.plots[0]
    go(opened, TRAIN, qtbot)
    assert plot.controls.fields["modes"] == {"stacked"}
    go(opened, CURE, qtbot)
    assert plot.controls.fields["modes"] == frozenset()
    go(opened, TRAIN, qtbot)
    opened.lessons.close()
    assert plot.controls.fields["modes"] == frozenset()


def test_a_lesson_begins_with_default_views_and_ones_own_are_back_after_it(window, qtbot):
    switches, plot = window.canvas.switches, window.dock_layout.plots[0]
    switches.turn("wrong", True)
    switches.turn("test_data", False)
    plot.controls.switch("stacked", True)
    entry(window, "1  A sample").trigger()
    assert not switches.on("wrong")
    assert switches.on("test_data")
    assert plot.controls.fields["modes"] == frozenset()
    go(window, TRAIN, qtbot)
    switches.turn("augmented", True)
    go(window, DRAW, qtbot)
    assert plot.controls.fields["modes"] == frozenset(), "it was of another step"
    assert switches.on("augmented"), "within the lesson it is the person's choice"
    entry(window, "2  A second one").trigger()
    assert not switches.on("augmented")
    window.lessons.close()
    assert (switches.on("wrong"), switches.on("test_data"), switches.on("augmented")) == (True, False, False)
    assert plot.controls.fields["modes"] == {"stacked"}


# -- what a person does


def test_a_slider_that_is_moved_is_noticed(opened, qtbot):
    go(opened, CURE, qtbot)
    shown = panel(opened)
    assert shown.step_view.do.done.isHidden()
    card = part_of(opened, RegularizationPanel).cards["l2"]
    # What a switch begins with might be enough.
    opened.document.change({L2: 0.0001}, "λ₂")
    assert shown.step_view.do.done.isHidden()
    drag_slider(card.sliders["l2"], 0.3, 0.9)
    assert opened.document.experiment.lanes[0].regularization.l2 > 0.001
    assert shown.step_view.do.done.isVisible()


def test_points_that_are_drawn_are_noticed(opened, qtbot):
    go(opened, DRAW, qtbot)
    hand = Hand(opened.canvas)
    hand.press((1.0, 1.0))
    hand.move((2.0, 2.0))
    hand.release((2.0, 2.0))
    qtbot.waitUntil(lambda: panel(opened).step_view.do.done.isVisible())


def test_the_diagnosis_gives_no_answers_away(opened, fake_engine, qtbot):
    line = opened.dock_layout.diagnosis_line
    assert line._is_quiet
    opened.lessons.close()
    assert not line._is_quiet


def test_play_pauses_at_the_epochs_that_a_step_asks_for(opened, fake_engine, qtbot):
    go(opened, TRAIN, qtbot)
    fake_engine.take_commands()
    opened.link.set_playing(True)
    asked = opened.lessons.player.step.wait[0].epochs
    assert m.PauseAt(asked) in fake_engine.commands


def test_do_it_for_me(opened, fake_engine, qtbot):
    go(opened, CURE, qtbot)
    fake_engine.take_commands()
    click(panel(opened).step_view.do.button)
    assert opened.document.experiment.lanes[0].regularization.l2 == 0.003
    assert m.PauseAt(3) in fake_engine.commands
    assert opened.link.playing
    assert not panel(opened).step_view.do.button.isEnabled()
    opened.document.stack.undo()
    assert opened.document.experiment.lanes[0].regularization.l2 == 0.0


def test_who_has_wandered_off_is_offered_the_way_back(opened):
    shown = panel(opened)
    assert shown.strayed.isHidden()
    opened.document.replace(edit(opened.document.experiment, "lanes.0.network.hidden", [7, 7]), "Layers")
    assert shown.strayed.isVisible()
    click(shown.come_back)
    assert opened.document.experiment == lesson().experiment
    assert shown.strayed.isHidden()


def test_a_persons_own_drawing_waits_for_the_end_of_the_lesson(window, qtbot):
    draw(window.document, [[1, 1]])
    own, history = window.document.experiment, window.document.stack.count()
    window.lessons.open_built_in(lesson())
    assert window.document.experiment == lesson().experiment
    window.lessons.player.go(END)
    window.lessons.player.open_next()
    window.lessons.close()
    assert (window.document.experiment, window.document.stack.count()) == (own, history)
    assert window.document.modified


def test_opening_another_document_ends_the_lesson(opened, dialogs):
    opened.files.new()
    assert opened.lessons.player.lesson is None
    assert not panel(opened).isVisible()


def test_the_panel_follows_theme_and_size_of_text(opened, qtbot):
    narrow = opened.dock_layout.arrangement.lesson.width()
    opened.lessons.apply_theme(DARK)
    opened.appearance.choose_text_scale(1.25)
    try:
        qtbot.waitUntil(lambda: panel(opened).width() >= 1.25 * 300)
        assert panel(opened).step_view.title.font().pixelSize() > 15
    finally:
        opened.appearance.choose_text_scale(1.0)
    assert narrow >= 300


@pytest.mark.parametrize("scale", SIZES)
def test_all_text_of_a_lesson_fits(opened, scale):
    opened.appearance.choose_text_scale(scale)
    try:
        opened.resize(*SIZES[scale])
        for index in range(len(lesson().steps)):
            opened.lessons.player.go(index)
            clipped: dict[str, str] = {}
            for _ in range(20):
                QApplication.processEvents()
                if not (clipped := dict(clipped_texts(panel(opened)))):
                    break
            assert not clipped, "\n".join(f"{text!r}: {why}" for text, why in clipped.items())
    finally:
        opened.appearance.choose_text_scale(1.0)


def test_a_step_hides_curves_and_shows_them_again(window, qtbot):
    plot = window.dock_layout.plots[0]
    plot.controls.toggle("training")
    window.lessons.open_built_in(lesson())
    assert plot.controls.fields["hidden"] == frozenset(), "a lesson begins with the defaults"
    go(window, TRAIN, qtbot)
    assert plot.controls.fields["hidden"] == {"test"}
    go(window, CURE, qtbot)
    assert plot.controls.fields["hidden"] == frozenset()
    window.lessons.close()
    assert plot.controls.fields["hidden"] == {"training"}
