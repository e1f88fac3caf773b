"""The dialog that imports a table: how to read it, which rows cannot be read, and what to do with the points."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue.texts import counted
from engine.data import CsvData, CsvReader, importing
from engine.data.framing import fitting_extent, propose_frame
from engine.data.tables import Survey, Text, describe_roles, dialect_of, read_as, remarks, task_for
from engine.experiment import DataSettings, Points, file_labels
from engine.experiment.frame import Frame
from gui_app.importing.preview import ROWS, Preview
from gui_app.importing.reading_form import ReadingForm
from gui_app.session.deferred import Deferred
from gui_app.widgets.card import caption
from gui_app.widgets.frame_form import FrameForm

MOST_LISTED = 1000
SMALL = 100_000
"""Largest table, in bytes, that is read at once."""


class ImportDialog(QDialog):
    """Asks how to read ``text``.

    When it is accepted, ``data`` are the points, ``task`` is their task, and ``add`` says whether they are added to the
    existing points; ``frame`` is that of points that stand alone, as the table proposes it and the person edited it. A
    long table is read in short steps, so that the dialog stays responsive.
    """

    def __init__(
        self,
        text: Text,
        name: str,
        settings: DataSettings,
        parent: QWidget | None = None,
        has_points: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import {name}")
        self.resize(700, 640)
        self._text, self._settings, self._has_points = text, settings, has_points
        self._jobs = Deferred(self)
        self.form = ReadingForm(not text.tidy, text.fixed)
        self.preview = Preview()
        self.found, self.summary, self.hint, self.missing = caption(), QLabel(), caption(), caption()
        self.problems = QListWidget()
        self.skip = QCheckBox()
        self.axes = FrameForm()
        self.replace_button, self.add_button = (
            QRadioButton("Replace the drawing"),
            QRadioButton("Add to the drawing"),
        )
        self.replace_button.setChecked(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = self.buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out()
        self._connect()
        self._task = settings.task
        self._focus_before: QWidget | None = None
        self._detect()

    # -- the result

    @property
    def task(self) -> str:
        return self._task

    @property
    def add(self) -> bool:
        return self.add_button.isChecked()

    @property
    def data(self) -> CsvData:
        return self._data

    @property
    def left_out(self) -> int:
        """How many rows of the table are no points because they cannot be read."""
        return self.reader.failed

    @property
    def frame(self) -> Frame | None:
        """The frame of points that stand alone; None for points that are added to others."""
        return None if self._joins else self.axes.frame

    def finish(self) -> None:
        """Finish reading now."""
        self._jobs.finish()

    # -- inside

    def _connect(self) -> None:
        self.form.changed.connect(self._restart_reading)
        self.form.format_chosen.connect(self._detect)
        self.skip.clicked.connect(self._update_accept)
        self.axes.changed.connect(self._show_outside)
        self.axes.changed.connect(self._update_accept)
        self.axes.fit_requested.connect(self._fit_axes)
        for button in (self.replace_button, self.add_button):
            button.clicked.connect(self._show_axes)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self._jobs.drop)

    def _detect(self) -> None:
        """Detect the format of the text, except for what the person chose, and read it."""
        wanted = self.form.wanted
        if wanted.encoding is not None:
            self._text = self._text.encoded(wanted.encoding)
        self._survey = Survey(self._text, dialect_of(self._text, wanted.delimiter, wanted.quote))
        self.accept_button.setEnabled(False)
        self._jobs.drop()
        if not self._is_small:
            # A choice made during the scan would refer to the old columns.
            self._focus_before = self.focusWidget()
            self.form.setEnabled(False)
        self._jobs.add("scan", self._scan)
        self._jobs.add("guess", self._show_guess)
        self._run_jobs()

    def _scan(self) -> Iterator[None]:
        for _ in self._survey.steps():
            self.summary.setText(f"Scanning {counted(self._survey.count, 'row')} …")
            yield

    def _show_guess(self) -> None:
        task = self.form.wanted.task or task_for(self._survey, self._settings.task)
        self.form.show_reading(self._survey, read_as(self._survey, task))
        if not self.form.isEnabled():
            self.form.setEnabled(True)
            if self._focus_before is not None:
                self._focus_before.setFocus()
        self._prepare_reading()

    def _restart_reading(self) -> None:
        """Read again from the first row."""
        self._jobs.drop()
        self._prepare_reading()
        self._run_jobs()

    def _prepare_reading(self) -> None:
        form = self.form
        self._task = form.reading.task
        self.preview.show_rows(form.rows(ROWS), form.names(), form.reading)
        self._explain()
        names = file_labels(self._settings) if self._task == self._settings.task else ()
        self.reader = CsvReader(self._text, form.reading, names, most_problems=MOST_LISTED, stop=False)
        self.accept_button.setEnabled(False)
        self._jobs.add("read", self._read)
        self._jobs.add("gather", self._take_points)
        self._jobs.add("show", self._show_outcome)

    def _run_jobs(self) -> None:
        if self._is_small:
            self._jobs.finish()
        else:
            self._jobs.start()

    @property
    def _is_small(self) -> bool:
        return len(self._text.content) <= SMALL

    def _explain(self) -> None:
        """Show the role of each column, and what is uncertain."""
        reading = self.form.reading
        format_remarks = "" if self._text.tidy else remarks(reading)
        found = [self._offer, describe_roles(reading), format_remarks, *reading.doubts, *self._text.notes]
        self.found.setText(
            "\n".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in found if sentence)
        )

    @property
    def _offer(self) -> str:
        """Why the table is offered for another task than that of the drawing; "" where it is not."""
        if self._task == self._settings.task or self.form.wanted.task is not None:
            return ""
        missing = "class" if self._settings.task == "classification" else "value"
        return (
            f"two columns of numbers and none with a {missing}: read as a curve, which has a drawing of its own; "
            "“Read as” above can change that"
        )

    def _read(self) -> Iterator[None]:
        for _ in self.reader.steps():
            self.summary.setText(f"Reading … {counted(len(self.reader), 'point')}")
            yield

    def _take_points(self) -> None:
        self._data = self.reader.result()

    def _show_outcome(self) -> None:
        reader = self.reader
        failed = f"; {counted(reader.failed, 'row')} cannot be read" if reader.failed else ""
        names = self._data.class_names
        classes = f" of {counted(len(names), 'class')}: {', '.join(names)}" if names else ""
        count = counted(len(reader), "point") if len(reader) else "No points"
        self.summary.setText(f"{count}{classes}{failed}.")
        self.problems.clear()
        self.problems.addItems(list(map(str, reader.problems)))
        unlisted = reader.failed - max(reader.beyond - 1, 0) - len(reader.problems)
        if unlisted > 0:
            self.problems.addItem(f"… and {unlisted:,} more")
        self.problems.setVisible(bool(reader.failed))
        self.skip.setVisible(bool(reader.failed and len(reader)))
        rows = (
            "the row that cannot"
            if reader.failed == 1
            else f"the {counted(reader.failed, 'row')} that cannot"
        )
        self.skip.setText(f"Leave out {rows} be read")
        self._show_choices()
        self._update_accept()

    def _show_choices(self) -> None:
        """Show the choices that make sense for these points, and the frame that they propose."""
        same = self.task == self._settings.task
        self.add_button.setEnabled(same)
        if not same:
            self.replace_button.setChecked(True)
        self.axes.show_frame(propose_frame(self._data, self.form.reading), self.task)
        self._show_axes()

    @property
    def _joins(self) -> bool:
        """Whether the points are added to others, whose axes stay."""
        return self.add and self._has_points

    def _show_axes(self) -> None:
        self.axes.setEnabled(not self._joins)
        self._show_outside()
        self._update_accept()

    def _fit_axes(self) -> None:
        points = Points(self._data.xy, self._data.target)
        self.axes.show_extent(fitting_extent(points, self.task))

    def _show_outside(self) -> None:
        """Say how many points lie outside the axes."""
        frame = self.axes.frame
        extent = self._settings.extent if self._joins else frame.extent if frame else None
        hidden = 0 if extent is None else importing.count_outside(self._data, extent)
        where = "the axes of the drawing" if self._joins else "these axes"
        lie = f"{'lies' if hidden == 1 else 'lie'} outside {where}"
        self.hint.setText(f"{hidden:,} of {counted(len(self.reader), 'point')} {lie}.")
        self.hint.setVisible(bool(hidden))

    def _update_accept(self) -> None:
        """Enable Import if all rows were read, or if the person agreed to leave out the others.

        Otherwise, say what is missing.
        """
        agreed = not self.reader.failed or self.skip.isChecked()
        framed = self._joins or self.axes.frame is not None
        missing = ""
        if not len(self.reader):
            missing = "choose how to read the table: no row is a point yet"
        elif not agreed:
            missing = f"correct the table, or tick “{self.skip.text()}”"
        elif not framed:
            missing = "correct the axes"
        self.missing.setText(f"To import, {missing}." if missing else "")
        self.accept_button.setToolTip(self.missing.text())
        self.accept_button.setEnabled(not self._jobs.waiting and not missing)

    def _lay_out(self) -> None:
        self.problems.setAccessibleName("Rows that cannot be read")
        self.problems.setMaximumHeight(84)
        self.summary.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.form)
        column.addWidget(self.found)
        column.addWidget(self.preview, 1)
        for found in (self.summary, self.problems, self.skip):
            column.addWidget(found)
        row = QHBoxLayout()
        row.setSpacing(16)
        for part in (self.replace_button, self.add_button):
            row.addWidget(part)
        row.addStretch(1)
        column.addWidget(self.axes)
        column.addWidget(self.hint)
        column.addLayout(row)
        self.missing.setAlignment(Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.missing)
        column.addWidget(self.buttons)
