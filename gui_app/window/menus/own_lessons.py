"""The lower part of the Lessons menu: lessons of one's own, and the start page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from gui_app.widgets.tips import tip
from gui_app.window.menus.entries import add

if TYPE_CHECKING:
    from gui_app.window.own_lessons import OwnLessons

FORGET = "Take it &off this list"


def add_own_lessons(lessons: QMenu, own: OwnLessons, show_start_page: Callable[[], object]) -> QMenu:
    """Add the entries to the Lessons menu; returns the menu of lessons of one's own, with the courses among them.

    It is one of its own, so that all fits into a low window.
    """
    lessons.addSeparator()
    menu = lessons.addMenu("Lessons of yo&ur own")
    menu.setToolTipsVisible(True)
    courses: list[QMenu] = []
    add(menu, "&Open lesson folder …", own.choose, tip="A lesson that somebody made, or a folder of lessons.")
    add(
        menu,
        "&Make a lesson of this …",
        own.make,
        tip="A folder with what is open, steps and a text to fill in; it opens as the next lesson.",
    )
    reload = add(
        menu, "Read its files a&gain", own.reload, tip="The lesson follows its files by itself, too."
    )
    files = add(menu, "Show its &files", own.show_files, tip="The folder of the open lesson.")
    menu.addSeparator()
    add(lessons, "S&tart page", show_start_page, tip="All lessons with what they are about, and the tour.")

    def refresh() -> None:
        for action in (reload, files):
            action.setVisible(own.is_open)
        for course in courses:
            menu.removeAction(course.menuAction())
            course.deleteLater()
        courses.clear()
        for folder in own.courses:
            course = _course_menu(menu, own, folder)
            courses.append(course)
            menu.addMenu(course)

    menu.aboutToShow.connect(refresh)
    own.changed.connect(refresh)
    refresh()
    return menu


def _course_menu(parent: QMenu, own: OwnLessons, folder: Path) -> QMenu:
    """Return the menu of a course, which lists its lessons when it is opened."""
    from engine.lessons.titles import course_title

    # A single & would underline the next letter.
    menu = QMenu(course_title(folder).replace("&", "&&"), parent)
    menu.setToolTipsVisible(True)
    menu.menuAction().setStatusTip(str(folder))

    def fill() -> None:
        from engine.lessons.titles import headings

        menu.clear()
        for one in headings(folder):
            number = "" if one.number is None else f"{one.number}  "
            text = f"{number}{one.title}".replace("&", "&&")
            action = add(menu, text, partial(own.open, folder, one.key))
            # What a stranger has written may look like HTML.
            action.setToolTip(tip(one.title, one.summary))
            action.setStatusTip(one.summary)
            action.setCheckable(True)
            action.setChecked(own.is_done(folder, one.key))
        menu.addSeparator()
        add(menu, FORGET, partial(own.forget, folder), tip="The folder itself stays.")

    menu.aboutToShow.connect(fill)
    return menu
