"""What a person is told about errors of the app, and the report that they can copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from engine.catalogue.texts import counted
from gui_app.session.document import Document
from gui_app.session.faults import Fault, Faults
from gui_app.theme.appearance import Appearance
from gui_app.window.fault_notice import FaultNotice


class FaultMessages(QObject):
    """Shows one notice for the newest kind of error, with its count; a kind that was dismissed stays away.

    ``log_lines`` and ``file_names`` return what a report shows and leaves out. ``reported(sentence)`` follows a copy.
    """

    reported = Signal(str)

    def __init__(
        self, window: QMainWindow, faults: Faults, document: Document, appearance: Appearance
    ) -> None:
        super().__init__(window)
        self._window, self._faults, self._document, self._appearance = window, faults, document, appearance
        self.log_lines: Callable[[], Iterable[str]] = tuple
        self.file_names: Callable[[], Iterable[Path]] = tuple
        self._shown: Fault | None = None
        self._safety = ""
        self._dismissed: set[tuple[str, str]] = set()
        self._text = ""
        """The traceback of the newest kind, or what a crash has left."""
        faults.noted.connect(self._note)

    @cached_property
    def notice(self) -> FaultNotice:
        notice = FaultNotice(self._window)
        notice.copied.connect(self.copy_report)
        notice.dismissed.connect(self.dismiss)
        notice.apply_theme(self._appearance.theme)
        self._appearance.changed.connect(notice.apply_theme)
        return notice

    def tell_of_crash(self, sentence: str, text: str) -> None:
        """Say that the app crashed before this start."""
        self._text = self._text or text
        self.notice.tell(sentence, "What was unsaved then is offered if a recovery copy was kept.")

    def copy_report(self, with_paths: bool = False) -> None:
        """Copy the report to the clipboard."""
        from gui_app.session.report import ReportParts, report

        document = self._document
        opened = [] if document.path is None else [document.path]
        parts = ReportParts(
            document.experiment,
            len(document.points),
            self._text,
            self.log_lines(),
            [*opened, *self.file_names()],
        )
        QGuiApplication.clipboard().setText(report(parts, with_paths))
        content = "versions, settings and log, with paths" if with_paths else "versions, settings and log"
        self.reported.emit(f"Copied a report: {content}; no drawing. Paste it where you report the error.")

    def dismiss(self) -> None:
        """Hide the notice; this kind of error is only counted from now on."""
        if self._shown is not None:
            self._dismissed.add(self._shown.key)
        self._shown = None
        self.notice.hide()

    def _note(self, fault: Fault) -> None:
        if fault.key in self._dismissed:
            return
        known = self._shown is not None and fault.key == self._shown.key
        if not known:
            if self._shown is not None and fault.count > 1 and fault.time < self._shown.time:
                # An older kind that comes again does not push the newest away.
                return
            self._safety, self._text = self._describe_safety(), fault.text
        self._shown = fault
        where = f" in {fault.place}" if fault.place else ""
        often = f" Seen {counted(fault.count, 'time')}." if fault.count > 1 else ""
        self.notice.tell(f"Something went wrong{where}.", f"{self._safety}{often}")

    def _describe_safety(self) -> str:
        kept = self._faults.protected
        if not self._document.modified:
            return "Your drawing is safe: it has no unsaved changes."
        if kept is not None:
            return f"Your drawing is safe: a recovery copy was written at {kept:%H:%M}."
        return "No recovery copy could be written: save your drawing now."
