"""The list after a crash: nothing that a file holds, the time of the work, and rows that can be told apart."""

import os
import time

import pytest

from engine.data.kept_run import STATE, RunFolder, state_file
from engine.experiment import default_experiment, dumps
from engine.experiment.kept_run import Kept, pack
from gui_app.session.document import Document
from gui_app.startup.recovery import entries, keeper, put_away
from gui_app.startup.recovery.copies import Copy, encode
from gui_app.startup.recovery.keeper import Keeper
from gui_app.startup.recovery.words import time_in_words
from tests.gui_app.hands import click, draw
from tests.gui_app.startup.test_put_away import entry_of
from tests.gui_app.startup.test_recovery import leave, newest, offer, with_rate

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]
NAME = "99999999-0"


def leave_run(folder, epoch: int) -> None:
    RunFolder(folder / f"{NAME}.run").write(Kept(epoch, 1, {}, {}), {})


@pytest.mark.parametrize("modified", [False, True])
@pytest.mark.parametrize("epoch", [None, 0, 500])
def test_what_a_file_holds_is_not_offered(folder, tmp_path, modified, epoch):
    """Opened and not touched; or saved a moment ago, so that the copy does not know it yet."""
    path = tmp_path / "doc.sketch.json"
    Document(with_rate(0.3)).save(path, pack(Kept(500, 1, {}, {})))
    leave(folder, with_rate(0.3), path=path, modified=modified)
    if epoch is not None:
        leave_run(folder, epoch)
    assert entries.left(folder) == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "missing", ["epochs", "damaged run", "edit", "run in the file", "file", "readable file"]
)
def test_what_a_file_does_not_hold_is_offered(folder, tmp_path, missing):
    path = tmp_path / "doc.sketch.json"
    Document(with_rate(0.3)).save(path, None if missing == "run in the file" else pack(Kept(500, 1, {}, {})))
    rate = 0.4 if missing == "edit" else 0.3
    leave(folder, with_rate(rate), path=path, modified=missing == "edit")
    leave_run(folder, 503 if missing == "epochs" else 500)
    if missing == "damaged run":
        (folder / f"{NAME}.run" / STATE).write_bytes(b"x")
    elif missing == "file":
        path.unlink()
    elif missing == "readable file":
        path.write_text("[]")
    (one,) = entries.left(folder)
    assert one.copy.path == path
    one.entry.lock.unlock()


def test_that_a_drawing_is_saved_is_kept_at_once(document, folder, tmp_path, qtbot, monkeypatch):
    keeps = Keeper(document, folder)
    draw(document, [[1, 1]])
    assert keeps.keep_now(60)
    for name in ("DELAY", "LATEST"):
        monkeypatch.setattr(keeper, name, 10**6)
    document.save(tmp_path / "a.sketch.json")
    qtbot.waitUntil(lambda: not newest(folder).modified)
    assert newest(folder).file == document.file
    keeps.end()


def test_another_document_is_not_kept_before_its_run_is_known(document, folder, tmp_path, monkeypatch):
    """The copy would name it together with the run of the document before."""
    path = tmp_path / "a.sketch.json"
    path.write_text(dumps(with_rate(0.5)))
    replaced, early = [], []
    document.replaced.connect(lambda: replaced.append(True))
    keeps = Keeper(document, folder)
    begin = keeper.begin

    def note(work):
        early.append(not replaced)
        return begin(work)

    monkeypatch.setattr(keeper, "begin", note)
    draw(document, [[1, 1]])
    document.open(path)
    assert early
    assert not any(early)
    keeps.end()


def test_the_time_is_that_of_the_last_epochs_or_of_the_last_edit(folder):
    RunFolder(folder / f"{NAME}.run").write(Kept(900, 1, {}, {}), {}, turn=7)
    state = state_file(folder / f"{NAME}.run", 7)
    os.utime(state, (1.2e9, 1.2e9))
    for drawn in (1e9, 1.3e9):
        copy = Copy(with_rate(0.1), None, True, drawn, 1, turn=7)
        (folder / f"{NAME}.0.copy").write_bytes(encode(copy))
        (one,) = entries.left(folder)
        assert one.epoch == 900
        assert one.when == max(drawn, 1.2e9)
        one.entry.lock.unlock()


def test_rows_of_equal_names_show_folder_and_seconds(kept, folder, tmp_path, qtbot):
    now = time.time()
    places = [tmp_path / "one" / "doc.sketch.json", tmp_path / "two" / "doc.sketch.json", None, None]
    for number, path in enumerate([*places, tmp_path / "other.sketch.json"]):
        leave(folder, with_rate(0.1), path=path, name=f"99999999-{number}", when=now - number)
    dialog = offer(kept, qtbot)
    assert [row._title.full_text for row in dialog.rows] == [
        "doc in one", "doc in two", "Untitled", "Untitled", "other",
    ]  # fmt: skip
    for number, row in enumerate(dialog.rows):
        words = time_in_words(now - number, seconds=number < 4)
        assert row._details.text().partition("\n")[0] == words
        assert row._restore.accessibleName().endswith(words if number < 4 else "other")
    click(dialog._later)


def test_runs_that_were_put_away_within_a_minute_are_told_apart(still, kept, folder):
    for number in range(2):
        copy = Copy(default_experiment(), None, False, 1e9 + number, 1)
        put_away.put_away(folder, copy, pack(Kept(7, 1, {}, {})))
    for name, when in (("last-0", 1e9), ("last-1", 1e9 + 1)):
        os.utime(folder / f"{name}.run" / STATE, (when, when))
    _, below = entry_of(still)
    texts = [action.text() for action in below]
    assert texts == [f"Untitled, {time_in_words(1e9 + n, seconds=True)}, trained 7 epochs" for n in (1, 0)]
