"""The menu bar: all commands by name, with their shortcuts; one file a menu."""

from gui_app.window.menus.data import add_data_menu, add_examples_menu
from gui_app.window.menus.edit import add_edit_menu
from gui_app.window.menus.file import add_file_menu, export_menu
from gui_app.window.menus.handout import add_handout_entries
from gui_app.window.menus.help import add_help_menu
from gui_app.window.menus.lessons import add_lessons_menu
from gui_app.window.menus.own_lessons import add_own_lessons
from gui_app.window.menus.sweep import add_sweep_menu
from gui_app.window.menus.train import add_train_menu
from gui_app.window.menus.view import add_view_menu

__all__ = [
    "add_data_menu",
    "add_edit_menu",
    "add_examples_menu",
    "add_file_menu",
    "add_handout_entries",
    "add_help_menu",
    "add_lessons_menu",
    "add_own_lessons",
    "add_sweep_menu",
    "add_train_menu",
    "add_view_menu",
    "export_menu",
]
