"""The data panel: drawing, generated and saved data sets, noise, number of points and the split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from engine.catalogue.generators import GENERATORS
from engine.catalogue.hyperparameters import NOISE, POINTS, SEED
from engine.catalogue.texts import counted
from engine.data import Library, SavedSet, with_saved
from engine.experiment import Experiment, class_labels, edit_many, switch_generator
from gui_app.panels.data.draw_section import GAP, LABEL_WIDTH, DrawSection
from gui_app.panels.data.gallery import generators_gallery
from gui_app.panels.data.saved_sets import SavedSets
from gui_app.panels.data.shown_splits import ShownSplits
from gui_app.panels.data.split_section import SplitSection
from gui_app.panels.on_axes import HeldControls
from gui_app.panels.panel import Panel
from gui_app.session.document import Document
from gui_app.session.operations import Operations
from gui_app.session.origin import SAVED_SET
from gui_app.session.seeds import new_seed
from gui_app.session.tool_records import ToolRecord
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.section import Section
from gui_app.widgets.tips import tip
from gui_app.widgets.topics import set_topic

GENERATE_HINT = "Pick a data set to generate points again."


class DataPanel(Panel):
    """Edits ``data`` and chooses one of ``tools``; ``library`` holds the saved data sets.

    ``class_edit_requested(index, position)`` asks for the popover of a class at a position on the screen.
    ``class_removal_requested(index)`` asks to remove a class; a slot removes it, or declines, before ``emit`` returns.
    """

    class_edit_requested = Signal(int, QPoint)
    class_removal_requested = Signal(int)

    def __init__(
        self,
        document: Document,
        tool_settings: ToolSettings,
        tools: Mapping[str, ToolRecord],
        library: Library | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.tool_settings, self._tools, self._library = tool_settings, tools, library
        super().__init__(document, parent)

    def build(self) -> None:
        set_topic(self, "data_sets")
        self._looks: tuple[Theme, tuple[str, ...]] | None = None
        self._held = HeldControls(self._held_parts)
        self.draw = DrawSection(self.document, self.tool_settings, self._tools)
        self.draw.classes_requested.connect(self._set_classes)
        self.draw.palette_box.edit_requested.connect(self._edit_class)
        self.tool_settings.changed.connect(self._name_class)
        self.controls["data.classes"] = self.draw.palette_box
        self.column.setSpacing(GAP)
        self.column.addWidget(self.draw)
        self.column.addWidget(self._data_sets())
        self.column.addWidget(self._split())

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        return before.data is not after.data or before.sweep is not after.sweep

    def _held_parts(self, path: str) -> Sequence[QWidget]:
        return {"data.generator.noise": [self.noise], "data.generator.points": [self.points]}.get(path, [])

    def refresh(self, experiment: Experiment) -> None:
        self._held.release()
        data, drawn = experiment.data, self.document.hand_drawn
        generator = data.generator
        self.draw.refresh()
        self._show_looks()
        self._name_class()
        source = self._source
        self.gallery.show_task(data.task, generator.noise, generator.seed, "" if drawn else generator.name)
        if self.saved is not None:
            self.saved.refresh(source)
        self.change_all.setEnabled(len(self.document.points) > 0)
        self.noise.set_value(generator.noise)
        self.points.set_value(generator.points)
        self.seed.set_value(generator.seed)
        for control in (self.noise, self.points, self.seed):
            control.setEnabled(not drawn or source is not None)
        # This setting is the number of points to generate, so it has no meaning for drawn points.
        self.points.setVisible(not drawn or source is not None)
        cells = [index for index, lane in enumerate(experiment.lanes) if lane.own_data is not None]
        if cells:
            self._held.hold(experiment, cells[0])
        self._show_origin()
        self.reason.setVisible((drawn and source is None) or bool(cells))
        self.split.show_split(data.split.validation, data.split.test, self.document.points.counts())

    def _show_origin(self) -> None:
        count = len(self.document.points)
        if self.document.refusal_to_draw:
            self.reason.setText(
                f"The {counted(count, 'point')} of the chosen cell. {self.document.refusal_to_draw}"
            )
            return
        origin = f"{self.document.origin}: {counted(count, 'point')}." if count else "No points."
        self.reason.setText(f"{origin} {GENERATE_HINT}")

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.draw.apply_theme(theme)
        self._show_looks()

    def _name_class(self) -> None:
        """Show the name of the class to draw in the heading above the palette."""
        data, index = self.document.experiment.data, self.tool_settings.class_index
        names = data.class_names or ()
        name = names[index] if index < len(names) else None
        self.draw.class_section.set_title(f"Class · {name}" if name else "Class")

    def _show_looks(self) -> None:
        """Show names and colours of the classes."""
        data = self.document.experiment.data
        looks = with_class_colours(self.theme, data)
        shown = looks, class_labels(data)
        if shown == self._looks:
            return
        self._looks = shown
        self.draw.palette_box.show_looks(looks.classes, shown[1])
        self.gallery.apply_theme(looks)
        if self.saved is not None:
            self.saved.gallery.apply_theme(self.theme)

    def _data_sets(self) -> Section:
        section = Section("Data sets")
        section.body.setSpacing(GAP - 2)
        narrow = {"label_width": LABEL_WIDTH, "number_width": 64}
        self.gallery = generators_gallery()
        self.gallery.chosen.connect(self._choose)
        self.controls["data.generator.name"] = self.gallery
        self.noise = self.slider(NOISE, "data.generator.noise", percent=True, **narrow)
        self.points = self.slider(POINTS, "data.generator.points", **narrow)
        self.seed = self.slider(SEED, "data.generator.seed", number_width=44, label_width=0)
        self.regenerate = text_button(
            "Regenerate", tip("Regenerate", "The same kind of data from another seed."), "compact"
        )
        for slider, topic in ((self.noise, "noise"), (self.points, "points"), (self.seed, "seed")):
            set_topic(slider, topic)
        set_topic(self.regenerate, "seed")
        self.regenerate.clicked.connect(self._regenerate)
        self.reason = caption(GENERATE_HINT, "reason")
        section.body.addWidget(self.gallery)
        section.body.addLayout(self._saved_sets())
        for part in (self.reason, self.noise, self.points):
            section.body.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.seed, 1)
        row.addWidget(self.regenerate)
        section.body.addLayout(row)
        return section

    def _saved_sets(self) -> QVBoxLayout:
        """Create the gallery of saved sets, and the buttons to save the points and to change all of them."""
        self.saved = None if self._library is None else SavedSets(self._library, self.document)
        self.change_all = text_button(
            "Change all",
            tip("Change all points", "Noise, wrong labels, balance, scale, rotation."),
            "compact",
        )
        self.change_all.setProperty("menu", True)
        set_topic(self.change_all, "saved_sets")
        self.operations = Operations(self.document, self.change_all, offset_y=32)
        self.operations.reported.connect(self.show_message)
        menu = QMenu(self.change_all)
        self.operations.fill(menu)
        self.change_all.setMenu(menu)
        column, row = QVBoxLayout(), QHBoxLayout()
        column.setSpacing(6)
        if self.saved is not None:
            self.saved.chosen.connect(self._choose_saved)
            self.saved.recognized.connect(self._refresh)
            column.addWidget(self.saved)
            row.addWidget(self.saved.save)
        row.addWidget(self.change_all)
        row.addStretch(1)
        column.addLayout(row)
        return column

    def _split(self) -> SplitSection:
        self.split = SplitSection()
        self.split.edited.connect(self._set_shares)
        self.split.resplit.clicked.connect(self._split_again)
        self.controls["data.split"] = self.split.bar
        self.shown = ShownSplits(self.tool_settings)
        self.split.body.addWidget(self.shown)
        return self.split

    @property
    def _source(self) -> SavedSet | None:
        """The saved set that the points were made from, if any."""
        return None if self.saved is None else self.saved.source(self.document.points)

    def _choose_saved(self, saved: SavedSet) -> None:
        def load() -> None:
            assert self.saved is not None
            seed = self.document.experiment.data.generator.seed
            after = with_saved(self.document.experiment, saved, seed)
            self.saved.vary(saved, len(saved.points), 0.0, seed)
            undo_text = f"Data set: {saved.name}"
            self.document.replace(after, undo_text, other_data=True, source=SAVED_SET)

        self.attempt(load)

    def change(self, changes: Mapping[str, object], label: str) -> None:
        super().change({**changes, **self._with_points(changes)}, label)

    def _with_points(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Return the number and positions of new points, if these come from a saved set and ``changes`` affect them."""
        source, generator = self._source, self.document.experiment.data.generator
        names = [f"data.generator.{name}" for name in ("points", "noise", "seed")]
        if source is None or self.saved is None or not changes.keys() & set(names):
            return {}
        given: dict[str, Any] = dict(
            zip(names, (generator.points, generator.noise, generator.seed), strict=True)
        )
        size, noise, seed = ({**given, **changes}[name] for name in names)
        size = max(min(int(size), len(source.points)), 2)
        return {names[0]: size, "data.points": self.saved.vary(source, size, float(noise), int(seed))}

    def _choose(self, key: str) -> None:
        def switch() -> None:
            after = switch_generator(self.document.experiment, key)
            self.document.replace(after, f"Data set: {GENERATORS[key].label}", other_data=True)

        self.attempt(switch)

    def _regenerate(self) -> None:
        if self._source is not None:
            seed = new_seed(self.document.experiment.data.generator.seed)
            changes = {"data.generator.seed": seed}
            self.put({**changes, **self._with_points(changes)}, "Regenerate")
            return

        def again() -> None:
            generator = self.document.experiment.data.generator
            # Switching to the same data set drops hand-drawn points and restores its classes.
            fresh = switch_generator(self.document.experiment, generator.name)
            after = edit_many(fresh, {"data.generator.seed": new_seed(generator.seed)})
            self.document.replace(after, "Regenerate")

        self.attempt(again)

    def _edit_class(self, index: int) -> None:
        button = self.draw.palette_box.buttons[index]
        self.class_edit_requested.emit(index, button.mapToGlobal(button.rect().bottomLeft()))

    def _set_classes(self, classes: int) -> None:
        before = self.document.experiment.data.classes
        if classes < before:
            self.class_removal_requested.emit(before - 1)
        else:
            self.attempt(lambda: self.document.set_classes(classes))
        classes = self.document.experiment.data.classes
        if self.document.experiment.data.classes > before or self.tool_settings.class_index >= classes:
            self.tool_settings.class_index = classes - 1

    def _set_shares(self, validation: float, test: float) -> None:
        changes = {"data.split.validation": validation, "data.split.test": test}
        self.change(changes, "Change split")

    def _split_again(self) -> None:
        seed = new_seed(self.document.experiment.data.split.seed)
        self.put({"data.split.seed": seed}, "Re-split")
