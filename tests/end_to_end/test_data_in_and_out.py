"""Data dropped in, looked through, changed, kept, trained on and taken out again: in a real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from engine.data import Library, read_csv
from engine.experiment import Points
from gui_app.exporting import files as exports
from gui_app.importing.dialog import ImportDialog
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import drop

pytestmark = pytest.mark.window
LEFT = Qt.MouseButton.LeftButton


def answer_import(dialogs: list[ImportDialog]) -> None:
    """Leave out what cannot be read, and import, as soon as the dialog is there."""
    dialog = QApplication.activeModalWidget()
    if not isinstance(dialog, ImportDialog):
        QTimer.singleShot(10, lambda: answer_import(dialogs))
        return
    dialogs.append(dialog)
    dialog.skip.setFocus()
    QTest.keyClick(dialog.skip, Qt.Key.Key_Space)
    QTest.mouseClick(dialog.accept_button, LEFT)


def test_a_teacher_brings_data_and_takes_them_home(
    window: MainWindow, library: Library, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = window.document.experiment
    rng = np.random.default_rng(0)
    xy = rng.normal(size=(300, 2)) + np.repeat([[-2, 0], [2, 0], [0, 3]], 100, axis=0)
    kinds = np.repeat(["ash", "elm", "fir"], 100)
    rows = "".join(f"{x};{y};{kind}\n" for (x, y), kind in zip(xy.tolist(), kinds, strict=True))
    path = tmp_path / "trees.csv"
    path.write_text("width;height;tree\n" + rows + "1;oops;elm\n")

    dialogs: list[ImportDialog] = []
    answer_import(dialogs)
    assert drop(window, path)
    qtbot.waitUntil(lambda: len(window.document.points) == 300)
    assert np.array_equal(window.document.points.xy, xy)
    assert window.document.experiment.data.class_names == ("ash", "elm", "fir")
    assert len(dialogs) == 1

    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("Trees", True))
    panel = window.dock_layout.data_panel
    QTest.mouseClick(panel.saved.save, LEFT)
    assert [saved.name for saved in library.sets()] == ["Trees"]

    window.operations.run("flip")
    QTest.keyClick(window.operations.popover.amount.slider, Qt.Key.Key_Right)
    QTest.keyClick(window.operations.popover, Qt.Key.Key_Return)
    flipped = int((window.document.points.target != np.repeat([0, 1, 2], 100)).sum())
    assert flipped == round(0.11 * 300)

    window.link.set_playing(True)
    qtbot.waitUntil(
        lambda: window.link.latest is not None and window.link.latest.epoch > 5 and window.link.settled,
    )
    assert window.link.latest.classes == 3
    window.link.set_playing(False)

    exports.write_data(window.document, tmp_path / "home.csv")
    home = read_csv(tmp_path / "home.csv", "classification", ("ash", "elm", "fir"))
    assert Points(home.xy, home.target, home.split) == window.document.points
    while window.document.stack.canUndo():
        window.document.stack.undo()
    assert window.document.experiment == first
