"""The export of everything is said to be done when all files are there, and what is missing is listed."""

import errno
import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from engine.data import atomic_write
from engine.experiment import edit
from engine.observation.snapshot import Best
from engine.service import messages as m
from gui_app.exporting import actions, pictures
from gui_app.exporting.everything import describe_failures, list_names, write_each
from gui_app.exporting.files import engine_files
from gui_app.exporting.unfinished import CLOSE
from gui_app.session.dialogs import KEEP_OPEN
from tests.gui_app.hands import click, draw

ALL = ("experiment.sketch.json", "data.csv", "canvas.png")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "out"


def write_as_engine(window, folder: Path, leave_out: str = "") -> tuple[str, ...]:
    """Write what the engine writes, and return its paths."""
    paths = [path for path in engine_files(window.document, folder) if path.name != leave_out]
    for path in paths:
        path.write_text("new")
    return tuple(map(str, paths))


def tell(window, engine, event) -> None:
    engine.events.append(event)
    window.link.pull()


def notice(window) -> str:
    (box,) = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
    assert not box.isModal()
    text = f"{box.text()}\n{box.informativeText()}"
    box.close()
    return text


@pytest.mark.parametrize("left", [(), ("a/model-B.pt",)])
def test_it_is_said_when_the_engine_has_answered(still, folder, fake_engine, left):
    still.exports.everything_into(folder)
    assert still.statusBar().currentMessage() == f"Exporting into {folder} …"
    tell(still, fake_engine, m.RunSaved(write_as_engine(still, folder), 1, left))
    told = f"Exported everything into {folder}, with the model"
    rest = ". Left from before, not of this run: model-B.pt." if left else ""
    assert still.statusBar().currentMessage() == told + rest
    # An answer that nobody waits for says nothing.
    still.show_message("other")
    tell(still, fake_engine, m.RunSaved(("a/metrics.csv",)))
    assert still.statusBar().currentMessage() == "other"


def test_several_models_are_counted(still, folder, fake_engine):
    lane = still.document.experiment.lanes[0]
    lanes = [lane, edit(still.document.experiment, "lanes.0.name", "B").lanes[0]]
    still.document.replace(edit(still.document.experiment, "lanes", tuple(lanes)), "Two")
    still.exports.everything_into(folder)
    tell(still, fake_engine, m.RunSaved(write_as_engine(still, folder), 2))
    assert still.statusBar().currentMessage() == f"Exported everything into {folder}, with 2 models"


def test_an_engine_that_failed_is_answered_for(still, folder, fake_engine):
    folder.mkdir()
    write_as_engine(still, folder)
    for path in engine_files(still.document, folder):
        os.utime(path, (1, 1))
    still.exports.everything_into(folder)
    (folder / "metrics.csv").write_text("newer")
    tell(still, fake_engine, m.RunNotSaved("The engine ended meanwhile."))
    said = notice(still)
    old = [path.name for path in engine_files(still.document, folder) if path.name != "metrics.csv"]
    assert all(name in said for name in old)
    assert "metrics.csv" not in said
    assert said.endswith("are as before the export.\nThe engine ended meanwhile.")
    assert "may be" not in said
    assert still.statusBar().currentMessage() == "Not everything was exported"
    assert set(ALL) <= {path.name for path in folder.iterdir()}


def test_only_what_failed_is_named(still, folder, fake_engine):
    still.exports.everything_into(folder)
    write_as_engine(still, folder)
    failed = (str(folder / "model-A-best.pt"),)
    tell(still, fake_engine, m.RunNotSaved("The disk is full.", str(folder), failed))
    assert notice(still) == f"model-A-best.pt could not be written into {folder}.\nThe disk is full."


def test_nothing_is_called_missing_that_was_written_by_an_engine_that_ended(still, folder, fake_engine):
    still.exports.everything_into(folder)
    write_as_engine(still, folder)
    tell(still, fake_engine, m.RunNotSaved("It has ended.", str(folder)))
    assert (
        notice(still) == f"All files are in {folder}, but the engine did not come to say so.\nIt has ended."
    )


def test_a_fault_in_one_picture_keeps_no_other_file_from_being_written(
    still, folder, fake_engine, monkeypatch, qtbot
):
    def fail(*_):
        raise RuntimeError("the picture is odd")

    monkeypatch.setattr(type(still.canvas), "paint_export", fail)
    with qtbot.captureExceptions() as seen:
        written = {path.name for path in still.exports.everything_into(folder)}
    assert {kind for kind, *_ in seen} == {RuntimeError}
    assert {"experiment.sketch.json", "data.csv", "loss.png"} <= written
    assert fake_engine.commands[-1] == m.SaveRun(str(folder))
    tell(still, fake_engine, m.RunSaved(write_as_engine(still, folder)))
    assert notice(still).endswith(f"could not be written into {folder}.\nThe picture is odd.")


def test_a_file_that_is_said_to_be_there_is_looked_for(still, folder, fake_engine):
    still.exports.everything_into(folder)
    paths = write_as_engine(still, folder)
    (folder / "model-A.pt").unlink()
    tell(still, fake_engine, m.RunSaved(paths))
    assert notice(still).startswith(f"model-A.pt is missing in {folder}.")


def test_one_file_that_fails_keeps_no_other_from_being_written(still, folder, fake_engine, monkeypatch):
    draw(still.document, [[1, 1]])
    real = pictures.atomic_write

    def full(path, content):
        if path.suffix == ".svg":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, content)

    monkeypatch.setattr(pictures, "atomic_write", full)
    written = still.exports.everything_into(folder)
    failed = [f"{view.export_name}.svg" for view in still.exports.views]
    assert {path.name for path in written} == {path.name for path in folder.iterdir()}
    assert set(ALL) <= {path.name for path in written}
    assert fake_engine.commands[-1] == m.SaveRun(str(folder))
    assert not [box for box in still.findChildren(QMessageBox) if box.isVisible()]
    tell(still, fake_engine, m.RunSaved(write_as_engine(still, folder)))
    assert still.statusBar().currentMessage() == f"Exported the other files into {folder}, with the model"
    words = f"{list_names(failed)} could not be written into {folder}.\nNo space left on device."
    assert notice(still) == words


def test_a_full_disk_is_one_answer_for_window_and_engine(still, folder, fake_engine, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pictures, "atomic_write", full)
    still.exports.everything_into(folder)
    failed = [str(path) for path in engine_files(still.document, folder)]
    why = f"could not write {failed[0]}: No space left on device (and {len(failed) - 1} more)"
    tell(still, fake_engine, m.RunNotSaved(why, str(folder), tuple(failed)))
    said = notice(still)
    assert said.startswith("canvas.png, canvas.svg, canvas.pdf, ")
    assert said.endswith(f" more could not be written into {folder}.\nNo space left on device.")


def test_the_model_of_the_best_epoch_is_missed_too(still, folder, fake_engine):
    snapshot = fake_engine.answer(acknowledged=0)
    best = Best(3, 30, (0.5, 0.25, 0.25))
    fake_engine.snapshot = replace(snapshot, lanes=tuple(replace(lane, best=best) for lane in snapshot.lanes))
    still.link.pull()
    still.exports.everything_into(folder)
    why = f"Some histories and models may be missing in {folder}. The training engine has ended meanwhile."
    tell(still, fake_engine, m.RunNotSaved(why, str(folder)))
    assert notice(still) == (
        f"metrics.csv, gradients.csv, layers.csv, stops.csv, events.csv and 2 more are missing in {folder}.\n"
        "The training engine has ended meanwhile."
    )


def test_it_is_said_as_long_as_it_waits(still, folder, fake_engine):
    still.exports.everything_into(folder)
    waits = f"Exporting into {folder} …"
    still.show_message("other")
    assert still.statusBar().currentMessage() == "other"
    # A tip of a menu, or the time of a message, ends like this.
    still.statusBar().clearMessage()
    assert still.statusBar().currentMessage() == waits
    tell(still, fake_engine, m.RunSaved(write_as_engine(still, folder)))
    still.statusBar().clearMessage()
    assert still.statusBar().currentMessage() == ""


# -- closing


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(actions, "PATIENCE", 0)


def close(window, answer) -> list[str]:
    """Close a window, do what ``answer`` does with the question, and return its words."""
    said = []

    def look():
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox) or not box.isVisible():
            return
        timer.stop()
        said.append(f"{box.text()}\n{box.informativeText()}")
        answer(box)

    window.document.forget_changes()
    timer = QTimer(interval=1)
    timer.timeout.connect(look)
    timer.start()
    window.close()
    timer.stop()
    return said


def press(words):
    return lambda box: click(next(one for one in box.buttons() if one.text().replace("&", "") == words))


@pytest.mark.parametrize(
    ("how", "closes"), [(KEEP_OPEN, False), (CLOSE, True), ("Escape", False), ("Enter", False)]
)
def test_a_window_that_closes_asks_about_an_export_that_waits(
    still, folder, fake_engine, impatient, how, closes
):
    still.exports.everything_into(folder)
    (folder / "metrics.csv").write_text("new")
    keys = {"Escape": Qt.Key.Key_Escape, "Enter": Qt.Key.Key_Return}
    answer = (lambda box: QTest.keyClick(box, keys[how])) if how in keys else press(how)
    (said,) = close(still, answer)
    assert said == (
        f"The export into {folder} is not finished.\n"
        "gradients.csv, layers.csv, stops.csv, events.csv and model-A.pt are still missing. "
        "The training engine has not written everything yet. The window closes as soon as it has."
    )
    assert still.isVisible() != closes
    assert bool(fake_engine.closed) == closes


def test_it_closes_by_itself_once_the_engine_has_written_everything(still, folder, fake_engine, impatient):
    still.exports.everything_into(folder)
    answer = m.RunSaved(write_as_engine(still, folder))
    assert len(close(still, lambda box: tell(still, fake_engine, answer))) == 1
    assert not still.isVisible()
    assert fake_engine.closed == 1


def test_it_stays_open_to_say_what_could_not_be_written(still, folder, fake_engine, impatient, qtbot):
    still.exports.everything_into(folder)
    answer = m.RunNotSaved("The training engine has ended meanwhile.", str(folder))
    assert len(close(still, lambda box: tell(still, fake_engine, answer))) == 1
    assert still.isVisible()
    qtbot.waitUntil(lambda: still.exports._notice.box is not None)
    assert "metrics.csv" in notice(still)
    still.close()
    assert not still.isVisible()


def test_a_quick_engine_is_waited_for_without_a_question(still, folder, fake_engine):
    still.exports.everything_into(folder)
    fake_engine.events.append(m.RunSaved(write_as_engine(still, folder)))
    still.document.forget_changes()
    still.link.start()
    still.close()
    assert not still.isVisible()
    assert fake_engine.closed == 1


def test_closing_at_once_loses_no_file(window, process_engine, folder):
    """With the real engine: what is sent last before the end is written, too."""
    window.exports.everything_into(folder)
    window.document.forget_changes()
    window.close()
    assert not window.isVisible()
    assert all(path.exists() for path in engine_files(window.document, folder))


def test_a_second_export_into_a_folder_waits_for_the_first(still, folder, fake_engine, dialogs):
    still.exports.everything_into(folder)
    fake_engine.take_commands()
    assert still.exports.everything_into(folder) == []
    headline, detail = dialogs.said[0].splitlines()
    assert headline == f"The export into {folder} is not finished"
    assert detail == "Wait until the training engine has written everything, or choose another folder."
    assert not any(isinstance(command, m.SaveRun) for command in fake_engine.take_commands())
    tell(still, fake_engine, m.RunSaved(write_as_engine(still, folder)))
    assert len(still.exports.everything_into(folder)) > 1
    still.exports.give_up()


def test_a_full_disk_is_given_as_the_reason_once(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    with monkeypatch.context() as faults:
        faults.setattr(os, "fsync", full)
        failures = write_each({path: partial(atomic_write, path, b"text") for path in paths})
    assert describe_failures(failures) == (
        "a.csv, b.csv and c.csv cannot be written", "No space left on device.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "named"),
    [(1, "0"), (2, "0 and 1"), (6, "0, 1, 2, 3, 4 and 5"), (12, "0, 1, 2, 3, 4 and 7 more")],
)
def test_at_most_a_few_names_are_listed(count, named):
    assert list_names(map(str, range(count))) == named
