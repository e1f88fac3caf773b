"""Arrangements of the window by name: those that the app offers, and a person's own."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QSettings, Signal

from gui_app.window.layout.schemes import Scheme
from gui_app.window.layout.whole_layout import LayoutState, WholeLayout

KEY = "layout/perspectives"
LONGEST = 40
"""Characters of a name."""
MOST = 30


class Perspectives(QObject):
    """Shows arrangements and keeps a person's own in the settings.

    ``changed`` is emitted when the person's own change, ``reported(sentence)`` says what was done.
    """

    changed = Signal()
    reported = Signal(str)

    def __init__(self, layout: WholeLayout, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layout, self._settings = layout, settings
        self._own = _read(settings.value(KEY))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the person's own arrangements, the oldest first."""
        return tuple(self._own)

    def show_scheme(self, scheme: Scheme) -> None:
        """Arrange the window as one of the app's schemes says."""
        self._layout.show_chosen(partial(self._layout.arrange, scheme))

    def show_own(self, name: str) -> None:
        """Arrange the window as it was when this name was given."""
        self._layout.show_chosen(partial(self._put, name, self._own[name]))

    def _put(self, name: str, state: LayoutState) -> None:
        if not self._layout.put(replace(state, before=self._layout.before)):
            self.reported.emit(f"The arrangement {name} was saved by another version and cannot be shown.")

    def save(self, name: str) -> None:
        """Save the present arrangement, in the place of one with the same name."""
        self._own[fitting(name)] = self._layout.take_own()
        self._write()
        self.reported.emit(f"Saved the arrangement {fitting(name)}: View, Perspective shows it again.")

    def give_name(self, name: str, new: str) -> None:
        """Give an arrangement another name, which no other one has."""
        self._own = {fitting(new) if one == name else one: state for one, state in self._own.items()}
        self._write()

    def delete(self, name: str) -> None:
        """Delete an arrangement; the window stays as it is."""
        del self._own[name]
        self._write()
        self.reported.emit(f"Deleted the arrangement {name}.")

    def problem(self, name: str, besides: str | None = None) -> str:
        """Return why an arrangement cannot get this name, "" if it can; ``besides`` is its former name."""
        name = fitting(name)
        if not name:
            return "A name is needed."
        if besides is None and name not in self._own and len(self._own) >= MOST:
            return f"There are {MOST} arrangements already; delete one first."
        if besides is not None and name != besides and name in self._own:
            return f"There is an arrangement {name} already."
        return ""

    def _write(self) -> None:
        kept = [{"name": name, **state.to_json()} for name, state in self._own.items()]
        self._settings.setValue(KEY, json.dumps(kept, ensure_ascii=False))
        self.changed.emit()


def fitting(name: str) -> str:
    """Return a name without superfluous spaces, cut to its longest."""
    return " ".join(name.split())[:LONGEST].strip()


def _read(stored: object) -> dict[str, LayoutState]:
    """Return the arrangements in the settings; what makes no sense is left out."""
    try:
        entries = json.loads(stored) if isinstance(stored, str) else []
    except (ValueError, RecursionError):
        return {}
    found: dict[str, LayoutState] = {}
    for entry in entries if isinstance(entries, list) else []:
        name = entry.get("name") if isinstance(entry, dict) else None
        state = LayoutState.from_json(entry)
        if isinstance(name, str) and fitting(name) and state is not None and len(found) < MOST:
            found[fitting(name)] = state
    return found
