"""Tools, their numbers, the class or value they draw, undo and clear."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from engine.catalogue import Parameter
from gui_app.canvas.tool_settings import DENSITY_RANGE, RADIUS_RANGE, VALUE_RANGE, ToolSettings
from gui_app.canvas.tools import TOOLS, tool_for
from gui_app.document import Document
from gui_app.theme import Theme
from gui_app.widgets.buttons import icon_button
from gui_app.widgets.class_palette import ClassPalette
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.section import Section
from gui_app.widgets.tips import tip

LABEL_WIDTH = 52
RADIUS = Parameter(
    "radius", "Radius", 0.6, *RADIUS_RANGE, "Reach of brush and eraser, in canvas units.", log=True
)
DENSITY = Parameter(
    "density", "Density", 12, *DENSITY_RANGE, "Points per canvas unit of a stroke.", integer=True, log=True
)
VALUE = Parameter("value", "Value", 1.0, *VALUE_RANGE, "What the value brush draws.")


class DrawSection(QWidget):
    """Shows and edits ``settings``; ``classes_asked(count)`` asks for more or fewer classes."""

    classes_asked = Signal(int)

    def __init__(self, document: Document, settings: ToolSettings) -> None:
        super().__init__()
        self._document, self._settings = document, settings
        self.tools = {key: self._tool_button(key) for key in TOOLS}
        self.undo = icon_button("undo", "Undo", "Undo", side=32)
        self.redo = icon_button("redo", "Redo", "Redo", side=32)
        self.clear = icon_button(
            "clear", "Clear", tip("Clear", "Take all points away (undo brings them back)."), side=32
        )
        self.radius = self._slider(RADIUS, "radius")
        self.density = self._slider(DENSITY, "density", unit="/u")
        self.value = self._slider(VALUE, "value")
        self.palette_box = ClassPalette()
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show the settings and what the document's task offers, without signals."""
        data = self._document.experiment.data
        current = tool_for(self._settings.tool, data.task).key
        for key, button in self.tools.items():
            button.setVisible(data.task in TOOLS[key].tasks)
            button.setChecked(key == current)
        self.radius.set_value(self._settings.radius)
        self.density.set_value(self._settings.density)
        self.value.set_value(self._settings.value)
        self.palette_box.show_classes(data.classes, self._settings.class_index)
        self.class_section.setVisible(data.task == "classification")
        self.value_section.setVisible(data.task == "surface")
        self.clear.setEnabled(len(self._document.points) > 0)

    def apply_theme(self, theme: Theme) -> None:
        """Class colours and the ramp of values in the colours of ``theme``."""
        self.palette_box.apply_theme(theme)
        self.value.set_ramp((QColor(theme.low), QColor(theme.middle), QColor(theme.high)))

    def _tool_button(self, key: str) -> QToolButton:
        tool = TOOLS[key]
        words = tip(f"{tool.label} ({tool.shortcut})" if tool.shortcut else tool.label, tool.tooltip)
        button = icon_button(tool.icon, tool.label, words, "tool", 32)
        button.setCheckable(True)
        button.clicked.connect(lambda: self._choose_tool(key))
        return button

    def _choose_tool(self, key: str) -> None:
        self._settings.tool = key
        self.refresh()

    def _slider(self, parameter: Parameter, name: str, unit: str = "") -> ParameterSlider:
        slider = ParameterSlider(parameter, label_width=LABEL_WIDTH, number_width=64, unit=unit)
        slider.edited.connect(lambda value: setattr(self._settings, name, value))
        return slider

    def _connect(self) -> None:
        stack = self._document.stack
        self._settings.changed.connect(self.refresh)
        self.palette_box.chosen.connect(lambda index: setattr(self._settings, "class_index", index))
        self.palette_box.count_changed.connect(self.classes_asked)
        self.clear.clicked.connect(self._document.clear_points)
        self.undo.clicked.connect(stack.undo)
        self.redo.clicked.connect(stack.redo)
        # What the signals carry is enough: the stack itself must not be asked while it is being deleted.
        stack.canUndoChanged.connect(self.undo.setEnabled)
        stack.canRedoChanged.connect(self.redo.setEnabled)
        stack.undoTextChanged.connect(self._name_undo)
        stack.redoTextChanged.connect(self._name_redo)
        self.undo.setEnabled(stack.canUndo())
        self.redo.setEnabled(stack.canRedo())
        self._name_undo(stack.undoText())
        self._name_redo(stack.redoText())

    def _name_undo(self, words: str) -> None:
        self.undo.setToolTip(tip(f"Undo: {words.lower()}" if words else "Undo", ""))

    def _name_redo(self, words: str) -> None:
        self.redo.setToolTip(tip(f"Redo: {words.lower()}" if words else "Redo", ""))

    def _lay_out(self) -> None:
        section, self.class_section, self.value_section = Section("Draw"), Section("Class"), Section("Value")
        holder = QWidget()
        flow = FlowLayout(holder)
        for button in (*self.tools.values(), self.undo, self.redo, self.clear):
            flow.addWidget(button)
        section.body.addWidget(holder)
        section.body.addWidget(self.radius)
        section.body.addWidget(self.density)
        self.class_section.body.addWidget(self.palette_box)
        self.value_section.body.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (section, self.class_section, self.value_section):
            column.addWidget(part)
