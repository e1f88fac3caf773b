"""A form for the frame of data: name, unit and extent of each axis, and the aspect."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.data.numbers import NumberError, read_typed
from engine.experiment import ExperimentError, default_experiment, edit_many
from engine.experiment.frame import Frame, named
from engine.experiment.settings import (
    LONGEST_NAME,
    LONGEST_UNIT,
    AxesSettings,
    AxisSettings,
    ExtentSettings,
)
from gui_app.theme import text_size
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.tips import tip

AXES = {"x": "Horizontal axis", "y": "Vertical axis", "value": "Values"}
EQUAL = "One unit is equally long on both axes"


class FrameForm(QWidget):
    """Edits a frame; ``changed()`` is emitted when a person edits it, ``fit_requested()`` for an extent that fits.

    ``frame`` is what the fields say, None while that is no frame; ``problem`` then says why.
    """

    changed = Signal()
    fit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names = {
            key: _field(f"Name of the {label.lower()}", LONGEST_NAME) for key, label in AXES.items()
        }
        self.units = {
            key: _field(f"Unit of the {label.lower()}", LONGEST_UNIT) for key, label in AXES.items()
        }
        self.lows = {key: _field(f"Low end of the {label.lower()}") for key, label in AXES.items()}
        self.highs = {key: _field(f"High end of the {label.lower()}") for key, label in AXES.items()}
        self.equal = QCheckBox("Equal units")
        self.equal.setToolTip(tip(EQUAL, "Otherwise each axis fills the canvas."))
        self.fit = text_button("Fit to the data", tip("Fit to the data", "Round ends around all points."))
        self.error = caption(role="error")
        self.problem = ""
        self._labels = {key: QLabel(label) for key, label in AXES.items()}
        self._frame: Frame | None = Frame()
        self._lay_out()
        for field in self._fields():
            field.textEdited.connect(self._read)
        self.equal.clicked.connect(self._read)
        self.fit.clicked.connect(self.fit_requested)

    @property
    def frame(self) -> Frame | None:
        """What the fields say; None while that is no frame."""
        return self._frame

    def show_frame(self, frame: Frame, task: str) -> None:
        """Show a frame of a task; emit nothing."""
        for key in AXES:
            axis, (low, high) = getattr(frame.axes, key), getattr(frame.extent, key)
            self.names[key].setText(axis.name or "")
            self.units[key].setText(axis.unit or "")
            self.lows[key].setText(_written(low))
            self.highs[key].setText(_written(high))
            for part in (self._labels[key], *self._row(key)):
                part.setVisible(key != "value" or task == "surface")
        self.equal.setChecked(frame.aspect == "equal")
        self._frame = frame
        self._show_problem("")

    def show_extent(self, extent: ExtentSettings) -> None:
        """Show another extent, as if a person had typed it."""
        for key in AXES:
            low, high = getattr(extent, key)
            self.lows[key].setText(_written(low))
            self.highs[key].setText(_written(high))
        self._read()

    # -- inside

    def _row(self, key: str) -> tuple[QLineEdit, QLineEdit, QLineEdit, QLineEdit]:
        return self.names[key], self.units[key], self.lows[key], self.highs[key]

    def _fields(self) -> list[QLineEdit]:
        return [field for key in AXES for field in self._row(key)]

    def _read(self) -> None:
        """Read the fields."""
        try:
            axes = {key: named(self.names[key].text(), self.units[key].text()) for key in AXES}
            ends = {key: (self._number(self.lows[key]), self._number(self.highs[key])) for key in AXES}
            frame = Frame(_extent(ends), _axes(axes), "equal" if self.equal.isChecked() else "free")
            edit_many(default_experiment(), frame.changes())
        except NumberError as error:
            self._frame = None
            self._show_problem(str(error))
        except ExperimentError as error:
            self._frame = None
            self._show_problem(_plainly(error))
        else:
            self._frame = frame
            self._show_problem("")
        self.changed.emit()

    @staticmethod
    def _number(field: QLineEdit) -> float:
        try:
            return read_typed(field.text()).value
        except NumberError as error:
            raise NumberError(f"{field.accessibleName()}: {error}") from None

    def _show_problem(self, sentence: str) -> None:
        self.problem = sentence
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for column, heading in enumerate(("", "Name", "Unit", "From", "To")):
            label = QLabel(heading)
            label.setProperty("role", "caption")
            grid.addWidget(label, 0, column)
        for row, key in enumerate(AXES, 1):
            self._labels[key].setProperty("role", "name")
            self._labels[key].setBuddy(self.names[key])
            for column, part in enumerate((self._labels[key], *self._row(key))):
                grid.addWidget(part, row, column)
        for column, stretch in ((1, 4), (2, 2), (3, 2), (4, 2)):
            grid.setColumnStretch(column, stretch)
        below = QHBoxLayout()
        below.addWidget(self.equal)
        below.addStretch(1)
        below.addWidget(self.fit)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addLayout(grid)
        rows.addLayout(below)
        rows.addWidget(self.error)
        self.error.setVisible(False)
        for name, part in (("equal units", self.equal), ("fit to the data", self.fit)):
            part.setAccessibleName(name.capitalize())


def _extent(ends: dict[str, tuple[float, float]]) -> ExtentSettings:
    return ExtentSettings(x=ends["x"], y=ends["y"], value=ends["value"])


def _axes(axes: dict[str, AxisSettings]) -> AxesSettings:
    return AxesSettings(x=axes["x"], y=axes["y"], value=axes["value"])


def _plainly(error: ExperimentError) -> str:
    """The error with the name of the axis in place of the path."""
    key = next((key for key in AXES if key in error.path.split(".")), "x")
    return f"{AXES[key]}: {str(error).removeprefix(f'{error.path}: ')}."


def _field(name: str, longest: int | None = None) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setMinimumWidth(text_size.scaled(48, text_size.scale()))
    if longest is None:
        field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    else:
        field.setMaxLength(longest)
    return field


def _written(value: float) -> str:
    """The number as it is typed: short, and exactly this one."""
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)
