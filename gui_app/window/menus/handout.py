"""The entries for handouts in the Lessons menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from gui_app.window.menus.entries import add

if TYPE_CHECKING:
    from gui_app.window.handout_room import HandoutRoom


def add_handout_entries(menu: QMenu, room: HandoutRoom) -> QMenu:
    """Add a menu that exports the open lesson, or all lessons, as something to read; return it."""
    handout = menu.addMenu("Export &handout")
    handout.setToolTipsVisible(True)
    player = room.player
    one = add(
        handout,
        "Of this &lesson (HTML, PDF) …",
        room.export_lesson,
        tip="Its words, formulas and questions, with pictures of your own run.",
    )
    add(
        handout,
        "Of the whole &course (HTML, PDF) …",
        room.export_course,
        tip="All lessons, with pictures of the steps that you have been through.",
    )

    def follow() -> None:
        one.setEnabled(player.lesson is not None)

    player.lesson_changed.connect(follow)
    follow()
    return handout
