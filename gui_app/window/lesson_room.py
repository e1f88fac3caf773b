"""Lessons in the window: opens and closes them, and shows where each step says to look."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer, Signal

from gui_app.session.language import lesson_language
from gui_app.session.lesson_pause import LessonPause
from gui_app.session.lesson_player import LessonPlayer
from gui_app.session.lesson_progress import BUILT_IN
from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded
from gui_app.window.layout.dock_arrangement import LESSON
from gui_app.window.stage import Stage
from gui_app.window.watched import DIAGNOSIS, Watched, names_of

if TYPE_CHECKING:
    from engine.lessons import Course, Lesson
    from gui_app.lessons.panel import LessonPanel
    from gui_app.theme.tokens import Theme
    from gui_app.window.layout.whole_layout import LayoutState
    from gui_app.window.main_window import MainWindow
    from gui_app.window.pointed import Pointed
    from gui_app.window.view_options import ViewOptions

KERAS = "keras"
"""The library that the course is taught with, as a key of the targets of code."""


class LessonRoom(QObject):
    """Holds what ``window`` has for lessons. While one is open, its panel stands at the left of the canvas; when it
    closes, the window is as it was.

    ``reported(sentence)`` says what cannot be opened.
    """

    reported = Signal(str)

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self.player = LessonPlayer(window.document, window.link, window.pause_epoch, settings, self)
        self.player.lay_aside, self.player.bring_back = (
            window.laid_aside.lay_aside,
            window.laid_aside.bring_back,
        )
        LessonPause(self.player, window.link, window.pause_epoch, self)
        self.panel: LessonPanel | None = None
        self._stage = Stage(window)
        self.watched = Watched(window, self._stage)
        self._before: LayoutState | None = None
        self._scale_before = 1.0
        self._found: LayoutState | None = None
        """The layout that a lesson which is about to open has found."""
        self._code_soon = QTimer(self, interval=0, singleShot=True)
        self._code_soon.timeout.connect(self._show_code)
        self._where_soon = QTimer(self, interval=0, singleShot=True)
        self._where_soon.timeout.connect(self.show_where)
        self.player.lesson_changed.connect(self._follow_lesson)
        self.player.step_changed.connect(self._show_step)
        window.document.changed.connect(lambda: self._code_soon.start())

    @cached_property
    def course(self) -> Course:
        """The built-in lessons; read when they are first needed."""
        from engine.lessons import built_in

        return built_in(lesson_language())

    @property
    def layout_before(self) -> LayoutState | None:
        """The layout that comes back when the lesson is closed; None without a lesson."""
        return self._before

    @property
    def is_about_to_show(self) -> bool:
        """Whether a step has been entered, and where to look is not shown yet."""
        return self._where_soon.isActive()

    def open(self, lesson: Lesson, course: Course | None = None, step: int = 0, key: str = BUILT_IN) -> bool:
        """Open a lesson at a step; return False if the person keeps what is open."""
        window = self._window
        if self._before is None:
            window.complete()
            # The lanes of the lesson already change what is shown.
            self._found = window.present.before or window.whole_layout.take()
        try:
            return self.player.open(lesson, course, step, key)
        finally:
            self._found = None

    def open_built_in(self, lesson: Lesson, step: int = 0) -> bool:
        """Open one of the built-in lessons at a step."""
        return self.open(lesson, self.course, step)

    @property
    def to_continue(self) -> tuple[Lesson, int] | None:
        """The built-in lesson in which a person was last, and its step, or the lesson after it once it is done; None
        before the first lesson and after the last one.
        """
        lessons = self.course.lessons
        found = self.player.progress.to_continue([lesson.key for lesson in lessons])
        if found is None:
            return None
        lesson = lessons[found[0]]
        return lesson, min(found[1], len(lesson.steps) - 1)

    def continue_last(self) -> bool:
        """Open the lesson that a person would continue; return whether there is one, and it is open."""
        found = self.to_continue
        return found is not None and self.open_built_in(*found)

    def close(self) -> None:
        """Close the lesson."""
        self.player.close()

    def show_where(self) -> None:
        """Bring to the front what the step says to watch, outline it, and point at its control."""
        step = self.player.step
        if step is None:
            return
        self._show_and_point()
        # What was brought to the front may have covered it.
        self._window.dock_layout.arrangement.lesson.raise_()

    def _show_where_asked(self) -> None:
        """Show where to look, also a control in a tab that covers the lesson."""
        if self.player.step is not None:
            self._show_and_point()

    def _show_and_point(self) -> None:
        step = self.player.step
        assert step is not None
        self.watched.show(step.watch)
        self._pointed.point_at(step.control)

    def apply_theme(self, theme: Theme) -> None:
        if self.panel is not None:
            self.panel.apply_theme(theme)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the lesson with its dock."""
        if event.type() != QEvent.Type.Close:
            return False
        event.ignore()
        QTimer.singleShot(0, self, self.close)
        return True

    # -- inside

    @cached_property
    def _pointed(self) -> Pointed:
        from gui_app.window.pointed import Pointed

        return Pointed(self._window, self._stage)

    @cached_property
    def _options(self) -> ViewOptions:
        from gui_app.window.view_options import ViewOptions

        return ViewOptions(self._window, self._stage)

    def _follow_lesson(self) -> None:
        if self.player.lesson is None:
            self._leave()
            return
        if self._before is None:
            self._enter()
        self._options.begin()

    def _enter(self) -> None:
        """Put the panel beside the canvas."""
        window = self._window
        window.complete()
        window.present.leave()
        self._before, self._scale_before = self._found or window.whole_layout.take(), text_size.scale()
        self._stage.keep_layout()
        arrangement = window.dock_layout.arrangement
        if self.panel is None:
            panel = self.panel = self._make_panel()
            arrangement.put(LESSON, self.panel)
            arrangement.lesson_width = lambda: panel.sizeHint().width()
            panel.widened.connect(arrangement.widen_lesson)
            panel.widened.connect(lambda factor: window.dock_layout.plot_room.fit_soon())
            arrangement.lesson.installEventFilter(self)
        with window.dock_layout.plot_room.kept_apart():
            arrangement.show_lesson(self.panel.sizeHint().width())
        window.dock_layout.plot_room.fit_soon()

    def _make_panel(self) -> LessonPanel:
        from gui_app.lessons.panel import LessonPanel

        panel = LessonPanel(self.player, names_of, self._code)
        panel.apply_theme(self._window.appearance.theme)
        panel.where_wanted.connect(self._show_where_asked)
        panel.where_seen.connect(self.watched.end)
        panel.close_wanted.connect(self.close)
        return panel

    def _leave(self) -> None:
        """Put the window back; a presentation of the lesson ends with it."""
        self.watched.leave()
        self._options.end()
        before, self._before = self._before, None
        layout, scale = self._window.whole_layout, self._scale_before

        def put_back() -> None:
            if self.player.lesson is None:
                self._window.dock_layout.arrangement.hide_lesson()
            self._stage.restore()
            if before is not None:
                layout.put(before)
            if text_size.scale() != scale:
                # The columns were as wide as text of another size needed.
                self._window.dock_layout.arrangement.narrow_columns()

        layout.show_chosen(put_back)

    def _show_step(self) -> None:
        step = self.player.step
        self.watched.end()
        self._quieten()
        if step is None:
            return
        arrangement = self._window.dock_layout.arrangement
        if arrangement.data in self._window.tabifiedDockWidgets(arrangement.model):
            arrangement.model.raise_()
        self._options.apply(step.view)
        # What was just put beside the canvas has its size after this.
        self._where_soon.start()

    def _quieten(self) -> None:
        """Let the diagnosis give no answers away, unless it is what the step is about."""
        line, step = self._window.dock_layout.diagnosis_line, self.player.step
        if line is not None:
            line.set_quiet(step is not None and DIAGNOSIS not in step.watch)

    def _show_code(self) -> None:
        if self.panel is not None and self.player.step is not None and self.player.step.code:
            self.panel.show_code()

    def _code(self, paths: Sequence[str]) -> Sequence[str]:
        """Return the lines of Keras of settings, each once."""
        from engine.export.code import TARGETS, lines_to_read

        return lines_to_read(self._window.document.experiment, KERAS, paths) if KERAS in TARGETS else ()
