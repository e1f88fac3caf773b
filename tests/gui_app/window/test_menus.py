"""Every entry of every menu does what it says: no dead buttons."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from engine import data
from engine.catalogue.presets import PRESETS
from engine.experiment import dumps, preset_experiment
from engine.experiment.lanes import MOST_LANES
from engine.experiment.settings import SweepAxis
from engine.export.code import TARGETS, code
from engine.lessons import built_in
from engine.service import messages as m
from gui_app.canvas.panes.lanes_shown import WAYS
from gui_app.canvas.switches.state import SWITCHES
from gui_app.exporting import actions
from gui_app.exporting.pictures import PICTURE_FORMATS
from gui_app.lanes.menu import COLOUR_NAMES
from gui_app.lanes.new_lane import CHOICES
from gui_app.plots import PLOTS
from gui_app.theme.appearance import MODES
from gui_app.window.layout.dock_arrangement import TABLES
from gui_app.window.layout.schemes import SCHEMES
from tests.gui_app.hands import dock_of, draw, with_lanes
from tests.observing import watch_prediction

pytestmark = pytest.mark.usefixtures("fake_engine")


def entries(menu: QMenu, path: str = "") -> dict:
    """All actions that can be chosen, by their way through the menus."""
    menu.aboutToShow.emit()
    found = {}
    for action in menu.actions():
        words = f"{path}{action.text().partition(chr(9))[0]}"
        words = words.replace("&&", "\0").replace("&", "").replace("\0", "&")
        if action.menu() is not None:
            found |= entries(action.menu(), f"{words} > ")
        elif not action.isSeparator() and action.isVisible():
            found[words] = action
    return found


@pytest.fixture
def window(still, tmp_path, fake_engine):
    """With a file opened lately, something drawn, undone and measured."""
    path = tmp_path / "lately & old.sketch.json"
    path.write_text(dumps(still.document.experiment))
    still.files.load(path)
    still.files.new()
    draw(still.document, [[1, 1]])
    draw(still.document, [[2, 2]])
    still.document.stack.undo()
    fake_engine.answer(acknowledged=still.link._driven)
    still.link.pull()
    fake_engine.take_commands()
    return still


@pytest.fixture
def menus(window):
    found = {}
    for action in window.menuBar().actions():
        found |= entries(action.menu(), f"{action.text().replace('&', '')} > ")
    return found


DIALOGS = {
    "File > Save": "Save as",
    "File > Save as …": "Save as",
    "File > Import data …": "Import data",
    "File > Export everything …": "Export everything into a folder",
    "File > Export > Everything into a folder …": "Export everything into a folder",
    "File > Export > Settings (JSON) …": "Export settings",
    "File > Export > Data (CSV) …": "Export data",
    "File > Export > History (CSV) …": "Export history",
    **{
        f"File > Export > Code > {target.label} …": f"Export code for {target.label}"
        for target in TARGETS.values()
    },
}
QUESTIONS = ("File > New", "File > Open …", "File > Open recent > lately & old.sketch.json", "File > Quit")
COMMANDS = {
    "Train > Play or pause": m.Play(),
    "Train > Step one batch": m.StepBatch(),
    "Train > Step one epoch": m.StepEpoch(),
    "Train > Go back to the best weights": m.RestoreBest((0,)),
    "Train > Reset to the initial weights": m.Reset(),
}
EDITS = {"Edit > Undo Draw": 0, "Edit > Redo Draw": 2, "Edit > Clear points": 2, "Train > New seed": 2}
SELECTED = (
    "Edit > Select all", "Edit > Cut points", "Edit > Copy points", "Edit > Paste points", "Edit > Duplicate points",
    "Edit > Give the chosen class", "Edit > Delete points",
)  # fmt: skip
SPEEDS = ("Train > Slower", "Train > Faster", "Train > Start slowly", "Train > Pause at epoch …")
REPORTS = ("Help > Copy report for a bug", "Help > Copy report with paths")
VIEWS = (
    "View > Show all points",
    "View > Default view",
    "Help > Shortcuts",
    "Help > What is this?",
    "Help > Explain the focused control",
    "Help > Start page",
    "Help > Tour",
    "Help > Glossary",
    "Help > Open the log folder",
    "Help > About Neural Sketchbook",
)
AXES = ("Data > Axes …", "Data > Fit the axes to the data")
CLIPBOARD = ("Edit > Copy all points as text", "Edit > Paste data …")
WITH_WEIGHTS = "File > Export > Code > With first weights and batches"
COPIES = {f"Edit > Copy as code > {target.label}": key for key, target in TARGETS.items()}
OPERATIONS = {
    f"Data > {one.label}{' …' if one.amount else ''}": one.amount is not None
    for one in data.OPERATIONS.values()
    if "classification" in one.tasks
}
"""Whether they ask for a number."""
EXAMPLES = {f"Examples > {preset.label}": preset.key for preset in PRESETS.values()}
LESSONS = {f"Lessons > {one.number}  {one.title}": one.key for one in built_in().lessons}
OF_COURSE = "Lessons > Export handout > Of the whole course (HTML, PDF) …"
OF_LESSON = (
    "Lessons > Next step",
    "Lessons > Previous step",
    "Lessons > Show where to look",
    "Lessons > Back to my drawing",
    "Lessons > Export handout > Of this lesson (HTML, PDF) …",
)
"""There while a lesson is open."""
OWN_LESSONS = (
    "File > Open lesson folder …",
    "File > Make a lesson of this …",
    "Lessons > Lessons of your own > Open lesson folder …",
    "Lessons > Lessons of your own > Make a lesson of this …",
    "Lessons > Start page",
)
ARRANGEMENTS = (
    *(f"View > Perspective > {scheme.title.replace('&', '')}" for scheme in SCHEMES),
    "View > Perspective > Present",
    "View > Perspective > Save this arrangement …",
)
TEXT_SIZES = tuple(f"View > Appearance > Text size > {size}" for size in ("Larger", "Smaller", "Default"))
SEVERAL_LANES = (
    "Lanes > Hide",
    "Lanes > Mute",
    "Lanes > Move left",
    "Lanes > Move right",
    "Lanes > Make this the only one",
    "Lanes > Remove",
    *(f"Lanes > Choose lane by number > {number}  –" for number in range(2, MOST_LANES + 1)),
    *(f"Lanes > Add to the selection > Lane {number}" for number in range(1, MOST_LANES + 1)),
)
LANES = (
    *SEVERAL_LANES,
    "Lanes > Duplicate",
    "Lanes > Rename",
    *(f"Lanes > Colour > {name}" for name in COLOUR_NAMES["light"]),
    *(
        f"Lanes > Repeat with seeds > {text}"
        for text in ("One seed", "3 seeds", "5 seeds", "10 seeds", "20 seeds")
    ),
    "Lanes > Choose lane by number > 1  A",
    *(f"Lanes > When duplicated in a run > {text}" for text in CHOICES.values()),
)
OF_SWEEP = ("Sweep > Promote the chosen cell", "Sweep > End the sweep", "Sweep > All networks …")
"""Enabled with a sweep."""
DOCKS = ("Data", "Model", *PLOTS)


def pictures(window) -> dict[str, str]:
    """The entries that export pictures, with the titles of their dialogs."""
    formats = ", ".join(one.label for one in PICTURE_FORMATS.values())
    titles = [view.export_title for view in (window.canvas, window.diagram, *window.dock_layout.plots)]
    return {f"File > Export > {title} ({formats}) …": f"Export {title.lower()}" for title in titles}


def test_keeping_the_run_is_a_choice(window, menus, settings):
    keep = menus["File > Keep the run in the file"]
    assert keep.isChecked()
    assert "answers and plots" in keep.toolTip()
    keep.trigger()
    assert not window.files.run.wanted
    assert settings.value("keep run in file") is False


def test_these_are_all_entries(window, menus):
    expected = {
        *DIALOGS, *pictures(window), *QUESTIONS, *COMMANDS, *EDITS, *SELECTED, *VIEWS, *REPORTS, *OPERATIONS,
        *CLIPBOARD, *COPIES, WITH_WEIGHTS, *AXES, *EXAMPLES, *LESSONS, *OF_LESSON, OF_COURSE, *OWN_LESSONS,
        *SPEEDS, "Sweep > Sweep …", *OF_SWEEP, "File > Open sweep results …", "Sweep > Map of trainability",
        "File > Keep the run in the file", "Train > Restart the engine",
        *ARRANGEMENTS, *TEXT_SIZES, "View > Full screen", "View > Network",
        *(f"View > Lanes on the canvas > {way.label}" for way in WAYS.values()), *LANES,
        "View > Restore the layout", *(f"View > {switch.label}" for switch in SWITCHES.values()),
        "View > Next wrong point", "View > Previous wrong point",
        *(f"View > {dock}" for dock in (*DOCKS, *TABLES)),
        *(f"View > Appearance > Theme > {words}" for words in MODES.values()),
    }  # fmt: skip
    assert set(menus) == expected
    # With one lane, of one seed, there is nothing to choose.
    of_lanes = {f"View > Lanes on the canvas > {way.label}" for way in WAYS.values()} | {*SEVERAL_LANES}
    assert {name for name, action in menus.items() if not action.isEnabled()} == {
        *of_lanes,
        *OF_LESSON,
        *OF_SWEEP,
        "View > Where seeds disagree",
    }


def test_the_entries_of_a_sweep(window, menus):
    menus["Sweep > Sweep …"].trigger()
    setup = window.sweeps.setup
    assert setup.isVisible()
    setup.start.click()
    assert window.sweep.shape == (8, 8)
    assert menus["Sweep > Sweep …"].text() == "&Change the axes …"
    menus[OF_SWEEP[0]].trigger()
    assert len(window.document.experiment.lanes) == 65
    menus[OF_SWEEP[1]].trigger()
    assert [lane.cell for lane in window.document.experiment.lanes] == [None, None]
    for entry in OF_SWEEP:
        assert not menus[entry].isEnabled()


def test_no_two_entries_share_a_key(menus):
    keys = [key.toString() for action in menus.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    assert {
        "Ctrl+S",
        "Ctrl+O",
        "Ctrl+Z",
        "Ctrl+Shift+Z",
        "Ctrl+E",
        "Ctrl+I",
        "Ctrl+R",
        ".",
        "Shift+.",
    } <= set(keys)


def underlined(menu: QMenu) -> dict[str, list[str]]:
    """The underlined letters of each menu, by its way, that more than one entry has."""
    menu.aboutToShow.emit()
    found: dict[str, list[str]] = {}
    letters: dict[str, list[str]] = {}
    for action in menu.actions():
        if action.isVisible() and (letter := re.search("&([^&])", action.text().replace("&&", ""))):
            letters.setdefault(letter[1].lower(), []).append(action.text())
        if action.menu() is not None:
            found |= underlined(action.menu())
    return found | {f"{menu.title()}: {key}": texts for key, texts in letters.items() if len(texts) > 1}


@pytest.mark.parametrize("swept", [False, True])
def test_no_two_entries_of_a_menu_share_an_underlined_letter(window, swept):
    if swept:
        window.sweep.start((SweepAxis(setting="seed", values=(1, 2)),))
    assert [found for action in window.menuBar().actions() if (found := underlined(action.menu()))] == []


@pytest.mark.parametrize(("entry", "dialog"), DIALOGS.items())
def test_an_entry_opens_its_dialog(menus, files, entry, dialog):
    menus[entry].trigger()
    assert files.asked == [dialog]


def test_an_entry_opens_the_dialog_of_its_picture(window, menus, files):
    for entry, dialog in pictures(window).items():
        menus[entry].trigger()
        assert files.asked.pop() == dialog


@pytest.mark.parametrize(("entry", "key"), EXAMPLES.items())
def test_an_example_is_opened(window, menus, dialogs, entry, key):
    dialogs.answers = ["Discard"]
    menus[entry].trigger()
    assert window.document.experiment == preset_experiment(key)


def test_a_lesson_is_opened_without_a_question(window, menus, dialogs):
    for entry, key in LESSONS.items():
        menus[entry].trigger()
        assert window.lessons.player.lesson.key == key
    assert not dialogs.said


@pytest.mark.parametrize("entry", [*QUESTIONS, *EXAMPLES])
def test_an_entry_asks_before_the_drawing_is_lost(window, menus, dialogs, entry):
    dialogs.answers = ["Cancel"]
    before = window.document.experiment
    menus[entry].trigger()
    assert len(dialogs.said) == 1
    assert window.document.experiment is before
    assert window.isVisible()


@pytest.mark.parametrize(("entry", "command"), COMMANDS.items())
def test_an_entry_drives_training(window, menus, entry, command, fake_engine):
    turn = window.link.turn
    menus[entry].trigger()
    expected = m.Reset(turn + 1) if command == m.Reset() else command
    assert fake_engine.commands == [expected]


@pytest.mark.parametrize(("entry", "index"), EDITS.items())
def test_an_entry_edits(window, menus, entry, index):
    before = window.document.experiment
    menus[entry].trigger()
    assert window.document.stack.index() == index
    assert window.document.experiment != before


@pytest.mark.parametrize(("entry", "asks"), OPERATIONS.items())
def test_an_entry_works_on_all_points(window, menus, entry, asks):
    before = window.document.points
    menus[entry].trigger()
    if asks:
        QTest.keyClick(window.operations.popover, Qt.Key.Key_Return)
    assert window.document.points != before
    assert window.document.stack.undoText() == entry.removeprefix("Data > ").removesuffix(" …")


def test_entries_copy_and_paste(window, menus, dialogs):
    dialogs.answers = ["Import"]
    points = window.document.points
    menus["Edit > Copy all points as text"].trigger()
    menus["Edit > Paste data …"].trigger()
    assert dialogs.said == ["Import the clipboard"]
    assert window.document.points == points


@pytest.mark.parametrize("title", DOCKS)
def test_an_entry_hides_and_shows_a_dock(window, menus, title):
    dock = dock_of(window, title)
    entry = menus[f"View > {title}"]
    assert entry.isChecked()
    entry.trigger()
    assert dock.isHidden()
    entry.trigger()
    assert dock.isVisible()


def test_an_entry_restores_the_layout(window, menus):
    dock_of(window, "Data").hide()
    menus["View > Restore the layout"].trigger()
    assert dock_of(window, "Data").isVisible()


def test_entries_choose_the_theme(window, menus):
    assert menus["View > Appearance > Theme > Follow the system"].isChecked()
    for words, name in (("Dark", "dark"), ("Light", "light")):
        menus[f"View > Appearance > Theme > {words}"].trigger()
        assert window.appearance.theme.name == name
        assert [key for key in MODES.values() if menus[f"View > Appearance > Theme > {key}"].isChecked()] == [
            words
        ]


def test_a_recent_file_is_opened_and_its_folder_told(window, menus, tmp_path):
    window.document.stack.setClean()
    entry = menus["File > Open recent > lately & old.sketch.json"]
    path = tmp_path / "lately & old.sketch.json"
    assert entry.toolTip() == str(path)
    entry.trigger()
    assert window.document.path == path


def test_without_recent_files_there_is_no_list_of_them(still):
    file = still.menuBar().actions()[0].menu()
    assert not any("recent >" in words for words in entries(file))
    assert not next(action for action in file.actions() if action.text() == "Open &recent").isEnabled()


def test_the_export_button_offers_the_same(window, menus, files, monkeypatch):
    monkeypatch.setattr(actions, "ask_number", lambda *a, **k: None)
    button = next(
        menu
        for menu in window.transport.findChildren(QMenu) + window.findChildren(QMenu)
        if menu.title() == "&Export" and menu.parent() is window
    )
    offered = entries(button, "File > Export > ")
    dialogs = DIALOGS | pictures(window)
    assert set(offered) == {
        words for words in (*dialogs, WITH_WEIGHTS) if words.startswith("File > Export > ")
    }
    for words, action in offered.items():
        files.asked.clear()
        action.trigger()
        assert files.asked == ([] if words == WITH_WEIGHTS else [dialogs[words]])
    assert window.scripts.with_weights


@pytest.mark.parametrize(("entry", "key"), COPIES.items())
def test_an_entry_copies_the_lane_as_code(window, menus, entry, key):
    menus[entry].trigger()
    assert QGuiApplication.clipboard().text() == code(window.document.experiment, key)


def test_an_entry_with_changes_saved_quits(window, menus):
    window.document.stack.setClean()
    menus["File > Quit"].trigger()
    assert not window.isVisible()


def test_entries_work_on_selected_points(window, menus):
    def points():
        return window.document.points

    menus["Edit > Select all"].trigger()
    assert len(window.canvas.context.selection) == len(points()) == 501
    menus["Edit > Copy points"].trigger()
    menus["Edit > Delete points"].trigger()
    assert len(points()) == 0
    menus["Edit > Paste points"].trigger()
    assert window.statusBar().currentMessage() == "Pasted 501 points."
    menus["Edit > Duplicate points"].trigger()
    assert len(points()) == 1002
    menus["Edit > Cut points"].trigger()
    assert len(points()) == 501
    menus["Edit > Select all"].trigger()
    window.tools.class_index = 1
    menus["Edit > Give the chosen class"].trigger()
    assert set(points().target) == {1}
    assert window.document.stack.undoText() == "Relabel"


def test_entries_change_the_view_and_the_engine_follows(window, menus, fake_engine):
    draw(window.document, [[20, 0]])
    menus["View > Show all points"].trigger()
    extent = window.canvas.extent
    assert extent[1] > 20
    window.link.pull()
    (prediction,) = watch_prediction(100, extent, (0,)).requests
    assert any(prediction in getattr(command, "requests", ()) for command in fake_engine.commands)
    menus["View > Default view"].trigger()
    assert window.canvas.extent == (-6, 6, -6, 6)
    menus["Help > Shortcuts"].trigger()
    assert window.help_windows.shortcuts.isVisible()


def test_the_lanes_on_the_canvas_are_chosen_by_name(window):
    texts = {action.text(): action for action in window.findChildren(QAction)}
    menu = texts["&Lanes on the canvas"].menu()
    menu.aboutToShow.emit()
    assert not any(action.isEnabled() for action in menu.actions()), "one lane leaves nothing to choose"
    window.document.replace(with_lanes(window.document.experiment, A={}, B={}), "Lanes")
    menu.aboutToShow.emit()
    checked = []
    for action, key in zip(menu.actions(), WAYS, strict=True):
        action.trigger()
        menu.aboutToShow.emit()
        checked.append([one.isChecked() for one in menu.actions()].index(True))
        assert window.canvas.lanes_shown.mode == key
    assert checked == [0, 1, 2, 3]
