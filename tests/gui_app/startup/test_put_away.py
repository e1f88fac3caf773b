"""What a window has trained and no file holds is put away when it closes or takes another document."""

import errno
import os
import threading
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QApplication

from engine.data import kept_run
from engine.data.kept_run import Growing, RunFolder, facts, read_kept, state_file
from engine.experiment.kept_run import Kept, lanes_without_history, pack
from engine.observation.snapshot import Stop
from engine.service import messages as m
from gui_app.session.dialogs import KEEP_OPEN
from gui_app.session.document import Document
from gui_app.startup.recovery import entries, put_away, putting, recovery
from gui_app.startup.recovery.copies import Copy
from gui_app.startup.recovery.left_off import TEXT
from gui_app.startup.recovery.patience import ends
from tests.deadline import DEADLINE
from tests.gui_app.hands import draw
from tests.gui_app.plots.runs import history_of, snapshot_of
from tests.gui_app.startup.test_recovery import leave, rate_of, with_rate
from tests.gui_app.startup.test_recovery_of_runs import begin, names

pytestmark = pytest.mark.bare


@pytest.fixture
def kept(still, fake_engine, folder, qtbot):
    found = begin(still, folder, qtbot, bare=True)
    qtbot.waitUntil(lambda: not found.keeper._busy)
    # It tells of the copy a moment before it is over.
    assert ends(found.keeper._thread, DEADLINE)
    yield found
    found.end()


def write(window, epoch: int, weight: float = 0.0, rows=None) -> None:
    """Keep a run of the document, with rows of lane A if there are any."""
    content = {} if rows is None else {"experiment": {"lanes": [{"name": "A"}]}}
    growing = {} if rows is None else {f"0.{name}": rows for name in ("losses", "layers")}
    arrays = {"0.now.row": np.full(1, weight, "f4")} if weight else {}
    RunFolder(window.link.run_folder).write(Kept(epoch, 1, content, arrays), growing, window.link.turn)


def keep(window, engine, epoch: int, weight: float = 0.0, rows=None) -> None:
    """Let the engine keep a run, and report it."""
    write(window, epoch, weight, rows)
    shown = engine.answer(acknowledged=window.link.commands)
    engine.snapshot = replace(shown, epoch=epoch, step=10 * epoch)
    window.link.pull()


def there(folder) -> list[int]:
    """The epochs of what is put away, the newest first."""
    found = put_away.find(folder)
    for one in found:
        one.entry.lock.unlock()
    return [one.epoch for one in found]


def put(folder, epoch: int, rate: float = 0.1, path=None) -> None:
    put_away.put_away(folder, Copy(with_rate(rate), path, False, 1e9, 1), pack(Kept(epoch, 1, {}, {})))


def entry_of(window):
    """The entry of the menu, as the menu shows it, and the words of those below it."""
    window.file_menu.aboutToShow.emit()
    (shown,) = (one for one in window.file_menu.actions() if one.text() == TEXT and one.isVisible())
    return shown, [] if shown.menu() is None else shown.menu().actions()


def saved(tmp_path, epoch=500, name="b"):
    path = tmp_path / f"{name}.sketch.json"
    Document(with_rate(0.3)).save(path, pack(Kept(epoch, 1, {}, {})))
    return path


@pytest.mark.parametrize("way", ["new", "open recent", "example"])
def test_another_document_in_the_same_window_costs_no_run(
    still, fake_engine, kept, folder, qtbot, tmp_path, dialogs, way
):
    keep(still, fake_engine, 91)
    drawn = still.document.experiment
    fake_engine.take_commands()
    if way == "new":
        still.files.new()
        assert still.statusBar().currentMessage() == (
            "“Untitled”, trained 91 epochs, is kept: File → Go on where you left off."
        )
    elif way == "open recent":
        still.files.open_recent(saved(tmp_path))
    else:
        still.files.start_from(with_rate(0.7))
    assert dialogs.said == []
    entry, below = entry_of(still)
    assert entry.isEnabled()
    assert below == []
    assert entry.toolTip().endswith(", trained 91 epochs")
    fake_engine.take_commands()
    entry.trigger()
    (loaded,) = (each for each in fake_engine.take_commands() if isinstance(each, m.LoadRun))
    assert facts(loaded.run).epoch == 91
    assert still.document.experiment == drawn
    assert still.document.modified
    fake_engine.events.append(m.RunLoaded(91, turn=still.link.turn))
    keep(still, fake_engine, 91)
    kept._drop_moved()
    assert there(folder) == []


def test_the_run_of_a_file_is_put_away_only_if_it_has_grown(still, fake_engine, kept, folder, tmp_path):
    path = saved(tmp_path)
    assert still.files.load(path)
    keep(still, fake_engine, 500)
    still.files.new()
    assert there(folder) == []
    still.files.open_recent(path)
    keep(still, fake_engine, 503)
    still.files.new()
    assert there(folder) == [503]
    (one,) = put_away.find(folder)
    assert one.copy.path == path
    one.entry.lock.unlock()


def test_what_is_discarded_or_saved_is_not_put_away(still, fake_engine, kept, folder, tmp_path, dialogs):
    keep(still, fake_engine, 91)
    draw(still.document, [[1, 1]])
    dialogs.answers = ["Discard"]
    still.files.new()
    assert there(folder) == []
    keep(still, fake_engine, 92)
    assert still.files._write(tmp_path / "a.sketch.json")
    still.files.new()
    assert there(folder) == []


def test_a_run_that_plays_is_put_away_as_it_is_at_that_moment(still, fake_engine, kept, folder, monkeypatch):
    """The engine keeps it once a second while it plays, and at once when it pauses."""
    keep(still, fake_engine, 91)
    still.link.set_playing(True)
    own, send = RunFolder(still.link.run_folder), fake_engine.send

    def obey(command):
        send(command)
        if isinstance(command, m.Pause) and not paused:
            paused.append(command)
            threading.Thread(target=lambda: own.write(Kept(95, 1, {}, {}), {}, still.link.turn)).start()

    paused = []
    monkeypatch.setattr(fake_engine, "send", obey)
    monkeypatch.setattr(recovery, "MOMENT", 60.0)
    still.files.new()
    assert there(folder) == [95]


def test_the_runs_of_the_last_three_windows_are_offered(still, fake_engine, kept, folder, tmp_path):
    for number in range(1, 5):
        put(folder, number, number / 10, tmp_path / f"a & {number}.sketch.json")
    assert there(folder) == [4, 3, 2]
    entry, below = entry_of(still)
    assert entry.menu() is not None
    assert [action.text().partition(",")[0] for action in below] == ["a && 4", "a && 3", "a && 2"]
    assert [action.text().rpartition(", ")[2] for action in below] == [
        f"trained {epochs} epochs" for epochs in (4, 3, 2)
    ]
    assert below[1].toolTip() == str(tmp_path / "a & 3.sketch.json")
    # What the window has trained itself joins them, and does not take the place of what is opened.
    keep(still, fake_engine, 91)
    below[2].trigger()
    assert rate_of(still.document.experiment) == 0.2
    assert there(folder) == [91, 4, 3]
    kept._leave_moving()
    assert there(folder) == [91, 4, 3, 2]


def test_what_an_earlier_version_kept_is_offered_and_is_the_oldest(still, fake_engine, kept, folder):
    leave(folder, with_rate(0.5), name="last", modified=False)
    RunFolder(folder / "last.run").write(Kept(7, 1, {}, {}), {})
    assert there(folder) == [7]
    put(folder, 8)
    assert there(folder) == [8, 7]


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("name", ["replace", "open"])
def test_a_fault_at_any_step_puts_all_away_or_nothing(folder, monkeypatch, name):
    real = getattr(os, name)
    for step in range(10):
        calls = []

        def fail(*arguments, calls=calls, step=step, **options):
            calls.append(arguments)
            if len(calls) > step:
                full()
            return real(*arguments, **options)

        failed = False
        with monkeypatch.context() as patch:
            patch.setattr(os, name, fail)
            try:
                put(folder, 900)
            except OSError:
                failed = True
        assert there(folder) == ([] if failed else [900])
        if len(calls) <= step:
            break
        # What was begun goes when the next one comes.
        put(folder, 901)
        assert len(names(folder)) == len(there(folder))
        for one in put_away.find(folder):
            one.entry.remove()
    assert not failed


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device")
@pytest.mark.parametrize("make", [put_away._next, entries.claim])
def test_why_no_lock_can_be_made_is_said(tmp_path, monkeypatch, make):
    for module in (put_away, entries):
        monkeypatch.setattr(module, "lock_of", lambda *_: QLockFile(str(tmp_path / "none" / "lock")))
    with pytest.raises(OSError, match="could not make a file in"):
        make(tmp_path)
    monkeypatch.setattr(
        entries, "TemporaryFile", lambda dir: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb")
    )
    with pytest.raises(OSError, match="No space left") as raised:
        make(tmp_path)
    assert raised.value.errno == errno.ENOSPC


@pytest.mark.expects_log("could not be put away: No space left")
def test_a_run_that_cannot_be_put_away_is_said_after_the_other_document(
    still, fake_engine, kept, folder, tmp_path, monkeypatch, qtbot
):
    keep(still, fake_engine, 91)
    path = saved(tmp_path)
    monkeypatch.setattr(recovery, "put_away", full)
    assert still.files.load(path)
    said = "What “Untitled” has trained is not kept yet. No space left on device. It is tried again."
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == said)
    assert there(folder) == []


@pytest.mark.expects_log("could not be put away: No space left")
@pytest.mark.parametrize("ends", [False, True])
def test_a_run_for_which_there_was_no_space_is_put_away_once_there_is(
    still, fake_engine, kept, folder, monkeypatch, qtbot, ends
):
    keep(still, fake_engine, 91)
    with monkeypatch.context() as patch:
        patch.setattr(recovery, "put_away", full)
        if not ends:
            patch.setattr(putting, "AGAIN", 0.0)
        still.files.new()
    keep(still, fake_engine, 0)
    if ends:
        still.close()
        kept.end(patience=DEADLINE)
    else:
        then = "“Untitled”, trained 91 epochs, is kept: File → Go on where you left off."
        qtbot.waitUntil(lambda: still.statusBar().currentMessage() == then)
        assert not kept._tell_late.isActive()
    assert there(folder) == [91]


@pytest.mark.expects_log("could not be put away: No space left", "The disk does not answer")
@pytest.mark.parametrize("how", ["full", "slow"])
@pytest.mark.parametrize("answer", [recovery.LOSE, KEEP_OPEN])
def test_closing_asks_before_what_waits_to_be_kept_is_lost(
    still, fake_engine, kept, folder, monkeypatch, qtbot, dialogs, how, answer
):
    keep(still, fake_engine, 91)
    monkeypatch.setattr(recovery, "PATIENCE", 0 if how == "slow" else DEADLINE)
    monkeypatch.setattr(recovery.Recovery.end, "__defaults__", (False, 0))
    with monkeypatch.context() as patch:
        if how == "full":
            patch.setattr(recovery, "put_away", full)
        else:
            held = Held(patch, still.link, "kept_run")
        still.files.new()
        assert (kept.mark.text() == "An earlier run is not kept yet") == (how == "full")
        dialogs.answers = [answer]
        assert still.close() == (answer == recovery.LOSE)
        reason = "No space left on device." if how == "full" else "The disk does not answer."
        assert dialogs.said == [
            f"What “Untitled” has trained is not kept yet.\n{reason} That is tried again every few seconds. "
            "Closing the window now loses it for good."
        ]
        if how == "slow":
            held.let_go()
    if answer == KEEP_OPEN:
        dialogs.said.clear()
        qtbot.waitUntil(lambda: all(one.ends(0) for one in kept._puttings))
        # Now there is space, and nothing is asked.
        monkeypatch.setattr(recovery, "PATIENCE", DEADLINE)
        assert still.close()
        assert dialogs.said == []
        assert there(folder) == [91]
        assert kept.mark.text() == ""


@pytest.mark.expects_log("could not be put away: No space left")
def test_a_run_for_which_there_is_no_space_waits_some_seconds(still, fake_engine, kept, monkeypatch, qtbot):
    keep(still, fake_engine, 91)
    tries, now = [], [100.0]
    monkeypatch.setattr(putting.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(recovery, "put_away", lambda *_: tries.append(now[0]) or full())
    still.files.new()
    for now[0] in (104.0, 106.0, 108.0, 112.0):
        kept._tell_of_late()
        qtbot.waitUntil(lambda: all(one.ends(0) for one in kept._puttings))
    assert tries == [100.0, 106.0, 112.0]


@pytest.mark.parametrize(("moment", "epoch"), [("return", 5000), ("save", None), ("leave", 5000)])
def test_a_run_whose_file_another_program_has_replaced_or_deleted_is_put_away(
    still, fake_engine, kept, folder, tmp_path, dialogs, moment, epoch
):
    path = saved(tmp_path)
    assert still.files.load(path)
    if epoch is not None:
        keep(still, fake_engine, epoch)
    if moment == "leave":
        path.unlink()
        dialogs.answers = ["Close without saving"]
        still.files.new()
    else:
        Document(with_rate(0.6)).save(path)
        dialogs.answers = ["Take theirs"]
        if moment == "return":
            still.files._look_at_disk()
        else:
            still.files.save()
        assert still.document.experiment == with_rate(0.6)
    assert there(folder) == [epoch or 500]
    assert len(dialogs.said) == 1


@pytest.mark.parametrize("edited", [False, True])
def test_changes_made_before_another_program_s_go_with_their_run_only_after_a_question(
    still, fake_engine, kept, folder, tmp_path, dialogs, edited
):
    path = saved(tmp_path)
    assert still.files.load(path)
    keep(still, fake_engine, 5000)
    if edited:
        draw(still.document, [[1, 1]])
    Document(with_rate(0.6)).save(path)
    # Asked about twice, as in coming back to the window and saving later.
    dialogs.answers = ["Later", "Take theirs", *(["Take theirs"] if edited else [])]
    still.files._look_at_disk()
    still.files.save()
    assert dialogs.answers == []
    assert still.document.experiment == with_rate(0.6)
    assert there(folder) == ([] if edited else [5000])


@pytest.mark.parametrize("way", ["another document", "not loaded", "another window"])
def test_the_menu_offers_again_what_was_on_its_way(still, fake_engine, kept, folder, dialogs, way):
    put(folder, 91)
    entry, _ = entry_of(still)
    if way == "another window":
        (one,) = put_away.find(folder)
    else:
        entry.trigger()
        assert kept._moving is not None
    entry, _ = entry_of(still)
    assert not entry.isEnabled()
    if way == "another window":
        one.entry.lock.unlock()
    elif way == "not loaded":
        fake_engine.events.append(m.RunNotLoaded("The run cannot be restored.", still.link.turn))
        still.link.pull()
    else:
        dialogs.answers = ["Discard"]
        still.files.new()
    entry, _ = entry_of(still)
    assert entry.isEnabled()


class Held:
    """A call that waits until it may go on."""

    def __init__(self, monkeypatch, owner, name):
        self._may, self._threads = threading.Event(), set(threading.enumerate())
        real = getattr(owner, name)

        def wait(*arguments, **options):
            assert self._may.wait(DEADLINE)
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, wait)

    def let_go(self) -> None:
        """Let it go on, and wait for what comes of it."""
        self._may.set()
        for thread in set(threading.enumerate()) - self._threads:
            if thread.name == "recovery":
                thread.join(DEADLINE)


def test_what_takes_longer_than_anyone_waits_is_not_called_lost(
    still, fake_engine, kept, folder, monkeypatch, qtbot
):
    keep(still, fake_engine, 91)
    monkeypatch.setattr(recovery, "PATIENCE", 0)
    held = Held(monkeypatch, put_away, "unpack")
    still.files.new()
    yet = "What “Untitled” has trained is not kept yet. The disk does not answer."
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == yet)
    held.let_go()
    then = "“Untitled”, trained 91 epochs, is kept: File → Go on where you left off."
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == then)
    assert there(folder) == [91]


def test_what_takes_long_to_read_is_put_away_unless_another_run_was_kept(
    still, fake_engine, kept, folder, monkeypatch, qtbot
):
    keep(still, fake_engine, 91)
    monkeypatch.setattr(recovery, "PATIENCE", 0)
    held = Held(monkeypatch, still.link, "kept_run")
    still.files.new()
    held.let_go()
    then = "“Untitled”, trained 91 epochs, is kept: File → Go on where you left off."
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == then)
    assert there(folder) == [91]


@pytest.mark.expects_log("could not be put away: No space left")
def test_a_slow_disk_that_turns_out_to_be_full_is_told_once(
    still, fake_engine, kept, folder, monkeypatch, qtbot, log_watch
):
    keep(still, fake_engine, 91)
    monkeypatch.setattr(recovery, "PATIENCE", 0)
    monkeypatch.setattr(putting, "AGAIN", 0.0)
    tries = []
    monkeypatch.setattr(recovery, "put_away", lambda *_: tries.append(1) or full())
    held = Held(monkeypatch, still.link, "kept_run")
    still.files.new()
    held.let_go()
    said = "What “Untitled” has trained is not kept yet. No space left on device. It is tried again."
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == said)
    qtbot.waitUntil(lambda: len(tries) > 2)
    assert len(log_watch.records) == 1
    assert there(folder) == []
    monkeypatch.undo()


@pytest.mark.parametrize("damaged", ["rows", "state", "gone"])
@pytest.mark.parametrize("closes", [False, True])
def test_what_is_damaged_is_kept_anew_before_it_is_put_away(
    still, fake_engine, kept, folder, monkeypatch, damaged, closes
):
    rows = Growing(1, np.array([[0, 0], [1, 25]]), np.array([[0.7], [0.6]]))
    keep(still, fake_engine, 91, rows=rows)
    for file in still.link.run_folder.glob("state*" if damaged == "gone" else f"{damaged}*"):
        if damaged == "gone":
            file.unlink()
        else:
            file.write_bytes(file.read_bytes()[:-1])
    monkeypatch.setattr(recovery, "MOMENT", DEADLINE)
    send, alive = fake_engine.send, [True]

    def keep_anew(command):
        if isinstance(command, m.KeepRun) and alive:
            write(still, 91, rows=rows)
        send(command)

    monkeypatch.setattr(fake_engine, "send", keep_anew)
    monkeypatch.setattr(fake_engine, "close", lambda _: alive.clear() is None)
    if closes:
        assert still.close()
        kept.end(patience=DEADLINE)
    else:
        still.files.new()
    assert there(folder) == [91]
    assert lanes_without_history(read_kept(folder / "last-0.run")) == []


@pytest.mark.parametrize("damaged", ["rows", "state"])
def test_what_is_damaged_and_cannot_be_kept_anew_is_said(
    still, fake_engine, kept, folder, monkeypatch, request, qtbot, damaged
):
    rows = Growing(1, np.array([[0, 0], [1, 25]]), np.array([[0.7], [0.6]]))
    keep(still, fake_engine, 91, rows=rows)
    for file in still.link.run_folder.glob(f"{damaged}*"):
        file.write_bytes(file.read_bytes()[:-1])
    monkeypatch.setattr(recovery, "MOMENT", 0.01)
    said = "“Untitled”, trained 91 epochs, is kept, without the history of lane A: File → Go on where you left off."
    if damaged == "state":
        request.applymarker(pytest.mark.expects_log("What was kept of the run is damaged"))
        said = "What “Untitled” has trained could not be kept. What was kept of the run is damaged."
    still.files.new()
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == said)
    assert there(folder) == ([91] if damaged == "rows" else [])
    if damaged == "rows":
        assert lanes_without_history(read_kept(folder / "last-0.run")) == ["A"]


UNKEPT = m.RunNotKept("The run cannot be kept in x: No space left.", "No space left")


@pytest.mark.parametrize("answer", ["Go on without them", "Cancel"])
@pytest.mark.parametrize("way", ["new", "close"])
def test_newest_epochs_that_could_not_be_kept_go_only_after_a_question(
    still, fake_engine, kept, folder, dialogs, qtbot, way, answer
):
    keep(still, fake_engine, 95)
    fake_engine.events.append(UNKEPT)
    still.link.pull()
    dialogs.answers = [answer]
    former = still.document.experiment
    goes = answer != "Cancel"
    if way == "close":
        assert still.close() == goes
    else:
        still.files.new()
        assert (still.document.experiment is not former) == goes
    assert dialogs.said == [
        "The newest epochs of Untitled.sketch.json are not kept.\nNo space left. That is tried again every few "
        "seconds. Going on now loses them for good."
    ]
    if goes and way == "new":
        said = (
            "“Untitled”, trained 95 epochs, is kept: File → Go on where you left off. "
            "But the newest epochs are not kept: No space left."
        )
        qtbot.waitUntil(lambda: still.statusBar().currentMessage() == said)
    kept.end(patience=DEADLINE)
    assert there(folder) == [95]


def test_a_drawing_that_was_never_trained_has_no_newest_epochs(still, fake_engine, kept, dialogs):
    keep(still, fake_engine, 0)
    fake_engine.events.append(UNKEPT)
    still.link.pull()
    still.files.new()
    assert dialogs.said == []
    assert kept.mark.text() == "The run is not kept"


@pytest.mark.parametrize(("epoch", "asks"), [(500, False), (503, True)])
def test_an_opened_run_that_has_not_grown_has_no_newest_epochs(
    still, fake_engine, kept, tmp_path, dialogs, epoch, asks
):
    assert still.files.load(saved(tmp_path))
    fake_engine.snapshot = replace(fake_engine.answer(still.link.commands), epoch=epoch, step=10 * epoch)
    fake_engine.events.append(UNKEPT)
    still.link.pull()
    dialogs.answers = ["Cancel"] if asks else []
    assert still.close() != asks
    assert len(dialogs.said) == asks


def test_the_mark_tells_of_what_is_open_first(kept):
    kept.mark.show_former("“one”: No space left.")
    kept.mark.show_run("The run cannot be kept.")
    assert kept.mark.text() == "The run is not kept"
    assert "“one”" in kept.mark.toolTip()


def test_a_first_epoch_that_is_not_finished_is_said_to_be_lost(still, fake_engine, kept, folder, qtbot):
    keep(still, fake_engine, 0)
    fake_engine.snapshot = replace(fake_engine.answer(still.link.commands), epoch=0, step=7)
    still.link.pull()
    still.files.new()
    said = "Not all of “Untitled” is kept: its first epoch is not finished."
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == said)
    assert there(folder) == []


@pytest.mark.expects_log("could not be put away: No space left")
def test_the_question_goes_away_once_there_is_space(still, fake_engine, kept, folder, monkeypatch, qtbot):
    keep(still, fake_engine, 91)
    shown = []

    def asked(*_, until, **__):
        shown.append(until)
        return KEEP_OPEN

    with monkeypatch.context() as patch:
        patch.setattr(recovery, "put_away", full)
        patch.setattr(recovery, "ask", asked)
        still.files.new()
        assert not still.close()
    with qtbot.waitSignal(shown[0]):
        kept._puttings[0]._due = 0.0
    assert there(folder) == [91]


def test_what_is_said_of_a_lane_that_has_ended_hides_nothing(still, fake_engine, kept):
    """Lanes in another order than those of the new drawing."""
    one = with_rate(0.1)
    lanes = tuple(msgspec.structs.replace(one.lanes[0], name=name) for name in "BA")
    assert still.files.start_from(msgspec.structs.replace(one, lanes=lanes))
    keep(still, fake_engine, 91)
    ended = snapshot_of(history_of([0, 91]), stop=Stop("divergence", 91, None, "a weight is infinite"))
    lanes = tuple(replace(ended.lanes[0], name=name) for name in "BA")
    fake_engine.snapshot = replace(ended, lanes=lanes, acknowledged=still.link.commands, playing=False)
    still.link.pull()
    assert "diverged in epoch 91" in still.run_messages.sentence
    still.files.new()
    assert still.statusBar().currentMessage().startswith("“Untitled”, trained 91 epochs, is kept")


def test_what_was_never_trained_is_not_called_lost(still, fake_engine, kept, folder, monkeypatch, qtbot):
    monkeypatch.setattr(recovery, "PATIENCE", 0)
    held = Held(monkeypatch, still.link, "kept_run")
    said = []
    monkeypatch.setattr(still, "show_message", said.append)
    still.files.new()
    held.let_go()
    qtbot.waitUntil(lambda: not kept._puttings)
    assert there(folder) == []
    assert said == [
        "What “Untitled” has trained is not kept yet. The disk does not answer.",
        "“Untitled” has nothing to keep.",
    ]


def test_an_opened_run_whose_file_is_gone_is_put_away_however_slow_the_disk(
    still, fake_engine, kept, folder, tmp_path, monkeypatch, dialogs, qtbot
):
    path = saved(tmp_path)
    assert still.files.load(path)
    Document(with_rate(0.6)).save(path)
    monkeypatch.setattr(recovery, "PATIENCE", 0)
    held = Held(monkeypatch, still.link, "kept_run")
    dialogs.answers = ["Take theirs"]
    still.files._look_at_disk()
    held.let_go()
    qtbot.waitUntil(lambda: not kept._puttings)
    assert there(folder) == [500]


@pytest.mark.expects_log("could not be put away: Another run has taken its place")
def test_what_takes_long_is_never_another_run(still, fake_engine, kept, folder, monkeypatch, qtbot):
    keep(still, fake_engine, 91)
    monkeypatch.setattr(recovery, "PATIENCE", 0)
    held = Held(monkeypatch, still.link, "kept_run")
    still.files.new()
    keep(still, fake_engine, 77)
    held.let_go()
    said = "What “Untitled” has trained could not be kept. Another run has taken its place."
    qtbot.waitUntil(lambda: still.statusBar().currentMessage() == said)
    assert there(folder) == []


@pytest.mark.expects_log("could not be put away: Another run has taken its place")
def test_a_window_that_ends_logs_what_came_of_what_took_long(
    still, fake_engine, kept, monkeypatch, log_watch
):
    keep(still, fake_engine, 91)
    monkeypatch.setattr(recovery, "PATIENCE", 0)
    held = Held(monkeypatch, still.link, "kept_run")
    still.files.new()
    keep(still, fake_engine, 77)
    held.let_go()
    kept.end(patience=DEADLINE)
    assert len(log_watch.records) == 1


@pytest.mark.expects_log("could not be put away: The disk does not answer")
def test_what_takes_too_long_at_the_end_is_offered_once(still, fake_engine, kept, folder, monkeypatch):
    keep(still, fake_engine, 91)
    assert ends(kept._scan, DEADLINE)
    held = Held(monkeypatch, put_away, "unpack")
    kept.end(patience=0)
    held.let_go()
    assert there(folder) == []
    kept.keeper.entry.lock.unlock()
    (one,) = entries.left(folder)
    assert one.epoch == 91
    one.entry.lock.unlock()


def test_the_menu_reads_no_whole_run(still, kept, folder, monkeypatch):
    put(folder, 91)

    def never(*_):
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(kept_run, "read_kept", never)
        entry, _ = entry_of(still)
    assert entry.isEnabled()
    assert entry.toolTip().endswith(", trained 91 epochs")
    # Whether it is damaged shows when it is opened.
    state = state_file(folder / "last-0.run", 0)
    state.write_bytes(state.read_bytes()[:-1])
    entry.trigger()
    assert "damaged" in still.statusBar().currentMessage()
    assert rate_of(still.document.experiment) == 0.1
    assert put_away.find_one(folder, "last-0").damaged


def test_another_run_of_as_many_epochs_is_not_that_of_the_file(still, fake_engine, kept, folder, tmp_path):
    path = saved(tmp_path)
    for anew in (
        still.link.restart,
        lambda: fake_engine.events.append(m.RunNotLoaded("No.", still.link.turn)),
    ):
        assert still.files.load(path)
        keep(still, fake_engine, 500)
        anew()
        keep(still, fake_engine, 500)
        still.files.new()
    assert there(folder) == [500, 500]


@pytest.mark.parametrize("other", ["nothing", "reset", "best weights"])
def test_a_crash_offers_another_run_of_as_many_epochs(still, fake_engine, kept, folder, tmp_path, other):
    assert still.files.load(saved(tmp_path))
    keep(still, fake_engine, 500)
    if other != "nothing":
        if other == "reset":
            still.link.restart()
        keep(still, fake_engine, 500, weight=1.0)
    assert kept.keeper.keep_now(DEADLINE)
    kept.keeper.entry.lock.unlock()
    found = entries.left(folder)
    assert [one.epoch for one in found] == ([] if other == "nothing" else [500])
    for one in found:
        one.entry.lock.unlock()


@pytest.mark.parametrize("ends", [False, True])
def test_best_weights_that_were_brought_back_are_not_those_of_the_file(
    still, fake_engine, kept, folder, tmp_path, ends
):
    assert still.files.load(saved(tmp_path))
    keep(still, fake_engine, 500)
    still.link.restore_best()
    keep(still, fake_engine, 500, weight=1.0)
    if ends:
        kept.end(patience=DEADLINE)
    else:
        still.files.new()
    assert there(folder) == [500]


def test_what_is_kept_for_the_next_start_is_not_put_away_as_well(
    still, fake_engine, kept, folder, monkeypatch
):
    keep(still, fake_engine, 91)
    monkeypatch.setattr(QApplication, "exit", lambda _: None)
    kept.leave(15)
    assert there(folder) == []
    kept.keeper.entry.lock.unlock()
    (one,) = entries.left(folder)
    assert one.epoch == 91
    one.entry.lock.unlock()


def test_a_run_that_was_loaded_after_all_is_that_of_the_file(
    still, fake_engine, kept, folder, tmp_path, dialogs
):
    assert still.files.load(saved(tmp_path))
    turn = still.link.turn
    for event in (
        m.RunNotLoaded("There is not enough memory.", turn, waits=True),
        m.RunLoaded(500, turn=turn),
    ):
        fake_engine.events.append(event)
        still.link.pull()
    keep(still, fake_engine, 500)
    still.files.new()
    assert there(folder) == []


@pytest.mark.parametrize("waits", [False, True])
def test_saving_asks_only_where_the_run_of_the_file_is_not_open(
    still, fake_engine, kept, tmp_path, dialogs, waits
):
    assert still.files.load(saved(tmp_path))
    turn = still.link.turn
    fake_engine.events.append(m.RunNotLoaded("There is not enough memory.", turn, waits))
    still.link.pull()
    draw(still.document, [[1, 1]])
    # An engine that was started again loads what has begun anew.
    fake_engine.events.append(m.RunLoaded(503, turn=turn))
    keep(still, fake_engine, 503)
    dialogs.answers = [] if waits else ["Cancel"]
    assert still.files.save() == waits
    assert len(dialogs.said) == (0 if waits else 1)
