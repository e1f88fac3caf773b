"""Errors that nobody catches: noted, counted, logged once, told calmly, and copied as a report without secrets."""

import gc
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import (
    QEvent,
    QObject,
    QRunnable,
    QThread,
    QThreadPool,
    QTimer,
    QtMsgType,
    qCritical,
    qWarning,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from engine.experiment import default_experiment, edit
from gui_app.plots.loss_plot import LossPlot
from gui_app.session.faults import Faults
from gui_app.session.report import ReportParts, report, without_paths
from gui_app.startup import crashes, hooks
from gui_app.startup.crashes import KEPT, take_crashes, watch_process
from gui_app.startup.hooks import Hooks
from gui_app.startup.log import BYTES, FILES, LogFile, file_name
from gui_app.startup.watching import Watching
from gui_app.widgets.guarded import guarded
from tests.gui_app.hands import Hand, click, draw, part_of

FILE = file_name(os.getpid())

pytestmark = [pytest.mark.bare, pytest.mark.expects_log("."), pytest.mark.qt_no_exception_capture]


class OddError(Exception):
    pass


def fail(*_):
    raise OddError("no points named secret")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def logged(folder):
    """What the log says so far."""
    return lambda: "".join(path.read_text() for path in folder.glob(f"{FILE}*"))


@pytest.fixture
def watched(still, fake_engine, folder, monkeypatch):
    """A window as a person has it, with all hooks; a recovery copy can be kept."""
    monkeypatch.setattr("gui_app.startup.watching.watch_process", lambda folder: None)
    watching = Watching(folder)
    watching.start()
    watching.watch(still, lambda: True)
    yield still
    watching.stop()


def notice_of(window):
    return window.fault_messages.notice


def wait_for_count(window, qtbot, count, kind="OddError"):
    """Wait until an error of the kind has been announced with this count."""
    qtbot.waitUntil(
        lambda: window.fault_messages._shown is not None and window.fault_messages._shown.count >= count
    )
    assert window.fault_messages._shown.key[0] == kind
    assert window.fault_messages._shown.count == count


class Filter(QObject):
    @guarded
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.MouseButtonPress:
            fail()
        return False


class Widget(QWidget):
    fails = True

    @guarded
    def paintEvent(self, event):
        if self.fails:
            self.fails = False
            fail()


class Runnable(QRunnable):
    def run(self):
        fail()


class Thread(QThread):
    def run(self):
        fail()


class Unraisable:
    def __del__(self):
        fail()


def in_timer(window):
    QTimer.singleShot(0, fail)


def in_slot(window):
    window.tools.changed.connect(fail)
    window.tools.radius = window.tools.radius / 2


def in_filter(window):
    failing = Filter(window)
    window.canvas.installEventFilter(failing)
    Hand(window.canvas).press((0, 0))
    Hand(window.canvas).release((0, 0))
    window.canvas.removeEventFilter(failing)


def in_paint(window):
    widget = Widget(window)
    widget.resize(20, 20)
    widget.show()


def in_thread(window):
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def in_qthread(window):
    thread = Thread(window)
    thread.start()
    thread.wait()


def in_pool(window):
    QThreadPool.globalInstance().start(Runnable())
    QThreadPool.globalInstance().waitForDone()


def in_finalizer(window):
    Unraisable()
    gc.collect()


def in_logging(window):
    try:
        fail()
    except OddError:
        logging.getLogger("gui_app.anything").exception("caught and logged")


PLACES = (in_timer, in_slot, in_filter, in_paint, in_thread, in_qthread, in_pool, in_finalizer, in_logging)


def test_an_exception_is_noted_and_told_wherever_it_comes(watched, qtbot, logged):
    draw(watched.document, [[0.0, 0.0]])
    for number, place in enumerate(PLACES, 1):
        place(watched)
        # All end in the same line of the same function.
        wait_for_count(watched, qtbot, number)
    assert logged().count("Traceback") <= 2
    notice = notice_of(watched)
    assert notice.isVisible()
    assert notice.headline.text() == "Something went wrong."
    assert "Your drawing is safe: a recovery copy was written at" in notice.detail.text()
    assert f"Seen {len(PLACES)} times." in notice.detail.text()


def test_a_flood_is_one_notice_with_its_count_and_a_few_lines_of_log(watched, qtbot, logged):
    for _ in range(1000):
        QTimer.singleShot(0, fail)
    wait_for_count(watched, qtbot, 1000)
    assert "Seen 1,000 times." in notice_of(watched).detail.text()
    assert logged().count("Traceback") == 1
    assert logged().count(" times") == 3
    assert len(watched.findChildren(type(notice_of(watched)))) == 1


def test_a_kind_that_was_dismissed_stays_away_and_another_comes(watched, qtbot):
    QTimer.singleShot(0, fail)
    wait_for_count(watched, qtbot, 1)
    click(notice_of(watched).close_button)
    assert not notice_of(watched).isVisible()
    noted = []
    watched.faults.noted.connect(noted.append)
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: len(noted) == 1)
    assert not notice_of(watched).isVisible()
    logging.getLogger("engine.service").error("another")
    qtbot.waitUntil(notice_of(watched).isVisible)
    assert notice_of(watched).headline.text() == "Something went wrong in the training engine."


@pytest.mark.parametrize(
    ("kept", "modified", "sentence"),
    [
        (True, True, "Your drawing is safe: a recovery copy was written at"),
        (False, True, "No recovery copy could be written: save your drawing now."),
        (False, False, "Your drawing is safe: it has no unsaved changes."),
    ],
)
def test_the_notice_promises_only_what_holds(watched, qtbot, kept, modified, sentence):
    watched.faults.protect = lambda: kept
    if modified:
        draw(watched.document, [[0.0, 0.0]])
    QTimer.singleShot(0, fail)
    wait_for_count(watched, qtbot, 1)
    assert notice_of(watched).detail.text().startswith(sentence)


@pytest.mark.bare(False)
def test_a_failing_plot_is_named_and_the_window_goes_on(watched, qtbot, monkeypatch):
    plot = part_of(watched, LossPlot)
    # The plot's own code raises, as soon as it is asked for what it shows.
    monkeypatch.setattr(LossPlot, "options", property(lambda self: LossPlot.compose(None, None)))
    watched.dispatcher.show(None)
    wait_for_count(watched, qtbot, 1, watched.faults.newest.key[0])
    assert notice_of(watched).headline.text() == "Something went wrong in the loss plot."
    assert plot.isVisible()


def test_errors_in_the_notice_and_in_keeping_a_copy_do_not_come_back(watched, qtbot, monkeypatch, logged):
    watched.faults.protect = fail
    monkeypatch.setattr(watched.fault_messages, "_describe_safety", fail)
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: logged().count("Traceback") > 1)
    QTest.qWait(50)
    before = watched.faults.newest.count
    QTest.qWait(50)
    assert watched.faults.newest.count == before


def test_hooks_pass_on_what_ends_the_app_and_are_gone_afterwards(qapp, monkeypatch):
    seen, former = [], (sys.excepthook, threading.excepthook, sys.unraisablehook)
    monkeypatch.setattr(sys, "__excepthook__", lambda *arguments: seen.append(arguments[0]))
    faults = Faults()
    hooks = Hooks(faults)
    hooks.install()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert seen == [KeyboardInterrupt]
    assert faults.newest is None
    hooks.remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == former


@pytest.mark.qt_log_level_fail("NO")
def test_messages_of_qt_are_logged_but_for_noise(watched, logged):
    qWarning("QObject::connect: no such signal")
    qWarning("This plugin does not support propagateSizeHints()")
    qCritical("QObject: no OpenGL in C:/portal/mesa")
    assert "WARNING qt: QObject::connect: no such signal" in logged()
    assert "INFO qt: This plugin does not support propagateSizeHints" in logged()
    assert "ERROR qt: QObject: no OpenGL in C:/portal/mesa" in logged()
    assert "no OpenGL" in watched.faults.newest.text


@pytest.mark.parametrize(
    ("category", "message", "level"),
    [
        ("qt.qpa.xcb", "could not connect", "INFO"),
        ("default", "libEGL warning: no device", "INFO"),
        ("qt.core.qobject", "a portal of qt.qpa. and dbus", "WARNING"),
        ("default", "the file at-spi.json", "WARNING"),
    ],
)
def test_noise_is_known_by_its_category_or_its_beginning(caplog, category, message, level):
    caplog.set_level("DEBUG", "qt")
    hooks._log_qt(QtMsgType.QtWarningMsg, SimpleNamespace(category=category), message)
    assert [record.levelname for record in caplog.records] == [level]


# -- log


def test_the_log_starts_with_versions_and_is_for_its_owner_alone(watched, folder, logged):
    assert "PySide6 6." in logged().splitlines()[0]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600


def test_the_log_rotates_within_its_bounds_without_the_home_directory(folder, logged):
    handler = LogFile(folder, lambda error: pytest.fail(str(error)))
    record = logging.LogRecord("gui_app", logging.ERROR, "", 0, f"{Path.home()}/x " + 19_000 * "y", (), None)
    for _ in range(3 * FILES * BYTES // 19_000):
        handler.emit(record)
    handler.close()
    files = list(folder.iterdir())
    assert len(files) == FILES
    assert all(path.stat().st_size <= BYTES for path in files)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    assert str(Path.home()) not in logged()


@pytest.mark.parametrize("kind", ["a file stands there", "the disk is full"])
def test_a_log_that_cannot_be_written_is_said_once_and_harms_nothing(
    still, fake_engine, qtbot, tmp_path, kind, monkeypatch
):
    monkeypatch.setattr("gui_app.startup.watching.watch_process", lambda folder: None)
    folder = tmp_path / "log"
    if kind == "the disk is full":
        folder.mkdir()
        (folder / FILE).symlink_to("/dev/full")
        monkeypatch.setattr(LogFile, "shouldRollover", lambda *_: False)
    else:
        folder.write_text("")
    said = []
    still.fault_messages.reported.connect(said.append)
    watching = Watching(folder)
    watching.start()
    watching.watch(still, lambda: True)
    for _ in range(3):
        QTimer.singleShot(0, fail)
    wait_for_count(still, qtbot, 3)
    watching.stop()
    (sentence,) = said
    assert sentence.startswith("No log can be written: ")
    assert "OddError" in "".join(watching.log.tail.lines)


# -- report


@pytest.mark.parametrize("with_paths", [False, True])
def test_the_report_has_versions_settings_log_and_traceback_but_no_drawing(
    watched, qtbot, tmp_path, with_paths
):
    document = watched.document
    draw(document, [[1.2345, 2.3456]])
    path = tmp_path / "my diary.sketch.json"
    document.save(path)
    logging.getLogger("gui_app.session").warning("could not look at %s or /home/somebody/notes.csv", path)
    QTimer.singleShot(0, fail)
    wait_for_count(watched, qtbot, 1)
    if with_paths:
        watched.fault_messages.copy_report(True)
    else:
        click(notice_of(watched).copy)
    text = QGuiApplication.clipboard().text()
    assert "Copied a report" in watched.statusBar().currentMessage()
    for part in (
        "torch 2",
        "Python 3",
        "Qt 6",
        '"learning_rate": 0.003',
        "501 points",
        "OddError",
        "Started:",
    ):
        assert part in text
    assert "1.2345" not in text
    for secret in ("diary", "notes.csv", str(tmp_path), "somebody", str(Path.home())):
        if len(secret) > 1:
            assert (secret in text) == (with_paths and secret != str(Path.home())), secret


def test_paths_of_our_code_stay_and_others_go():
    from gui_app.session.faults import ROOT

    text = f'File "{ROOT}/gui_app/plots/loss_plot.py", line 3\nFile "/opt/v/lib/python3.11/site-packages/torch/nn.py"'
    assert without_paths(text) == (
        'File "gui_app/plots/loss_plot.py", line 3\nFile "site-packages/torch/nn.py"'
    )
    assert without_paths("in C:\\Users\\me\\a.txt and ~/b/c: gone") == "in <path>: gone"


ANN = "/home/ann/My Documents"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"[Errno 2] No such file: '{ANN}/secret plans.txt'", "[Errno 2] No such file: '<path>'"),
        (f'could not read "{ANN}/it\'s secret.v2": gone', 'could not read "<path>": gone'),
        (f"could not make the folder {ANN}/Secret Folder: Permission denied",
         "could not make the folder <path>: Permission denied"),
        ("in ~/My Secret Plans: gone", "in <path>: gone"),
        (r"in C:\Users\ann\My Documents\a secret.txt, then", "in <path>, then"),
        (f'File "{ANN}/secret.py", line 3, in f', 'File "<path>", line 3, in f'),
        ("could not read 'secret plans.csv'", "could not read '<path>'"),
        (r'File "C:\Secret Files\lib\site-packages\torch\nn.py", line 3',
         r'File "site-packages\torch\nn.py", line 3'),
        ("3 / 4 points and 1/2 of them", "3 / 4 points and 1/2 of them"),
    ],
)  # fmt: skip
def test_a_path_is_left_out_as_a_whole(text, safe):
    assert without_paths(text) == safe


def test_only_whole_names_of_files_are_left_out():
    names = [Path("a"), Path("/x/plans b.json"), Path("/x/data")]
    text = "a car, an 'a', data of plans b.json and of exaplans b.jsonx"
    assert without_paths(text, names) == "a car, an '<file>', data of <file> and of exaplans b.jsonx"


@pytest.mark.parametrize("with_paths", [False, True])
def test_names_of_lanes_are_left_out_unless_asked_for(with_paths):
    experiment = edit(default_experiment(), "lanes.0.name", "my wife's idea")
    assert ("my wife" in report(ReportParts(experiment, 0), with_paths)) == with_paths


# -- crashes

CRASH = """
import ctypes, sys
from pathlib import Path
from gui_app.startup.crashes import watch_process
watch_process(Path(sys.argv[1]), sys.argv[2])
if sys.argv[3] == "crash":
    ctypes.string_at(0)
"""


def run_a_process(folder, part="window", end="crash"):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", CRASH, folder, part, end], env=environment, check=False
    ).returncode


def test_a_crash_is_told_at_the_next_start_once_and_kept_a_while(
    still, fake_engine, folder, monkeypatch, qtbot
):
    monkeypatch.setattr("gui_app.startup.watching.watch_process", lambda folder: None)
    assert run_a_process(folder) < 0
    assert run_a_process(folder, end="well") == 0
    assert len(list(folder.iterdir())) == 2
    watching = Watching(folder)
    watching.start()
    watching.watch(still, lambda: True)
    notice = notice_of(still)
    assert notice.isVisible()
    assert notice.headline.text() == "The app crashed last time (segmentation fault)."
    click(notice.copy)
    assert "Segmentation fault" in QGuiApplication.clipboard().text()
    watching.stop()
    assert [path.name.partition("-")[0] for path in folder.glob("[!l]*-*")] == ["crash"]
    assert take_crashes(folder) == []


def test_old_crashes_are_swept_and_files_of_the_living_stay(folder):
    folder.mkdir()
    for number in range(KEPT + 3):
        (folder / f"crash-{number}-window.txt").write_text("Fatal Python error: Aborted\n")
    mine = folder / f"engine-{os.getppid()}.txt"
    mine.write_text("")
    (folder / "engine-999999999.txt").write_text("Fatal Python error: Bus error\n")
    (crash,) = take_crashes(folder)
    assert crash.sentence == "The training engine crashed last time (bus error)."
    assert mine.exists()
    assert len(list(folder.glob("crash-*"))) == KEPT
    assert take_crashes(folder / "missing") == []


def test_a_crash_of_a_former_process_with_the_same_number_is_told_and_not_as_one_of_this(folder, monkeypatch):
    monkeypatch.setattr(crashes, "_open_files", {})
    monkeypatch.setattr(crashes.faulthandler, "enable", lambda *_, **__: None)
    monkeypatch.delenv(crashes.VARIABLE, raising=False)
    folder.mkdir()
    mine = folder / f"window-{os.getpid()}.txt"
    mine.write_text("Fatal Python error: Bus error\n")
    (crash,) = take_crashes(folder)
    assert crash.reason == "bus error"
    mine.write_text("Fatal Python error: Aborted\n")
    watch_process(folder)
    assert mine.read_text() == ""
    assert [crash.reason for crash in take_crashes(folder)] == ["aborted"]
    assert take_crashes(folder) == []
    assert mine.exists()
    crashes._open_files[mine].close()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_pipe_among_the_files_of_crashes_holds_nothing_up(folder, monkeypatch):
    monkeypatch.setattr(crashes, "_open_files", {})
    monkeypatch.setattr(crashes.faulthandler, "enable", lambda *_, **__: None)
    monkeypatch.delenv(crashes.VARIABLE, raising=False)
    folder.mkdir()
    mine, other = (folder / f"window-{number}.txt" for number in (os.getpid(), 999999999))
    os.mkfifo(mine)
    os.mkfifo(other)
    watch_process(folder)
    assert mine.is_file()
    assert take_crashes(folder) == []
    crashes._open_files[mine].close()
