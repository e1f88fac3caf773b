"""The front door: the start page at the first start and on demand, and later a quiet offer to go on with a lesson."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QTimer

from gui_app.session.language import lesson_language
from gui_app.session.lesson_progress import BUILT_IN
from gui_app.theme.tokens import Theme

if TYPE_CHECKING:
    from engine.lessons.titles import Heading
    from gui_app.help.start_page import StartPage
    from gui_app.window.main_window import MainWindow

SHOWN = "start page shown"
"""Key of the setting that says so."""


class FrontDoor(QObject):
    """Shows the start page over the centre of ``window``, until a person chooses something or edits the document.

    ``open_lesson(key, step)`` opens one of the built-in lessons. Nothing is offered at a start unless it is ``wanted``.
    """

    def __init__(
        self, window: MainWindow, settings: QSettings, open_lesson: Callable[[str, int], object]
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._open = window, settings, open_lesson
        self.page: StartPage | None = None
        self.wanted = False
        """Whether the app was started without a file or a lesson."""
        document = window.document
        document.changed.connect(lambda: self.close())
        document.replaced.connect(lambda: self.close())

    def begin(self) -> None:
        """Show the page at the first start, just after the window was painted."""
        if self.wanted and not self._settings.value(SHOWN, False, bool):
            self.show_page()

    def offer(self) -> None:
        """At a later start, offer to go on with the lesson in which a person was last."""
        found = self._to_continue() if self.wanted and self.page is None else None
        if found is None:
            return
        from gui_app.help.start_offer import StartOffer

        heading, step = found
        offer = StartOffer("Offer to go on with a lesson", "", _continue(heading, step))
        offer.taken.connect(lambda: self._open(heading.key, step))
        # What is found of the training, with its cures, needs the room more.
        self._window.dock_layout.found.connect(offer.leave)
        self._window.lessons.player.lesson_changed.connect(offer.leave)
        self._window.statusBar().addPermanentWidget(offer)

    def show_page(self) -> None:
        """Show the start page, with what is done by now."""
        from engine.lessons.titles import course_title, headings
        from gui_app.help.lesson_row import LessonRow
        from gui_app.help.start_page import StartPage

        self._settings.setValue(SHOWN, True)
        self.close()
        progress, lessons = self._window.lessons.player.progress, headings(language=lesson_language())
        rows = [
            LessonRow(one.key, one.number, one.title, one.summary, progress.reached(BUILT_IN, one.key).done)
            for one in lessons
        ]
        found = self._to_continue()
        begin = "Begin with lesson 1" if found is None else _continue(*found)
        page = self.page = StartPage(
            self._window.central_area, rows, begin, f"Lessons: {course_title(language=lesson_language())}"
        )
        page.draw_wanted.connect(self.close)
        page.tour_wanted.connect(lambda: self._leave_for(self._window.help_windows.start_tour))
        page.lesson_wanted.connect(lambda key: self._leave_for(lambda: self._open(key, 0)))
        if lessons:
            key, step = (lessons[0].key, 0) if found is None else (found[0].key, found[1])
            page.begin_wanted.connect(lambda: self._leave_for(lambda: self._open(key, step)))
        page.apply_theme(self._window.appearance.theme)
        page.open()

    def close(self) -> None:
        """Close the page, if it is open."""
        page, self.page = self.page, None
        if page is not None:
            had_focus = page.isAncestorOf(self._window.focusWidget())
            page.hide()
            page.deleteLater()
            if had_focus:
                self._window.canvas.setFocus()

    def apply_theme(self, theme: Theme) -> None:
        if self.page is not None:
            self.page.apply_theme(theme)

    def _leave_for(self, work: Callable[[], object]) -> None:
        """Close the page, then do what was chosen on it: the button that was pressed is on it."""
        self.close()
        QTimer.singleShot(0, self, work)

    def _to_continue(self) -> tuple[Heading, int] | None:
        """Return the built-in lesson to go on with and its step, without reading any lesson; None for none."""
        progress = self._window.lessons.player.progress
        if progress.last is None or progress.last.course != BUILT_IN:
            return None
        from engine.lessons.titles import headings

        lessons = headings(language=lesson_language())
        found = progress.to_continue([one.key for one in lessons])
        return None if found is None else (lessons[found[0]], found[1])


def _continue(heading: Heading, step: int) -> str:
    number = "" if heading.number is None else f" {heading.number}"
    return f"Continue lesson{number}: {heading.title}, step {step + 1}"
