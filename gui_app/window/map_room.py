"""The map of trainability, computed in the background: a folder for each region that is looked at."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from engine.data import atomic_write
from engine.data.file_system import FAILURES, make_folder
from engine.experiment import ExperimentError
from gui_app.session.app_folders import data_folder
from gui_app.session.dialogs import reason, warn
from gui_app.sweeps.results.map.region import SIDE, Region, spec_of
from gui_app.sweeps.results.table_file import save_table

if TYPE_CHECKING:
    from engine.observation.sweep_table import SweepTable
    from gui_app.sweeps.results.background import BackgroundSweep
    from gui_app.sweeps.results.map.window import MapWindow
    from gui_app.window.main_window import MainWindow

TILE = 256
"""Networks that are trained together: few enough for a picture that grows before one's eyes."""


class MapRoom(QObject):
    """Opens the map and computes what it asks for; maps of regions that were looked at are kept while it is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.shown: MapWindow | None = None
        self.process: BackgroundSweep | None = None
        self._root: Path | None = None
        self._folders: dict[tuple[Region, bool], Path] = {}
        self._next = 0.0
        self.table: SweepTable | None = None
        window.closed.connect(self.close)
        window.appearance.changed.connect(self._apply_theme)

    def open(self) -> None:
        """Show the whole map, or bring it to the front."""
        from gui_app.sweeps.results.map.window import MapWindow

        if self.shown is None:
            shown = self.shown = MapWindow(self._window.appearance.theme, self._window)
            shown.wanted.connect(self.compute)
            shown.export_wanted.connect(lambda view: self._window.exports.picture(view))
            shown.table_wanted.connect(self._save_table)
            shown.running.paused.connect(self._pause)
            shown.running.resumed.connect(self._go_on)
            shown.closed.connect(self.close)
            self.compute(shown.region, False)
        self.shown.show()
        self.shown.raise_()
        self.shown.activateWindow()

    def compute(self, region: Region, precise: bool) -> None:
        """Compute a region; one that was computed before is read."""
        from gui_app.sweeps.results.background import BackgroundSweep

        self._stop()
        try:
            root = self._own_root()
            folder = self._folders.setdefault((region, precise), root / str(len(self._folders)))
            path = folder.with_name(f"{folder.name}.json")
            atomic_write(path, spec_of(region))
        except FAILURES as error:
            warn(self._window, "The map cannot be computed", reason(error))
            return
        assert self.shown is not None
        self.shown.running.show_progress({"done": 0, "total": SIDE * SIDE})
        self.shown.show_problem("")
        options = ("--lanes-per-batch", str(TILE), *(("--precision", "float64") if precise else ()))
        process = self.process = BackgroundSweep(path, folder, options, self)
        process.progressed.connect(self._follow)
        process.ended.connect(self._end)
        self._go_on()

    def close(self) -> None:
        """Stop, and remove what was computed."""
        self._stop()
        self.shown = None
        self._folders.clear()
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
            self._root = None

    def _own_root(self) -> Path:
        """The folder of this window's maps: another window has one of its own."""
        if self._root is None:
            maps = data_folder() / "map"
            make_folder(maps)
            self._root = Path(mkdtemp(dir=maps))
        return self._root

    def _stop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.blockSignals(True)
            process.close()
            process.deleteLater()

    def _pause(self) -> None:
        if self.process is not None:
            self.process.pause()

    def _go_on(self) -> None:
        if self.process is not None and self.shown is not None:
            self.process.start()
            self.shown.running.show_running(True)

    def _follow(self, said: dict[str, Any]) -> None:
        if self.shown is not None and "done" in said:
            self.shown.running.show_progress(said)
        if said.get("finished") or time.monotonic() >= self._next:
            self._read()

    def _read(self) -> None:
        from engine.sweep.results import read_results
        from gui_app.sweeps.results.progress_row import failure_text

        if self.shown is None or self.process is None:
            return
        try:
            results = read_results(self.process.folder)
        except (ExperimentError, *FAILURES):
            # It has only just begun: there is nothing to read yet.
            return
        self.table = results.table
        self.shown.show_problem(failure_text(results.failed, results.why_failed) if results.failed else "")
        self.shown.show_map(self.table.grid("convergence").median)
        self._next = time.monotonic() + 0.5

    def _save_table(self) -> None:
        if self.shown is not None and self.table is not None:
            save_table(self.shown, self.table, "map.csv")

    def _end(self, problem: str) -> None:
        if self.shown is None or self.process is None:
            return
        self._read()
        if self.process.finished:
            self.shown.view.end_meanwhile()
        if self.process.finished and self.shown.problem:
            self.shown.running.show_failed()
        elif self.process.finished:
            self.shown.running.hide()
        else:
            self.shown.running.show_running(False)
        if problem:
            warn(self.shown, "The map was not computed to its end", reason(ValueError(problem)))

    def _apply_theme(self) -> None:
        if self.shown is not None:
            self.shown.apply_theme(self._window.appearance.theme)
