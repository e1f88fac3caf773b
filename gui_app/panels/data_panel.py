"""The data: drawing, ready-made data sets, noise, number of points and the split."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from engine.catalogue.generators import GENERATORS
from engine.catalogue.hyperparameters import NOISE, POINTS, SEED, TEST, VALIDATION
from engine.experiment import Experiment, edit_many, switch_generator
from gui_app.canvas.tool_settings import ToolSettings
from gui_app.document import Document
from gui_app.panels.draw_section import LABEL_WIDTH, DrawSection
from gui_app.panels.gallery import Gallery
from gui_app.panels.panel import Panel
from gui_app.panels.shown_splits import ShownSplits
from gui_app.seeds import new_seed
from gui_app.theme import Theme
from gui_app.widgets.buttons import set_icon, text_button
from gui_app.widgets.card import caption
from gui_app.widgets.section import Section
from gui_app.widgets.split_bar import SplitBar
from gui_app.widgets.tips import tip

DRAWN = "Drawn by hand – pick a data set to generate anew."


class DataPanel(Panel):
    """Edits ``data``; drawing tools are chosen in ``tool_settings``."""

    def __init__(self, document: Document, tool_settings: ToolSettings, lane: int = 0) -> None:
        self.tool_settings = tool_settings
        super().__init__(document, lane)

    def build(self) -> None:
        self.draw = DrawSection(self.document, self.tool_settings)
        self.draw.classes_asked.connect(self._set_classes)
        self.controls["data.classes"] = self.draw.palette_box
        self.column.addWidget(self.draw)
        self.column.addWidget(self._data_sets())
        self.column.addWidget(self._split())

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        return before.data is not after.data

    def refresh(self, experiment: Experiment) -> None:
        data, drawn = experiment.data, self.document.hand_drawn
        generator = data.generator
        self.draw.refresh()
        self.gallery.show_task(data.task, generator.noise, generator.seed, "" if drawn else generator.name)
        self.noise.set_value(generator.noise)
        self.points.set_value(generator.points)
        self.seed.set_value(generator.seed)
        for control in (self.noise, self.points, self.seed):
            control.setEnabled(not drawn)
        self.reason.setVisible(drawn)
        self.bar.show_split(data.split.validation, data.split.test, self.document.points.counts())
        self.shares.setText(self.bar.shares_text())

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.draw.apply_theme(theme)
        self.gallery.apply_theme(theme)

    def _data_sets(self) -> Section:
        section = Section("Data sets")
        narrow = {"label_width": LABEL_WIDTH, "number_width": 64}
        self.gallery = Gallery()
        self.gallery.chosen.connect(self._choose)
        self.controls["data.generator.name"] = self.gallery
        self.noise = self.slider(NOISE, "data.generator.noise", percent=True, **narrow)
        self.points = self.slider(POINTS, "data.generator.points", **narrow)
        self.seed = self.slider(SEED, "data.generator.seed", number_width=44, label_width=0)
        self.regenerate = text_button(
            "Regenerate", tip("Regenerate", "The same kind of data from another seed."), "compact"
        )
        self.regenerate.clicked.connect(self._regenerate)
        self.reason = caption(DRAWN, "reason")
        for part in (self.gallery, self.reason, self.noise, self.points):
            section.body.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.seed, 1)
        row.addWidget(self.regenerate)
        section.body.addLayout(row)
        return section

    def _split(self) -> Section:
        section = Section("Split")
        self.bar = SplitBar()
        self.bar.setToolTip(
            tip("Split", f"Drag the borders. Validation: {VALIDATION.tooltip} Test: {TEST.tooltip}")
        )
        self.bar.edited.connect(self._set_shares)
        self.controls["data.split"] = self.bar
        self.shares = caption()
        self.resplit = text_button(
            "Re-split", tip("Re-split", "Deal the points out again, with the same shares and another seed.")
        )
        set_icon(self.resplit, "resplit")
        self.resplit.clicked.connect(self._split_anew)
        row = QHBoxLayout()
        row.addWidget(self.shares, 1)
        row.addWidget(self.resplit)
        section.body.addWidget(self.bar)
        section.body.addLayout(row)
        self.shown = ShownSplits(self.tool_settings)
        section.body.addWidget(self.shown)
        return section

    def _choose(self, key: str) -> None:
        def switch() -> None:
            after = switch_generator(self.document.experiment, key)
            self.document.replace(after, f"Data set: {GENERATORS[key].label}")

        self.attempt(switch)

    def _regenerate(self) -> None:
        def again() -> None:
            generator = self.document.experiment.data.generator
            # Switching to the same data set leaves hand-drawn points behind and brings its classes back.
            fresh = switch_generator(self.document.experiment, generator.name)
            after = edit_many(fresh, {"data.generator.seed": new_seed(generator.seed)})
            self.document.replace(after, "Regenerate")

        self.attempt(again)

    def _set_classes(self, classes: int) -> None:
        before = self.document.experiment.data.classes
        self.attempt(lambda: self.document.set_classes(classes))
        if self.document.experiment.data.classes > before or self.tool_settings.class_index >= classes:
            self.tool_settings.class_index = classes - 1

    def _set_shares(self, validation: float, test: float) -> None:
        changes = {"data.split.validation": validation, "data.split.test": test}
        self.change(changes, "Change split")

    def _split_anew(self) -> None:
        seed = new_seed(self.document.experiment.data.split.seed)
        self.put({"data.split.seed": seed}, "Re-split")
