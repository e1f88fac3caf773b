"""The Perspective menu in View: arrangements of the window by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from gui_app.session.dialogs import ask, ask_name
from gui_app.widgets.gestures import set_gestures
from gui_app.window.layout.perspectives import Perspectives, fitting
from gui_app.window.layout.schemes import SCHEMES
from gui_app.window.menus.entries import add

OWN_KEYS = ("Ctrl+Alt+5", "Ctrl+Alt+6", "Ctrl+Alt+7", "Ctrl+Alt+8", "Ctrl+Alt+9")
"""Keys of the first of a person's own arrangements."""


class PerspectiveMenu(QMenu):
    """The arrangements of the app, then a person's own with entries to save, rename and delete them."""

    def __init__(
        self, window: QMainWindow, perspectives: Perspectives, present: Callable[[], object]
    ) -> None:
        super().__init__("&Perspective", window)
        self._window, self._perspectives = window, perspectives
        self.setToolTipsVisible(True)
        for scheme in SCHEMES:
            add(
                self, scheme.title, partial(perspectives.show_scheme, scheme), scheme.keys, tip=scheme.meaning
            )
        action = add(
            self, "&Present", present, tip="Canvas and one plot large, for a projector; Esc leaves it."
        )
        action.setShortcuts([QKeySequence("Ctrl+Alt+4"), QKeySequence("F5")])
        rows = (("Esc", "Leave it, back to the window as it was"), ("F7", "Ring around the mouse"))
        set_gestures(self, "Presentation", rows)
        self._end = self.addSeparator()
        add(
            self,
            "&Save this arrangement …",
            self._save,
            tip="Keep what is shown, where and how large, under a name.",
        )
        self._renaming, self._deleting = self.addMenu("&Rename"), self.addMenu("De&lete")
        self._own: list[QMenu] = []
        perspectives.changed.connect(self._show_own)
        self._show_own()

    def _show_own(self) -> None:
        """Offer the person's own arrangements."""
        for action in [one for one in self.actions() if one.property("own")]:
            self.removeAction(action)
            action.deleteLater()
        self._renaming.clear()
        self._deleting.clear()
        names = self._perspectives.names
        for number, name in enumerate(names):
            # A single & would underline the next letter.
            text = name.replace("&", "&&")
            keys = OWN_KEYS[number] if number < len(OWN_KEYS) else None
            action = add(self, text, partial(self._perspectives.show_own, name), keys)
            action.setProperty("own", True)
            self.insertAction(self._end, action)
            add(self._renaming, f"{text} …", partial(self._rename, name))
            add(self._deleting, f"{text} …", partial(self._delete, name))
        self._renaming.setEnabled(bool(names))
        self._deleting.setEnabled(bool(names))

    def _save(self) -> None:
        name = ask_name(self._window, "Save this arrangement", "", self._perspectives.problem)
        taken = name is not None and fitting(name) in self._perspectives.names
        if (
            taken
            and ask(self._window, f"Replace the arrangement {name}?", "", ("Replace", "Cancel")) != "Replace"
        ):
            return
        if name is not None:
            self._perspectives.save(name)

    def _rename(self, name: str) -> None:
        new = ask_name(
            self._window, "Rename the arrangement", name, partial(self._perspectives.problem, besides=name)
        )
        if new is not None:
            self._perspectives.give_name(name, new)

    def _delete(self, name: str) -> None:
        answers = ("Delete", "Cancel")
        if ask(self._window, f"Delete the arrangement {name}?", "", answers, careful=True) == "Delete":
            self._perspectives.delete(name)
