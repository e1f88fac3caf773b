"""Lessons that are not the product's own: opened from folders, made of the open experiment, followed while edited."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QSettings, QTimer, Signal

from engine.data.file_system import FAILURES, absolute, exists, home, is_folder, resolved
from gui_app.session.dialogs import ask_folder, ask_name, reason, warn
from gui_app.session.language import lesson_language
from gui_app.theme.tokens import Theme

if TYPE_CHECKING:
    from engine.lessons import Course, Lesson, LessonError
    from engine.lessons.making import Reached
    from gui_app.window.lesson_files_notice import LessonFilesNotice
    from gui_app.window.lesson_room import LessonRoom
    from gui_app.window.main_window import MainWindow

COURSES, LATEST = "lessons/courses", "lessons/folder"
MOST_COURSES = 8
PAUSE = 200
"""Milliseconds after a change of a file until it is read: editors write in several steps."""
STAYS = "The lesson stays as it was."
MAKES = "Makes a folder “{name}” with lesson.json (this experiment and three steps) and text.en.md (words to replace)."
WHERE = "Where to make the lesson's folder “{name}”"
MADE = (
    "It is in {folder}. Open text.en.md in any text editor and replace its words; lesson.json has the steps. "
    "Each time you save, the lesson here follows."
)
GONE = "The files of this lesson are gone"
STAYS_OPEN = "{folder} is not there any more. The lesson stays open until you close it."


class OwnLessons(QObject):
    """Opens folders of lessons in ``room``, and makes them. A course that was opened is remembered.

    ``reported(sentence)`` says what was opened or made, ``changed()`` follows when other courses are remembered or
    another lesson is open.
    """

    reported = Signal(str)
    changed = Signal()

    def __init__(self, window: MainWindow, room: LessonRoom, settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._room, self._settings = window, room, settings
        self._watcher: QFileSystemWatcher | None = None
        self._soon = QTimer(self, interval=PAUSE, singleShot=True)
        self._soon.timeout.connect(self.reload)
        self._shown: LessonFilesNotice | None = None
        self._gone: Path | None = None
        """The folder of the open lesson, if a person was told that it is gone."""
        self._just_read: Lesson | None = None
        room.player.lesson_changed.connect(self._follow)

    @property
    def is_open(self) -> bool:
        """Whether the open lesson is not one of the product's own."""
        lesson = self._room.player.lesson
        return lesson is not None and not _is_built_in(lesson)

    @property
    def courses(self) -> list[Path]:
        """The folders of courses that were opened, and are still there, the latest first."""
        stored = self._settings.value(COURSES, [])
        # Some settings formats return a list with one entry as that entry.
        names = stored if isinstance(stored, list) else [stored]
        return [Path(name) for name in names if isinstance(name, str) and name and is_folder(name)]

    def is_done(self, folder: Path, key: str) -> bool:
        """Return whether a lesson of a course was gone through."""
        return self._room.player.progress.reached(str(folder), key).done

    # -- opening

    def choose(self) -> None:
        """Ask for a folder, and open it."""
        folder = ask_folder(self._window, "Open a lesson or a folder of lessons", self._folder)
        if folder is not None:
            self.open(folder)

    def open(self, folder: Path, key: str = "", step: int = 0) -> bool:
        """Open a lesson, or of a course the lesson of a name, or the first that is not done."""
        from engine.lessons import LessonError, is_lesson, load_course, load_lesson, require_formulas

        folder = absolute(folder)
        try:
            if is_lesson(folder):
                lesson = load_lesson(folder, lesson_language())
                require_formulas(lesson)
                return self._show(lesson, None, resolved(folder.parent), step)
            course = load_course(folder, lesson_language())
        except LessonError as error:
            self._tell(error)
            return False
        folder = resolved(folder)
        self._remember(folder)
        found = course.find(key) or self._first_open(course)
        if course.problems:
            self._tell(course.problems[0], "This lesson is left out.")
        if found is None:
            return False
        try:
            require_formulas(found)
        except LessonError as error:
            self._tell(error)
            return False
        return self._show(found, course, folder, step)

    def open_named(self, name: str) -> bool:
        """Open a lesson by the path of its folder, or a built-in one by its name."""
        if is_folder(name) and exists(name):
            return self.open(Path(name))
        return self.open_built_in(name)

    def open_built_in(self, key: str, step: int = 0) -> bool:
        """Open a built-in lesson by its name."""
        course = self._room.course
        lesson = course.find(key)
        if lesson is None:
            from engine.lessons import LessonError

            broken = next((one for one in course.problems if key in one.file.parent.name), None)
            names = ", ".join(one.key for one in course.lessons)
            unknown = LessonError(
                Path(key), None, f"there is no such lesson; choose a folder, or one of {names}"
            )
            self._tell(broken or unknown)
            return False
        return self._room.open_built_in(lesson, step)

    def forget(self, folder: Path) -> None:
        """List a course no more."""
        self._store([one for one in self.courses if one != folder])

    # -- making

    def make(self) -> None:
        """Ask for a title and a folder, make a lesson of the open experiment, and open it."""
        from engine.lessons import LessonError
        from engine.lessons.making import folder_name, make_lesson, title_problem

        document = self._window.document
        proposal = document.lesson or ("" if document.path is None else document.name)
        title = ask_name(
            self._window,
            "Make a lesson of this",
            proposal,
            title_problem,
            label="Title of the lesson",
            meaning=lambda name: MAKES.format(name=folder_name(name)),
        )
        if title is None:
            return
        parent = ask_folder(self._window, WHERE.format(name=folder_name(title)), self._folder)
        if parent is None:
            return
        document.finish_gesture("Draw")
        try:
            made = make_lesson(parent, title, document.experiment, len(document.points), self._reached())
        except LessonError as error:
            self._tell(error)
            return
        except FAILURES as error:
            warn(self._window, "The lesson cannot be made", reason(error))
            return
        if self.open(made):
            self.notice.files.setVisible(True)
            self.notice.inform(f"Made the lesson's folder {made.name}", MADE.format(folder=made.parent), made)

    def _reached(self) -> Reached | None:
        from engine.lessons.making import Reached

        lane = self._window.current_lane.of(self._window.link.latest)
        if lane is None or lane.now.epoch < 1:
            return None
        return Reached(lane.name, lane.now.epoch, float(lane.now.loss[0]))

    # -- following its files

    def reload(self) -> None:
        """Read the open lesson again; where it cannot be read, it stays as it was."""
        from engine.lessons import LessonError, load_lesson, require_formulas

        lesson = self._room.player.lesson
        if lesson is None or not self.is_open:
            return
        if not exists(lesson.folder):
            self._tell_gone(lesson.folder)
            return
        self._gone = None
        try:
            newest = load_lesson(lesson.folder, lesson.language)
            require_formulas(newest)
        except LessonError as error:
            self._tell(error, STAYS)
        else:
            if self._shown is not None:
                self._shown.hide()
            if newest != lesson:
                self._just_read = newest
                self._room.player.renew(newest)
                self.reported.emit(f"Read {newest.folder.name} again")
        self._watch()

    def show_files(self) -> None:
        """Open the folder of the open lesson in the system's file manager."""
        from gui_app.help.about import show_folder

        lesson = self._room.player.lesson
        if lesson is None:
            return
        if not exists(lesson.folder):
            # To show it would make it anew, without a lesson in it.
            self._gone = None
            self._tell_gone(lesson.folder)
        elif not show_folder(lesson.folder):
            self.reported.emit(f"The folder cannot be shown: {lesson.folder}.")

    def apply_theme(self, theme: Theme) -> None:
        if self._shown is not None:
            self._shown.apply_theme(theme)

    # -- inside

    @cached_property
    def notice(self) -> LessonFilesNotice:
        """The notice about the files of the open lesson."""
        from gui_app.window.lesson_files_notice import LessonFilesNotice

        notice = self._shown = LessonFilesNotice(self._window)
        notice.files_wanted.connect(self.show_files)
        notice.apply_theme(self._window.appearance.theme)
        return notice

    def _tell(self, error: LessonError, more: str = "") -> None:
        self.notice.files.setVisible(self.is_open)
        self.notice.tell(error, more)

    def _tell_gone(self, folder: Path) -> None:
        """Say once that the folder of the open lesson is not there, and look out for its return."""
        if self._gone != folder:
            self._gone = folder
            self.notice.files.setVisible(False)
            self.notice.inform(GONE, STAYS_OPEN.format(folder=folder), folder)
        self._watch()

    def _show(self, lesson: Lesson, course: Course | None, folder: Path, step: int) -> bool:
        self._just_read = lesson
        if not self._room.open(lesson, course, step, str(folder)):
            return False
        self._settings.setValue(LATEST, str(folder))
        return True

    def _first_open(self, course: Course) -> Lesson | None:
        folder = resolved(course.folder)
        undone = (one for one in course.lessons if not self.is_done(folder, one.key))
        return next(undone, course.lessons[0] if course.lessons else None)

    def _follow(self) -> None:
        """Watch the files of a lesson that has been opened."""
        if self._shown is not None and not self.is_open:
            self._shown.hide()
        self._gone = None
        self._watch()
        self.changed.emit()
        newest, self._just_read = self._just_read, None
        if self.is_open and self._room.player.lesson is not newest:
            # The course may have been read long ago.
            QTimer.singleShot(0, self, self.reload)

    def _watch(self) -> None:
        if self._watcher is None:
            if not self.is_open:
                return
            self._watcher = QFileSystemWatcher(self)
            self._watcher.fileChanged.connect(lambda: self._soon.start())
            self._watcher.directoryChanged.connect(self._folder_changed)
        if watched := [*self._watcher.files(), *self._watcher.directories()]:
            self._watcher.removePaths(watched)
        lesson = self._room.player.lesson
        if lesson is not None and self.is_open:
            # An editor may put another file in place of the one that is watched.
            files = (
                lesson.folder,
                lesson.folder / "lesson.json",
                lesson.folder / f"text.{lesson.language}.md",
                # It tells that the lesson's folder has another name or place, or is back.
                lesson.folder.parent,
            )
            if there := [str(one) for one in files if exists(one)]:
                self._watcher.addPaths(there)

    def _folder_changed(self, path: str) -> None:
        lesson = self._room.player.lesson
        if lesson is None:
            return
        beside = Path(path) == lesson.folder.parent
        if not beside or exists(lesson.folder) is (self._gone is not None):
            self._soon.start()

    def _remember(self, folder: Path) -> None:
        latest = resolved(folder)
        self._store([latest, *(one for one in self.courses if one != latest)][:MOST_COURSES])

    def _store(self, folders: list[Path]) -> None:
        self._settings.setValue(COURSES, [str(one) for one in folders])
        self.changed.emit()

    @property
    def _folder(self) -> Path:
        """The folder in which dialogs open."""
        latest = self._settings.value(LATEST, "")
        return Path(latest) if isinstance(latest, str) and latest and is_folder(latest) else home()


def _is_built_in(lesson: Lesson) -> bool:
    from engine.lessons import built_in_folder

    return resolved(lesson.folder).is_relative_to(resolved(built_in_folder()))
