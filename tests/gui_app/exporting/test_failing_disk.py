"""Saving and each export on a disk that fails: one sentence is said, what was there stays, nothing is left over."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.service import messages as m
from gui_app.exporting import actions
from gui_app.exporting.pictures import PICTURE_FORMATS
from gui_app.window.main_window import MainWindow
from tests.faulty_disk import NUMBERS, STAGES, FaultyDisk, content_of
from tests.gui_app.dialogs import Dialogs, Files
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import draw

pytestmark = pytest.mark.skipif(
    not os.path.isdir("/proc/self/fd"), reason="looks up open files as Linux does"
)


@pytest.fixture
def trained(still: MainWindow, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    fake_engine.answer(acknowledged=0)
    still.link.pull()
    monkeypatch.setattr(actions, "ask_number", lambda *_, **__: 1.0)
    return still


def works(window: MainWindow, folder: Path) -> dict[str, Callable[[], object]]:
    """Everything that writes, by the name that is typed for it: as many as the menus have."""
    exports = window.exports
    pictures = {f"canvas{suffix}": lambda: exports.picture(window.canvas) for suffix in PICTURE_FORMATS}
    return {
        "drawing.sketch.json": window.files.save_as,
        "settings.sketch.json": exports.settings,
        "data.csv": exports.data,
        "metrics.csv": exports.history,
        **pictures,
        "everything": lambda: exports.everything_into(folder / "everything"),
    }


def told_at_the_end(window: MainWindow, engine: FakeEngine) -> str:
    """What is said of an export of everything when the engine has answered."""
    engine.events.append(m.RunNotSaved("", failed=()))
    window.link.pull()
    box = window.exports._notice.box
    assert box is not None
    box.hide()
    return f"{box.text()}\n{box.informativeText()}".strip()


@pytest.mark.parametrize("stage", STAGES)
def test_one_sentence_is_said_and_the_old_files_stay(
    trained: MainWindow, fake_engine: FakeEngine, stage: str, tmp_path: Path, files: Files, dialogs: Dialogs
) -> None:
    folder, number = tmp_path / "files", NUMBERS[STAGES.index(stage) % len(NUMBERS)]
    folder.mkdir()
    for name, work in works(trained, folder).items():
        files.path = folder / name
        work()
        trained.exports.give_up()
        draw(trained.document, [[1.0, 2.0]])
        old = content_of(folder)
        with FaultyDisk(folder, stage, number) as disk:
            if name == "metrics.csv":
                dialogs.answers = ["Replace", "OK"]
            dialogs.said.clear()
            work()
        assert disk.happened == 1, name
        if name == "everything":
            dialogs.said.append(told_at_the_end(trained, fake_engine))
        assert dialogs.said[-1].count("not be written") + dialogs.said[-1].count("cannot be saved") == 1, name
        assert os.strerror(number).lower() in dialogs.said[-1].lower()
        assert "\n\n" not in dialogs.said[-1]
        assert [said for said in dialogs.said if "there already" not in said] == dialogs.said[-1:]
        changed = {path for path, content in content_of(folder).items() if content != old.get(path)}
        # What fails is there as before, and keeps nothing else from being written.
        assert bool(changed) == (name == "everything"), name
        assert content_of(folder).keys() == old.keys(), name
        assert trained.document.modified
