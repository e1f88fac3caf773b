"""Files dropped onto the window: sketches and lessons are opened, tables imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from engine.data.file_system import is_folder
from gui_app.session.document import SUFFIX
from gui_app.session.file_actions import FileActions
from gui_app.widgets.guarded import guarded

if TYPE_CHECKING:
    from gui_app.importing.actions import ImportActions

TABLES = (".csv", ".tsv", ".txt", ".npz", ".npy")


class Drops(QObject):
    """Opens or imports the first suitable file of a drop; ``reported(sentence)`` says what will happen, or why not."""

    reported = Signal(str)

    def __init__(
        self,
        window: QWidget,
        files: FileActions,
        imports: Callable[[], ImportActions],
        open_lessons: Callable[[Path], object] = lambda folder: None,
    ) -> None:
        super().__init__(window)
        self._files, self._imports, self._open_lessons = files, imports, open_lessons
        self._dragged: Path | None = None
        """What is taken of the present drag: its many moves must not look at the disk."""
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and event.type() in (
            QEvent.Type.DragEnter,
            QEvent.Type.DragMove,
            QEvent.Type.Drop,
        ):
            self._handle(event)
            return True
        return super().eventFilter(watched, event)

    def _handle(self, event: QDropEvent) -> None:
        if event.type() != QEvent.Type.DragMove:
            self._dragged = _known_file(event.mimeData())
        path = self._dragged
        if path is None:
            event.ignore()
            if event.type() == QEvent.Type.DragEnter and event.mimeData().hasUrls():
                self.reported.emit(
                    f"Only {SUFFIX}, {', '.join(TABLES[:-1])} and {TABLES[-1]} files and folders of lessons can be "
                    "dropped here"
                )
            return
        event.acceptProposedAction()
        if not isinstance(event, QDragMoveEvent):
            # The other program waits until this returns, so dialogs must open later.
            QTimer.singleShot(0, self, lambda: self._open(path))
        elif event.type() == QEvent.Type.DragEnter:
            verb = "import" if is_table(path) else "open"
            self.reported.emit(f"Drop to {verb} {path.name}")

    def _open(self, path: Path) -> None:
        if is_folder(path):
            self._open_lessons(path)
        elif is_table(path):
            self._imports().read(path)
        elif self._files.may_leave():
            self._files.load(path)


def is_table(path: Path) -> bool:
    """Whether a file is imported rather than opened."""
    return path.name.lower().endswith(TABLES)


def _known_file(content: QMimeData) -> Path | None:
    """Return the first local file or folder that can be opened or imported; None without one."""
    paths = (Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile())
    return next(
        (path for path in paths if path.name.lower().endswith((SUFFIX, *TABLES)) or _has_lessons(path)), None
    )


def _has_lessons(path: Path) -> bool:
    if not is_folder(path):
        return False
    from engine.lessons.loading import is_lesson, lesson_folders

    return is_lesson(path) or bool(lesson_folders(path))
