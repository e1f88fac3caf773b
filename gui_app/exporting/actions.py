"""The export actions: ask for a file name, write, report."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QWidget

from engine.catalogue import Parameter
from engine.data.file_system import exists, home
from engine.export.data_files import DATA_FORMATS
from engine.service import messages as m
from gui_app.exporting import files
from gui_app.exporting.everything import (
    PendingExport,
    describe_failures,
    describe_nothing_written,
    write_each,
)
from gui_app.exporting.files import Writers
from gui_app.exporting.pictures import PICTURE_FORMATS, Exportable, export_picture
from gui_app.exporting.unfinished import leave_unfinished
from gui_app.exporting.unseen import fetch_values
from gui_app.session.dialogs import (
    CSV,
    SKETCHES,
    Notice,
    ask_folder,
    ask_number,
    ask_save,
    may_replace,
    warn,
)
from gui_app.session.document import SUFFIX, Document
from gui_app.session.engine_link import EngineLink

NO_HISTORY = "Nothing is trained yet. Wait until the training engine has loaded, then press play."
UNFINISHED = "Wait until the training engine has written everything, or choose another folder."
PATIENCE = 1500
"""Milliseconds for which a window that closes waits for the engine without a word."""
RESOLUTION = Parameter("scale", "Scale", 2.0, 0.5, 8.0, "Pixels per screen point: 1 is a standard screen.")


class ExportActions(QObject):
    """Actions that export ``views`` and ``document``; ``reported(sentence)`` names the written files.

    ``waiting(sentence)`` holds as long as an export waits for the engine; then it is "".
    """

    reported = Signal(str)
    waiting = Signal(str)
    _answered = Signal()

    def __init__(
        self,
        document: Document,
        link: EngineLink,
        views: list[Exportable],
        settings: QSettings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._document, self._link, self._settings, self._window = document, link, settings, window
        self.views = views
        self._pending: list[PendingExport] = []
        self._incomplete = False
        """Whether files of the latest export that has ended are missing."""
        self._notice = Notice(window)
        link.event_taken.connect(self._conclude)

    def picture(self, view: Exportable) -> None:
        """Ask for a name and, for pixels, a scale; write the view."""
        kinds = {suffix: one.label for suffix, one in PICTURE_FORMATS.items()}
        # No suffix is proposed, so that the chosen kind of picture gives it.
        path = self._ask(f"Export {view.export_title.lower()}", view.export_name, kinds)
        if path is None:
            return
        scale: float | None = 1.0
        chosen = PICTURE_FORMATS.get(path.suffix.lower())
        if chosen is not None and chosen.pixels:
            scale = ask_number(self._window, "Resolution", RESOLUTION, unit="×")
        if scale is not None:
            fetch_values([view], self._link)
            self._write({path: lambda: export_picture(view, path, scale or 1.0)}, path.name)

    def settings(self) -> None:
        path = self._ask("Export settings", f"experiment{SUFFIX}", SKETCHES)
        if path is not None:
            self._write({path: lambda: files.write_settings(self._document, path)}, path.name)

    def data(self) -> None:
        kinds = {suffix: one.label for suffix, one in DATA_FORMATS.items()}
        # Of several formats none is proposed, so that the chosen one gives the suffix.
        suffix = next(iter(kinds)) if len(kinds) == 1 else ""
        path = self._ask("Export data", f"data{suffix}", kinds)
        if path is not None:
            self._write({path: lambda: files.write_data(self._document, path)}, path.name)

    def history(self) -> None:
        """Ask for a name; write losses and scores to it, and the other tables next to it."""
        snapshot = self._link.latest
        if snapshot is None:
            warn(self._window, "There is no history to export", NO_HISTORY)
            return
        path = self._ask("Export history", "metrics.csv", CSV)
        if path is None:
            return
        writers = files.history(snapshot, path)
        # The dialog has asked about the chosen name.
        existing = [beside for beside in writers if beside != path and exists(beside)]
        if not existing or may_replace(self._window, existing):
            *names, last = (table.name for table in writers)
            self._write(writers, f"{', '.join(names)} and {last}")

    def everything(self) -> None:
        """Ask for a folder, ask again before replacing existing files, and write everything."""
        folder = ask_folder(self._window, "Export everything into a folder", self._folder())
        if folder is None:
            return
        existing = [path for path in self._writers(folder) if exists(path)]
        existing += files.existing_engine_files(self._document, folder)
        if not existing or may_replace(self._window, existing):
            self.everything_into(folder)

    def everything_into(self, folder: Path) -> list[Path]:
        """Write everything into ``folder``; the engine adds histories and models.

        Returns the files written here: none as long as an export into the same folder is not finished.
        """
        if any(one.folder == folder for one in self._pending):
            # The engine's answers name the folder alone.
            warn(self._window, f"The export into {folder} is not finished", UNFINISHED)
            return []
        fetch_values(self.views, self._link)
        writers = self._writers(folder)
        failures = write_each(writers)
        if len(failures) == len(writers):
            warn(self._window, *describe_nothing_written(folder, failures))
        else:
            self._settings.setValue("export folder", str(folder))
            engine_files = files.engine_files(self._document, folder)
            best_files = files.best_files(self._link.latest, folder)
            self._pending.append(PendingExport(folder, engine_files, best_files, failures))
            self._tell_waiting()
            self._link.save_run(folder)
        return [path for path in writers if path not in failures]

    def may_close(self) -> bool:
        """Return whether the window may close: no export waits for the engine, or the person does without the rest.

        An engine that works is waited for a moment. What comes to nothing meanwhile keeps the window open.
        """
        self._incomplete = False
        health = self._link.health
        if self._pending and health.responding and not health.busy:
            self._wait_a_moment()
        while self._pending and not self._incomplete:
            first = self._pending[0]
            if leave_unfinished(self._window, first.folder, first.missing(), self._answered):
                self.give_up()
            elif first in self._pending:
                return False
        return not self._incomplete

    def _wait_a_moment(self) -> None:
        loop = QEventLoop()

        def end() -> None:
            if not self._pending:
                loop.quit()

        self._answered.connect(end)
        # It goes with the loop, which may end sooner.
        timer = QTimer(loop, singleShot=True)
        timer.timeout.connect(loop.quit)
        timer.start(PATIENCE)
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._answered.disconnect(end)

    def give_up(self) -> None:
        """Wait for no export any more."""
        self._pending.clear()
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        self.waiting.emit(f"Exporting into {self._pending[0].folder} …" if self._pending else "")

    def _conclude(self, event: m.Event) -> None:
        """Report an export when the engine has answered."""
        if not isinstance(event, m.RunSaved | m.RunNotSaved):
            return
        for pending in self._pending:
            outcome = pending.outcome(event)
            if outcome is not None:
                self._pending.remove(pending)
                self._tell_waiting()
                self.reported.emit(outcome.sentence)
                if outcome.missing:
                    self._incomplete = True
                    self._notice.tell(outcome.missing, outcome.why)
                self._answered.emit()
                return

    def _writers(self, folder: Path) -> Writers:
        return files.everything(self._document, self.views, folder)

    def _ask(self, title: str, name: str, kinds: dict[str, str]) -> Path | None:
        return ask_save(self._window, title, self._folder() / name, kinds)

    def _write(self, writers: Writers, what: str) -> None:
        """Write files, and report them as ``what``, or those that failed."""
        failures = write_each(writers)
        if failures:
            warn(self._window, *describe_failures(failures))
            return
        self._settings.setValue("export folder", str(next(iter(writers)).parent))
        self.reported.emit(f"Exported {what}")

    def _folder(self) -> Path:
        return Path(str(self._settings.value("export folder", str(home()))))
