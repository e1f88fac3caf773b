"""Arrangements by name: those of the app, and a person's own, which are there at the next start."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from gui_app.session.dialogs import NameDialog
from gui_app.window.layout.dock_title import Edge
from gui_app.window.layout.perspectives import KEY, LONGEST, MOST
from gui_app.window.layout.schemes import SCHEMES
from gui_app.window.main_window import MainWindow
from tests.gui_app.dialogs import Dialogs
from tests.gui_app.hands import dock_of

Open = Callable[..., MainWindow]
CONTROL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window((1280, 720), early=True)


def shown(window: MainWindow) -> dict[str, tuple[int, int, int, int]]:
    """What is seen, and where."""
    QApplication.processEvents()
    seen = [dock for dock in window.dock_layout.docks if not dock.visibleRegion().isEmpty()]
    return {dock.windowTitle(): dock.geometry().getRect() for dock in seen}


def entry(window: MainWindow, *path: str) -> QAction:
    menu: QMenu = next(
        action.menu() for action in window.menuBar().actions() if action.text().replace("&", "") == path[0]
    )
    for words in path[1:-1]:
        menu = next(action.menu() for action in menu.actions() if action.text().replace("&", "") == words)
    return next(action for action in menu.actions() if action.text().replace("&", "") == path[-1])


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = CONTROL | ALT) -> None:
    QTest.keyClick(window, key, modifiers)


def named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next question for a name is answered."""

    def answer(dialog: NameDialog) -> int:
        dialog.field.setText(name)
        assert dialog.buttons.button(dialog.buttons.StandardButton.Ok).isEnabled()
        return NameDialog.DialogCode.Accepted.value

    monkeypatch.setattr(NameDialog, "exec", answer)


def test_each_key_shows_its_perspective_and_the_layout_can_be_restored(window: MainWindow) -> None:
    first = shown(window)
    square = window.canvas.scene.viewport.side
    press(window, Qt.Key.Key_1)
    assert set(shown(window)) == {"Data"}
    assert window.canvas.scene.viewport.side > 1.3 * square
    press(window, Qt.Key.Key_2)
    overfitting = shown(window)
    assert set(overfitting) == {"Data", "Model", "Loss"}
    assert overfitting["Loss"][2] == window.central_area.width()
    assert overfitting["Loss"][3] > first["Loss"][3]
    press(window, Qt.Key.Key_3)
    assert set(shown(window)) == {"Model", "Gradient per layer", "Gradient over time"}
    entry(window, "View", "Restore the layout").trigger()
    assert shown(window) == first


def test_the_gradients_perspective_asks_for_gradients_in_the_diagram(window: MainWindow) -> None:
    assert next(scheme for scheme in SCHEMES if scheme.key == "gradients").connections == "gradient"
    press(window, Qt.Key.Key_3)
    assert window.whole_layout.take().connections == "gradient"
    assert window.whole_layout.take().diagram
    press(window, Qt.Key.Key_1)
    assert not window.whole_layout.take().diagram


def test_ones_own_arrangement_is_shown_again_and_after_a_new_start(
    window: MainWindow, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shown(window)
    dock_of(window, "Model").hide()
    dock_of(window, "Chain").raise_()
    mine = shown(window)
    assert "Chain" in mine
    named("My lecture", monkeypatch)
    entry(window, "View", "Perspective", "Save this arrangement …").trigger()
    window.whole_layout.arrange()
    assert shown(window) == first
    press(window, Qt.Key.Key_5)
    assert shown(window) == mine
    window.whole_layout.arrange()
    window.close()
    again = open_window((1280, 720), early=True)
    assert shown(again) == first
    entry(again, "View", "Perspective", "My lecture").trigger()
    assert shown(again) == mine


def test_ones_own_arrangements_are_renamed_and_deleted(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, dialogs: Dialogs
) -> None:
    window.perspectives.save("  Mine   and & yours ")
    window.perspectives.save("Other")
    assert window.perspectives.names == ("Mine and & yours", "Other")
    named("Ours", monkeypatch)
    entry(window, "View", "Perspective", "Rename", "Mine and  yours …").trigger()
    assert window.perspectives.names == ("Ours", "Other")
    dialogs.answers = ["Cancel", "Delete"]
    for kept in (("Ours", "Other"), ("Other",)):
        entry(window, "View", "Perspective", "Delete", "Ours …").trigger()
        assert window.perspectives.names == kept
    with pytest.raises(StopIteration):
        entry(window, "View", "Perspective", "Ours")


def test_a_name_that_is_taken_is_refused_or_asked_for(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, dialogs: Dialogs
) -> None:
    window.perspectives.save("Mine")
    window.perspectives.save("Other")
    assert window.perspectives.problem("Other", besides="Mine") == "There is an arrangement Other already."
    assert window.perspectives.problem("Mine", besides="Mine") == ""
    assert window.perspectives.problem("  ") == "A name is needed."
    before = window.whole_layout.take()
    press(window, Qt.Key.Key_1)
    named("Mine", monkeypatch)
    dialogs.answers = ["Cancel"]
    entry(window, "View", "Perspective", "Save this arrangement …").trigger()
    window.perspectives.show_own("Mine")
    assert window.whole_layout.take() == before


def test_what_is_damaged_in_the_settings_is_left_out(open_window: Open, settings: QSettings) -> None:
    first = open_window((1280, 720), early=True)
    first.perspectives.save("Good")
    (good,) = json.loads(settings.value(KEY))
    bad = [
        5, None, {}, {"name": "No docks"}, {**good, "name": 5}, {**good, "name": "Text", "docks": "€"},
        {**good, "name": "Foreign", "docks": "AAAA"}, {**good, "name": "x" * 500, "plots": "nan"},
    ]  # fmt: skip
    settings.setValue(KEY, json.dumps([*bad, good, *([{**good, "name": f"{n}"} for n in range(99)])]))
    window = open_window((1280, 720), early=True)
    names = window.perspectives.names
    assert names[:3] == ("Foreign", "x" * LONGEST, "Good")
    assert len(names) == MOST
    before = shown(window)
    window.perspectives.show_own("Foreign")
    assert shown(window) == before
    assert "cannot be shown" in window.statusBar().currentMessage()
    settings.setValue(KEY, "[[[")
    assert open_window((1280, 720), early=True).perspectives.names == ()


def test_f11_fills_the_screen_and_goes_back(window: MainWindow, qtbot) -> None:
    press(window, Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(window.isFullScreen)
    press(window, Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(lambda: not window.isFullScreen())


def test_a_window_closed_in_full_screen_starts_in_a_window(
    window: MainWindow, open_window: Open, qtbot
) -> None:
    press(window, Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(window.isFullScreen)
    window.close()
    assert not open_window(None, early=True).isFullScreen()


def test_keys_change_the_size_of_all_text(window: MainWindow) -> None:
    try:
        for key, scale in ((Qt.Key.Key_Plus, 1.1), (Qt.Key.Key_Minus, 1.0), (Qt.Key.Key_Minus, 0.9)):
            press(window, key, CONTROL | SHIFT)
            assert window.appearance.text_scale == scale
        press(window, Qt.Key.Key_0, CONTROL | SHIFT)
        assert window.appearance.text_scale == 1.0
    finally:
        window.appearance.choose_text_scale(1.0)


def test_larger_text_has_a_key_also_where_plus_is_typed_with_shift(window: MainWindow) -> None:
    """There, Qt reports Ctrl, Shift and the key of + and = as Ctrl++ alone."""
    try:
        press(window, Qt.Key.Key_Plus, CONTROL)
        assert window.appearance.text_scale == 1.1
    finally:
        window.appearance.choose_text_scale(1.0)


def test_a_setting_nested_too_deep_to_read_opens_a_window_without_arrangements(
    open_window: Open, settings: QSettings
) -> None:
    settings.setValue(KEY, "[" * 3000)
    assert open_window((1280, 720), early=True).perspectives.names == ()


def test_an_arrangement_saved_in_a_presentation_has_the_usual_bar_at_the_next_start(
    window: MainWindow, open_window: Open
) -> None:
    window.present.begin()
    window.perspectives.save("Presented")
    window.perspectives.show_own("Presented")
    QApplication.processEvents()
    assert window.transport.isVisible()
    assert not window.present.is_on
    window.close()
    again = open_window((1280, 720), early=True)
    assert again.transport.isVisible()
    again.perspectives.show_own("Presented")
    QApplication.processEvents()
    assert again.transport.isVisible()


def painted(window: MainWindow, title: str) -> bool:
    """Whether a floating dock, its line around it and its content show what is theirs."""
    QApplication.processEvents()
    dock = dock_of(window, title)
    (edge,) = dock.findChildren(Edge)
    return (
        dock.isFloating()
        and dock.updatesEnabled()
        and dock.widget().updatesEnabled()
        and (edge.geometry() == dock.rect())
    )


def test_a_floating_dock_is_painted_in_an_arrangement_and_at_the_next_start(
    window: MainWindow, open_window: Open
) -> None:
    dock_of(window, "Chain").setFloating(True)
    window.perspectives.save("Floating")
    window.whole_layout.arrange()
    window.perspectives.show_own("Floating")
    assert painted(window, "Chain")
    window.close()
    again = open_window((1280, 720), early=True)
    assert painted(again, "Chain")
    again.perspectives.show_scheme(SCHEMES[0])
    again.perspectives.show_own("Floating")
    assert painted(again, "Chain")


def test_a_perspective_with_groups_of_its_own_keeps_them_in_other_sizes_and_at_the_next_start(
    open_window: Open,
) -> None:
    first = open_window((1280, 720), early=True)
    press(first, Qt.Key.Key_3)
    for title in ("Chain", "Loss"):
        dock_of(first, title).close()
    beside = {"Gradient per layer", "Gradient over time"}
    first.resize(820, 620)
    assert set(shown(first)) == {"Model", *beside}
    first.close()
    again = open_window(None, early=True)
    for size in ((1280, 720), (820, 620)):
        again.resize(*size)
        assert set(shown(again)) == {"Model", *beside}
