"""The gallery of saved data sets, which a person can choose, save, rename and delete."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QVBoxLayout, QWidget

from engine.catalogue.texts import counted
from engine.data import Library, SavedSet, free_name
from engine.data.axes import home_axes, to_share
from engine.experiment import Points
from gui_app.panels.data.gallery import POINTS, Gallery, Thumbnail
from gui_app.session.deferred import Deferred
from gui_app.session.dialogs import ask, reason, warn
from gui_app.session.document import Document
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

SAVE = "Save as a data set"
DELETE, KEEP = ANSWERS = ("Delete", "Keep")


class SavedThumbnail(Thumbnail):
    """Thumbnail of a saved set in its own colours; ``menu_requested(position)`` carries a position on the screen."""

    menu_requested = Signal(QPoint)

    def __init__(self, saved: SavedSet) -> None:
        assert saved.data is not None
        super().__init__(saved.name, saved.data.task, partial(_sample, saved))
        self.saved, self.rank = saved, saved.name.casefold()
        meaning = f"{counted(len(saved.points), 'point')} of your own. Right-click to rename or delete."
        self.setToolTip(tip(saved.name, meaning))
        self.setAccessibleDescription(meaning)

    def apply_theme(self, theme: Theme) -> None:
        assert self.saved.data is not None
        super().apply_theme(with_class_colours(theme, self.saved.data))

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())


class SavedSets(QWidget):
    """The data sets of ``library``, which are read one by one in the background.

    ``chosen(saved)`` is emitted when a person chooses a set, ``recognized()`` when the document's points turn out to
    come from one of the sets.
    """

    chosen = Signal(object)
    recognized = Signal()

    def __init__(self, library: Library, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._document = library, document
        self._sources: dict[tuple[int, str], SavedSet] = {}
        self._problems: list[str] = []
        self._jobs = Deferred(self)
        self.gallery = Gallery()
        self.gallery.chosen.connect(lambda key: self.chosen.emit(self.sets[key]))
        self.sets: dict[str, SavedSet] = {}
        self.menu: QMenu | None = None
        self.heading, self.problem = caption("Your own"), caption(role="reason")
        self.save = text_button(
            "Save …", tip(SAVE, "Keep these points under a name, beside the other data sets."), "compact"
        )
        self.save.clicked.connect(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.heading)
        column.addWidget(self.gallery)
        column.addWidget(self.problem)
        self._show_problems()
        document.replaced.connect(self._recognize_all)
        self._jobs.add("read", self._read)
        self._jobs.start()

    def finish(self) -> None:
        """Read all remaining sets now."""
        self._jobs.finish()

    def refresh(self, source: SavedSet | None) -> None:
        """Show the sets of the document's task; ``source`` is the set that the points were generator from."""
        data = self._document.experiment.data
        current = "" if source is None else str(source.path)
        self.gallery.show_task(data.task, data.generator.noise, data.generator.seed, current, others=False)
        tasks = {saved.data.task for saved in self.sets.values() if saved.data is not None}
        self.heading.setVisible(data.task in tasks)
        self.gallery.setVisible(data.task in tasks)
        self.save.setEnabled(len(self._document.points) > 0)

    # -- the source of points

    def source(self, points: Points) -> SavedSet | None:
        """Return the saved set that these points were made from, if any."""
        count = len(points)
        # A digest takes time, so it is computed only if the number of points matches.
        if not any(count == length for length, _ in self._sources):
            return None
        return self._sources.get((count, points.digest))

    def vary(self, saved: SavedSet, size: int, noise: float, seed: int) -> Points:
        """Make points from a saved set, and record it as their source."""
        assert saved.data is not None
        points = saved.varied(size, noise, seed)
        self._sources[len(points), points.digest] = saved
        return points

    # -- inside

    def _read(self) -> Iterator[None]:
        for saved in self._library.sets():
            if saved.data is None:
                self._problems.append(f"{saved.path.name} cannot be read: {saved.problem}.")
                self._show_problems()
            else:
                self._add(saved)
            yield

    def _add(self, saved: SavedSet) -> None:
        key = str(saved.path)
        thumbnail = SavedThumbnail(saved)
        thumbnail.menu_requested.connect(partial(self._open_menu, key))
        self.sets[key] = saved
        self.gallery.add(key, thumbnail)
        self._recognize(saved)
        self.refresh(self.source(self._document.points))

    def _recognize_all(self) -> None:
        for saved in self.sets.values():
            self._recognize(saved)

    def _recognize(self, saved: SavedSet) -> None:
        """Record this set as the source of the document's points if it makes them, as for an opened file."""
        data, points = self._document.experiment.data, self._document.points
        generator = data.generator
        if data.points is None or saved.data is None or data.task != saved.data.task:
            return
        if len(points) == min(generator.points, len(saved.points)):
            made = saved.varied(generator.points, generator.noise, generator.seed)
            if made == points:
                self._sources[len(points), points.digest] = saved
                self.recognized.emit()

    def _open_menu(self, key: str, position: QPoint) -> None:
        """Open the menu of a set."""
        menu = QMenu(self)
        menu.addAction("Rename …").triggered.connect(lambda: self._rename(key))
        menu.addAction("Delete …").triggered.connect(lambda: self._delete(key))
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu = menu
        menu.popup(position)

    def _save(self) -> None:
        self._document.finish_gesture("Draw")
        name = self._ask_name(SAVE, "")
        if name is not None:
            data, points = self._document.experiment.data, self._document.points
            self._change_library(name, lambda: self._add(self._library.save(name, data, points)))

    def _rename(self, key: str) -> None:
        saved = self.sets[key]
        name = self._ask_name("Rename", saved.name)
        if name is not None and name != saved.name:
            self._change_library(name, lambda: self._add(self._library.rename(saved, name)))

    def _delete(self, key: str) -> None:
        saved = self.sets[key]
        detail = "Drawings made from it stay as they are. This cannot be undone."
        if ask(self, f"Delete the data set {saved.name}?", detail, ANSWERS, careful=True) == DELETE:
            self._change_library(saved.name, lambda: self._forget(saved))

    def _forget(self, saved: SavedSet) -> None:
        self._library.delete(saved)
        del self.sets[str(saved.path)]
        self.gallery.remove(str(saved.path))
        self.refresh(self.source(self._document.points))

    def _ask_name(self, title: str, before: str) -> str | None:
        """Ask for a name that no other set has; return None if cancelled."""
        self.finish()
        text, accepted = QInputDialog.getText(self, title, "Name:", QLineEdit.EchoMode.Normal, before)
        if not accepted:
            return None
        return free_name(text, {saved.name for saved in self.sets.values()} - {before})

    def _change_library(self, name: str, work: Callable[[], None]) -> None:
        """Run ``work``; if it raises OSError, show a warning."""
        try:
            work()
        except OSError as error:
            warn(self, f"{name} cannot be changed", reason(error))

    def _show_problems(self) -> None:
        self.problem.setText("\n".join(self._problems))
        self.problem.setVisible(bool(self._problems))


def _sample(saved: SavedSet, noise: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the points that a thumbnail shows, on the sheet."""
    data, points = saved.data, saved.varied(POINTS, noise, seed)
    assert data is not None
    target = to_share(points.target, data.extent.value) if data.task == "surface" else points.target
    return home_axes(data, saved.points).to_sheet(points.xy), target
