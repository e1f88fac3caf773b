"""Export of a handout: asks for a file, writes it, and says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from engine.data import atomic_write
from engine.data.file_system import home
from engine.lessons import Course, Lesson
from gui_app.exporting.everything import describe_failures
from gui_app.exporting.handout.album import Album
from gui_app.exporting.handout.content import Handout, course_handout, lesson_handout
from gui_app.session.dialogs import ask_save, warn
from gui_app.session.document import file_name
from gui_app.widgets.wait_cursor import wait_cursor


@dataclass(frozen=True, slots=True)
class HandoutFormat:
    """A kind of file. ``render(handout)`` returns its content."""

    label: str
    render: Callable[[Handout], bytes | str]


def _html(handout: Handout) -> str:
    from gui_app.exporting.handout.page import html_page

    return html_page(handout)


def _pdf(handout: Handout) -> bytes:
    from gui_app.exporting.handout.paper import pdf

    return pdf(handout)


HANDOUT_FORMATS = {".html": HandoutFormat("HTML", _html), ".pdf": HandoutFormat("PDF", _pdf)}
"""The formats by file suffix."""


class HandoutActions(QObject):
    """Exports the handout of a lesson or of a course, with the pictures that ``album`` holds.

    ``reported(sentence)`` names the file that was written.
    """

    reported = Signal(str)

    def __init__(self, album: Album, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._album, self._settings, self._window = album, settings, window

    def lesson(self, lesson: Lesson) -> None:
        """Ask for a file, and write the handout of a lesson."""
        self._export(lesson.key, lambda: lesson_handout(lesson, self._album.pictures, keras_lines))

    def course(self, course: Course) -> None:
        """Ask for a file, and write the handout of a course."""
        name = "-".join(file_name(course.title).lower().split()) or "course"
        self._export(name, lambda: course_handout(course, self._album.pictures, keras_lines))

    def _export(self, name: str, collect: Callable[[], Handout]) -> None:
        folder = Path(str(self._settings.value("export folder", str(home()))))
        kinds = {suffix: one.label for suffix, one in HANDOUT_FORMATS.items()}
        path = ask_save(self._window, "Export handout", folder / name, kinds)
        if path is None:
            return
        try:
            # A course with many pictures takes some seconds.
            with wait_cursor():
                write_handout(collect(), path)
        except (OSError, ValueError) as error:
            warn(self._window, *describe_failures({path: str(error)}))
            return
        self._settings.setValue("export folder", str(path.parent))
        self.reported.emit(f"Exported {path.name}")


def write_handout(handout: Handout, path: Path) -> None:
    """Write a handout in the format that the path's suffix names.

    Raises ValueError for an unknown suffix, and OSError if the file cannot be written; an old file then stays as it is.
    """
    chosen = HANDOUT_FORMATS.get(path.suffix.lower())
    if chosen is None:
        known = " or ".join(HANDOUT_FORMATS)
        raise ValueError(f"A handout is saved as {known}; {path.name!r:.80} ends in none of them.")
    atomic_write(path, chosen.render(handout))


def keras_lines(lesson: Lesson, index: int) -> tuple[str, ...]:
    """Return the lines of Keras that belong to a step, in order and each once."""
    paths = lesson.steps[index].code
    if not paths:
        return ()
    from engine.export.code import lines_to_read

    return tuple(lines_to_read(lesson.state(index, done=True), "keras", paths))
