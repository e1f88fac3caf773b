"""A plot that has an entry is everywhere: nothing else names plots."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from gui_app.exporting.files import everything
from gui_app.exporting.pictures import PICTURE_FORMATS
from gui_app.plots import PLOTS, PlotEntry
from gui_app.plots.drawing.marks import Sentence
from gui_app.window.main_window import MainWindow
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import dock_of, part_of
from tests.gui_app.plots.made_up_plot import MadeUpPlot


@pytest.fixture(params=["", *(title for title, plot in PLOTS.items() if not plot.tab_of)])
def tab_of(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """There is one more plot, beside the others or as a tab of one of them."""
    entry = PlotEntry(MadeUpPlot.__module__, MadeUpPlot.__name__, request.param)
    monkeypatch.setitem(PLOTS, "Made up", entry)
    return entry.tab_of


def texts(actions: list[QAction]) -> list[str]:
    return [action.text() for action in actions]


def test_a_plot_that_has_an_entry_has_a_dock_a_menu_entry_and_files(
    tab_of: str, still: MainWindow, fake_engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    dock, plot = dock_of(still, "Made up"), part_of(still, MadeUpPlot)
    assert dock.widget() is plot
    assert "Made up" in texts(still.findChildren(QAction))
    files = {path.name for path in everything(still.document, still.exports.views, tmp_path)}
    assert {f"made-up{suffix}" for suffix in PICTURE_FORMATS} <= files
    fake_engine.answer(acknowledged=0)
    still.link.pull()
    dock.raise_()
    qtbot.waitUntil(lambda: plot.picture.marks == (Sentence("step 0", plot.theme.muted),))


def test_the_docks_are_arranged_as_the_entries_say(tab_of: str, still: MainWindow, qtbot: QtBot) -> None:
    still.resize(1920, 1080)
    dock, front = dock_of(still, "Made up"), dock_of(still, tab_of or "Gradient over time")
    assert dock in still.tabifiedDockWidgets(front)
    beside = [title for title, entry in PLOTS.items() if not entry.tab_of and title != "Made up"]
    lefts = [dock_of(still, title).geometry().left() for title in beside]
    assert lefts == sorted(set(lefts))
    qtbot.waitUntil(lambda: all(dock_of(still, title).widget().is_seen for title in beside))
    assert not part_of(still, MadeUpPlot).is_seen
