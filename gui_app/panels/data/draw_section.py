"""The drawing section: tools, the current tool's settings, the class or value to draw, undo and clear."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from engine.data.axes import Axes, from_share
from engine.data.distances import in_data_units
from engine.experiment import DataSettings
from engine.experiment.frame import DEFAULT_EXTENT, quantity_text
from gui_app.panels.data.tool_options import ToolOptions
from gui_app.session.document import Document
from gui_app.session.tool_records import ToolRecord, tool_of_task, tools_of_task
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import icon_button
from gui_app.widgets.card import caption
from gui_app.widgets.class_palette import ClassPalette
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.section import Section
from gui_app.widgets.tips import tip
from gui_app.widgets.topics import set_topic

LABEL_WIDTH = 52
GAP = 6
"""Pixels between two sections."""
_SIDE, _SPACING = 28, 3
"""Side of a tool's button and the gap between buttons in pixels; six fit side by side."""
_BESIDE_HEADING = 22
"""Side of the buttons beside the heading."""


class DrawSection(QWidget):
    """Offers ``tools`` and edits ``settings``; ``classes_requested(count)`` asks for a number of classes."""

    classes_requested = Signal(int)

    def __init__(self, document: Document, settings: ToolSettings, tools: Mapping[str, ToolRecord]) -> None:
        super().__init__()
        self._document, self._settings, self._offered = document, settings, tools
        self.tools = {key: self._tool_button(tool) for key, tool in tools.items()}
        self.undo = icon_button("undo", "Undo", "Undo", side=_BESIDE_HEADING)
        self.redo = icon_button("redo", "Redo", "Redo", side=_BESIDE_HEADING)
        self.clear = icon_button(
            "clear", "Clear", tip("Clear", "Remove all points (undo brings them back)."), side=_BESIDE_HEADING
        )
        self.options = ToolOptions(settings, LABEL_WIDTH)
        self.radius, self.density = self.options.sliders["radius"], self.options.sliders["density"]
        self.value = self.options.sliders["value"]
        self.palette_box = ClassPalette()
        self.radius_note, self.value_note = caption(), caption()
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show the settings, and the tools of the document's task; emit nothing."""
        data = self._document.experiment.data
        current = tool_of_task(self._offered.values(), self._settings.tool, data.task)
        for key, button in self.tools.items():
            button.setVisible(data.task in self._offered[key].tasks)
            button.setChecked(key == current.key)
            tool = self._offered[key]
            button.setToolTip(tip(f"{tool.label} ({tool.shortcut})", tool.meaning(data.task)))
        self.options.show_tool(current, data.task)
        # The tools of a task have the same room, so that choosing one moves nothing else.
        self.options.keep_room(tools_of_task(self._offered.values(), data.task))
        self._show_units(data, current.uses)
        self.palette_box.show_classes(data.classes, self._settings.class_index)
        self.class_section.setVisible(data.task == "classification")
        self.value_section.setVisible(data.task == "surface")
        # A button that is disabled loses the keyboard focus, and whoever pressed it is somewhere else.
        self.clear.setEnabled(len(self._document.points) > 0 or self.clear.hasFocus())

    def _show_units(self, data: DataSettings, uses: Collection[str]) -> None:
        """Say radius and value in the data's units, where these are not the numbers on the sliders."""
        axes, ends = Axes.of_extent(data.extent, data.aspect), data.extent.value
        radius = in_data_units(self._settings.radius, data, axes) if "radius" in uses else ""
        value, unit = from_share(self._settings.value, ends), data.axes.value.unit
        plain = ends == DEFAULT_EXTENT.value and not unit
        texts = {
            self.radius_note: radius and f"Radius {radius}",
            self.value_note: "" if plain else quantity_text(value, unit, ends[1] - ends[0]),
        }
        for note, text in texts.items():
            note.setText(text)
            note.setVisible(bool(text))

    def apply_theme(self, theme: Theme) -> None:
        """Show the classes and the range of values in the colours of ``theme``."""
        self.palette_box.apply_theme(theme)
        self.value.set_ramp((QColor(theme.low), QColor(theme.middle), QColor(theme.high)))

    def _tool_button(self, tool: ToolRecord) -> QToolButton:
        tooltip = tip(f"{tool.label} ({tool.shortcut})", tool.tooltip)
        button = icon_button(tool.icon, tool.label, tooltip, "tool", _SIDE)
        button.setCheckable(True)
        button.clicked.connect(lambda: self._choose_tool(tool.key))
        return button

    def _choose_tool(self, key: str) -> None:
        self._settings.tool = key
        self.refresh()

    def _connect(self) -> None:
        history = self._document.history
        self._settings.changed.connect(self.refresh)
        self.palette_box.chosen.connect(lambda index: ToolSettings.class_index.write(self._settings, index))
        self.palette_box.count_changed.connect(self.classes_requested)
        self.clear.clicked.connect(self._document.clear_points)
        self.undo.clicked.connect(history.undo)
        self.redo.clicked.connect(history.redo)
        # Slots use only the arguments of signals, because the undo stack must not be queried while it is deleted.
        history.canUndoChanged.connect(self.undo.setEnabled)
        history.canRedoChanged.connect(self.redo.setEnabled)
        history.undoTextChanged.connect(self._name_undo)
        history.redoTextChanged.connect(self._name_redo)
        self.undo.setEnabled(history.canUndo())
        self.redo.setEnabled(history.canRedo())
        self._name_undo(history.undoText())
        self._name_redo(history.redoText())

    def _name_undo(self, text: str) -> None:
        self.undo.setToolTip(tip(f"Undo: {text.lower()}" if text else "Undo", ""))

    def _name_redo(self, text: str) -> None:
        self.redo.setToolTip(tip(f"Redo: {text.lower()}" if text else "Redo", ""))

    def _lay_out(self) -> None:
        section, self.class_section, self.value_section = Section("Draw"), Section("Class"), Section("Value")
        section.heading.hold((self.undo, self.redo, self.clear))
        holder = QWidget()
        flow = FlowLayout(holder, _SPACING)
        for button in self.tools.values():
            flow.addWidget(button)
        section.body.addWidget(holder)
        section.body.addWidget(self.options)
        section.body.addWidget(self.radius_note)
        self.class_section.body.addWidget(self.palette_box)
        self.value_section.body.addWidget(self.value)
        self.value_section.body.addWidget(self.value_note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        set_topic(section, "drawing")
        set_topic(self.class_section, "class")
        set_topic(self.value_section, "value")
        for part in (section, self.class_section, self.value_section):
            column.addWidget(part)
