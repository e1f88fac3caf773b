"""The Lessons menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from gui_app.session.lesson_progress import BUILT_IN
from gui_app.window.menus.entries import add

if TYPE_CHECKING:
    from gui_app.window.lesson_room import LessonRoom


def add_lessons_menu(window: QMainWindow, room: LessonRoom) -> QMenu:
    """Add and return the Lessons menu: the lessons of the course, read when it is opened first, then commands."""
    menu = window.menuBar().addMenu("Less&ons")
    menu.setToolTipsVisible(True)
    player = room.player
    commands = menu.addSeparator()
    last = add(menu, "&Continue", room.continue_last, tip="The step in which you were last.")
    last.setVisible(False)
    on = add(
        menu, "&Next step", player.go_on, "Alt+PgDown", tip="Go on to the next step, or the next lesson."
    )
    back = add(
        menu,
        "&Previous step",
        player.go_back,
        "Alt+PgUp",
        tip="Go back to the step before, or the lesson before.",
    )
    where = add(
        menu, "Show &where to look", room.show_where, tip="Bring to the front what the step says to watch."
    )
    # A key that is held down would run through the whole course.
    on.setAutoRepeat(False)
    back.setAutoRepeat(False)
    close = add(
        menu,
        "&Back to my drawing",
        room.close,
        tip="Close the lesson; your own drawing comes back as it was.",
    )
    lessons: list[tuple[str, QAction]] = []

    def fill() -> None:
        if not lessons:
            for lesson in room.course.lessons:
                number = "" if lesson.number is None else f"{lesson.number}  "
                # A single & would underline the next letter.
                text = f"{number}{lesson.title}".replace("&", "&&")
                action = add(menu, text, partial(room.open_built_in, lesson), tip=lesson.summary)
                action.setCheckable(True)
                menu.insertAction(commands, action)
                lessons.append((lesson.key, action))
        follow()

    def follow() -> None:
        for key, action in lessons:
            action.setChecked(player.progress.reached(BUILT_IN, key).done)
        for action in (on, back, where, close):
            action.setEnabled(player.lesson is not None)
        found = room.to_continue if lessons and player.lesson is None else None
        last.setVisible(found is not None)
        if found is not None:
            title = found[0].title.replace("&", "&&")
            last.setText(f"&Continue with {title}, step {found[1] + 1}")

    menu.aboutToShow.connect(fill)
    player.step_changed.connect(follow)
    for action in (on, back, where, close):
        action.setEnabled(False)
    return menu
