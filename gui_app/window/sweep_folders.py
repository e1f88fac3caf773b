"""Sweeps in folders: opened, computed in the background, and their networks made lanes of the document."""

from __future__ import annotations

import math
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Signal

from engine.catalogue import Parameter
from engine.data import atomic_write
from engine.data.file_system import FAILURES, exists, home, make_folder
from engine.experiment import Experiment, ExperimentError
from engine.experiment.lanes import with_duplicate
from engine.experiment.settings import Lane, SweepAxis
from gui_app.session.app_folders import data_folder
from gui_app.session.dialogs import ask, ask_folder, ask_number, reason, warn
from gui_app.session.refusal import refusal
from gui_app.widgets.wait_cursor import wait_cursor

if TYPE_CHECKING:
    from engine.sweep.results import SweepResults
    from gui_app.sweeps.results.background import BackgroundSweep
    from gui_app.sweeps.results.window import ResultsWindow
    from gui_app.window.main_window import MainWindow

RECENT, MOST_RECENT = "recent sweeps", 8
EPOCHS = Parameter(
    "epochs",
    "Epochs",
    100,
    1,
    1_000_000,
    "How long each network trains.",
    integer=True,
    log=True,
    slider=(10, 10_000),
)
MOST_PICTURES = 1_024
"""Networks of a sweep begun here of which small pictures are kept."""
MOST_SHOWN = 1_000_000
"""Networks of a sweep that is opened: a window of more would answer no more."""
NOT_SETTINGS = ("name", "colour", "hidden", "muted", "repeats", "cell")
"""What a lane has besides its settings."""
NEW_DOCUMENT, CANCEL = "Open as a new drawing", "Cancel"
BEGINS = (
    "Nothing is trained yet: a short trial comes first. Closing this window pauses; what is trained is kept."
)
_PATIENCE = 10.0
"""Reading results again waits for so many times as long as it took."""


class SweepFolders(QObject):
    """Opens each folder in a window of its own. ``reported(sentence)`` says what was done or refused."""

    reported = Signal(str)

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.shown: dict[Path, FolderResults] = {}
        window.closed.connect(self.close)

    def open(self) -> None:
        """Ask for a folder, and show what is in it."""
        recent = self.recent()
        begin = recent[0].parent if recent else home()
        folder = ask_folder(self._window, "Open sweep results", begin)
        if folder is not None:
            self.show(folder)

    def recent(self) -> list[Path]:
        """Return the folders that were opened or begun last, the newest first."""
        stored = self._settings.value(RECENT, [])
        # QSettings reads a list of one as its only entry.
        names = stored if isinstance(stored, list) else [stored] if stored else []
        return [Path(str(name)) for name in names]

    def show(self, folder: Path) -> FolderResults | None:
        """Show the results of a folder; a window that shows it already comes to the front."""
        if folder not in self.shown:
            try:
                with wait_cursor():
                    results = _read(folder)
            except (ExperimentError, *FAILURES) as error:
                self._remember([one for one in self.recent() if one != folder])
                warn(self._window, f"{folder.name} cannot be opened", reason(error))
                return None
            self._add(folder, folder / "spec.json", _options(results))
            self.shown[folder].show(results)
        self.shown[folder].to_front()
        return self.shown[folder]

    def start(
        self, experiment: Experiment, index: int, axes: tuple[SweepAxis, ...], seeds: int
    ) -> FolderResults | None:
        """Ask for how long, and compute the sweep of a lane in a new folder."""
        epochs = ask_number(self._window, "Compute in the background", EPOCHS, " epochs")
        if epochs is None:
            return None
        return self.begin(experiment, index, axes, seeds, round(epochs))

    def begin(
        self, experiment: Experiment, index: int, axes: tuple[SweepAxis, ...], seeds: int, epochs: int
    ) -> FolderResults | None:
        """Compute the sweep of a lane in a new folder."""
        from engine.sweep.lanes import base_of
        from engine.sweep.spec import AxisSpec, KeepSpec, ThresholdSpec, dumps_spec, make_spec

        base, wanted = base_of(experiment, index), self._window.sweep.threshold
        specs = tuple(AxisSpec(setting=axis.setting, values=axis.values) for axis in axes)
        threshold = ThresholdSpec(measure=wanted.measure, value=wanted.value)
        networks = seeds * math.prod(len(axis.values) for axis in axes)
        keep = KeepSpec(pictures=16 if networks <= MOST_PICTURES else 0)
        spec = make_spec(base, specs, seeds=seeds, epochs=epochs, threshold=threshold, keep=keep)
        folder = data_folder() / "sweeps" / time.strftime("%Y-%m-%d %H.%M.%S")
        path = folder.with_name(f"{folder.name}.json")
        try:
            make_folder(folder.parent)
            atomic_write(path, dumps_spec(spec))
        except FAILURES as error:
            warn(self._window, "The sweep cannot be computed", reason(error))
            return None
        self._add(folder, path, ())
        shown = self.shown[folder]
        shown.to_front()
        shown.process.start()
        shown.window.running.show_running(True)
        shown.window.note.show_text(BEGINS)
        self.reported.emit(f"Computing in the background; the results are in {folder}")
        return shown

    def close(self) -> None:
        """Pause what is being computed; the same folder goes on with it."""
        for one in self.shown.values():
            # All of them end at the same time.
            one.process.pause()
        for one in self.shown.values():
            one.process.close()

    def _add(self, folder: Path, spec: Path, options: tuple[str, ...]) -> None:
        shown = self.shown[folder] = FolderResults(self._window, folder, spec, options)
        shown.closed.connect(partial(self.shown.pop, folder, None))
        shown.reported.connect(self.reported)
        self._remember([folder, *(one for one in self.recent() if one != folder)])

    def _remember(self, folders: list[Path]) -> None:
        self._settings.setValue(RECENT, [str(one) for one in folders[:MOST_RECENT]])


class FolderResults(QObject):
    """The window of one folder, with the process that computes it."""

    closed = Signal()
    reported = Signal(str)

    def __init__(self, window: MainWindow, folder: Path, spec: Path, options: tuple[str, ...]) -> None:
        from gui_app.sweeps.results.background import BackgroundSweep
        from gui_app.sweeps.results.window import ResultsWindow

        super().__init__(window)
        self._window, self._folder, self._spec = window, folder, spec
        self.results: SweepResults | None = None
        self.process: BackgroundSweep = BackgroundSweep(spec, folder, options, self)
        self.window: ResultsWindow = ResultsWindow(folder.name, window.appearance.theme, window)
        self._next = 0.0
        view = self.window
        view.view.promoted.connect(self.promote)
        view.export_wanted.connect(lambda one: window.exports.picture(one))
        view.running.paused.connect(self.process.pause)
        view.running.resumed.connect(self._go_on)
        view.closed.connect(self._close)
        self.process.progressed.connect(self._follow)
        self.process.ended.connect(self._end)
        window.appearance.changed.connect(view.apply_theme)

    def to_front(self) -> None:
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def show(self, results: SweepResults) -> None:
        """Show what was read."""
        from gui_app.sweeps.results.pictures import kept_pictures

        self.results = results
        self.window.show_table(results.table, results.plan.base.data.task, kept_pictures(results))
        if not self.process.is_running:
            self._show_end(results)

    def _show_end(self, results: SweepResults) -> None:
        """Offer what is left to do: the rest, or what failed; nothing where all is trained."""
        running, failed, total = self.window.running, results.failed, len(results.table)
        from gui_app.sweeps.results.progress_row import damage_text, failure_text

        said = [failure_text(failed, results.why_failed)] * bool(failed)
        said += [damage_text(results.damaged)] * bool(results.damaged)
        self.window.show_problem(" ".join(said))
        if results.complete:
            running.hide()
        elif failed and results.done + failed == total:
            running.show_failed()
        else:
            running.show_progress({"done": results.done, "failed": failed, "total": total})
            running.show_running(False)

    def promote(self, row: int) -> None:
        """Make a lane with the settings of one network; where its data are others, a drawing of its own."""
        if self.results is None:
            return
        made, document = self.results.experiment_of(row), self._window.document
        if made.data != document.experiment.data:
            detail = "Its points are not those of the open drawing, and lanes share their points."
            if (
                ask(self.window, "This network learned from other data.", detail, (NEW_DOCUMENT, CANCEL))
                == NEW_DOCUMENT
            ):
                self._window.files.start_from(made)
            return
        (lane,) = made.lanes
        changes = {key: getattr(lane, key) for key in Lane.__struct_fields__ if key not in NOT_SETTINGS}
        try:
            after, index = with_duplicate(document.experiment, len(document.experiment.lanes) - 1, changes)
            document.replace(after, f"Promote {lane.name} of a sweep")
        except ExperimentError as error:
            self.reported.emit(refusal(error))
            return
        self._window.current_lane.choose_alone(index)
        name = document.experiment.lanes[index].name
        self.reported.emit(
            f"Lane {name} has the settings of {lane.name} of the sweep; it has not trained yet."
        )

    def _go_on(self) -> None:
        if not exists(self._spec):
            warn(self.window, "The sweep cannot go on", self._gone())
            return
        self.window.show_problem("")
        self.process.start()
        self.window.running.show_running(True)

    def _follow(self, said: dict[str, Any]) -> None:
        if "done" in said:
            self.window.running.show_progress(said)
        if said.get("finished") or time.monotonic() >= self._next:
            self._read_again()

    def _read_again(self) -> None:
        begin = time.monotonic()
        try:
            self.show(_read(self._folder))
        except (ExperimentError, *FAILURES):
            # It has only just begun: there is nothing to read yet.
            return
        finally:
            self._next = time.monotonic() + max(1.0, _PATIENCE * (time.monotonic() - begin))

    def _end(self, problem: str) -> None:
        # Where nothing can be read, it can be gone on with.
        self.window.running.show_running(False)
        self._read_again()
        if self.process.finished:
            failed = self.window.problem.full_text
            ends = f"is computed, but {failed}" if failed else "is complete."
            self.reported.emit(f"The sweep {self._folder.name} {ends}")
        if problem:
            why = reason(ValueError(problem)) if exists(self._folder) else self._gone()
            warn(self.window, "The sweep was not computed to its end", why)

    def _gone(self) -> str:
        """What is left of a sweep whose folder was removed."""
        said = [f"{self._folder} was removed or moved."]
        if self.results is not None:
            said.append("What this window shows can still be saved as a table.")
        if exists(self._spec):
            said.append("Go on computes it anew.")
        return " ".join(said)

    def _close(self) -> None:
        if self.process.is_running:
            self.reported.emit(
                f"The sweep {self._folder.name} is paused; File → Recent sweeps opens it to go on."
            )
        self.process.close()
        self.closed.emit()
        self.deleteLater()


def _read(folder: Path) -> SweepResults:
    from engine.sweep.results import read_results
    from gui_app.sweeps.results.pictures import MOST

    return read_results(folder, MOST, MOST_SHOWN)


def _options(results: SweepResults) -> tuple[str, ...]:
    """With what a folder was begun, which must be the same for it to go on."""
    manifest = results.manifest
    return ("--device", manifest.device, "--precision", manifest.precision)
