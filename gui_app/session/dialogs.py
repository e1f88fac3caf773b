"""Questions to the person, and messages about failures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Qt, SignalInstance
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue import Parameter
from engine.catalogue.texts import counted
from engine.data.file_system import exists
from gui_app.session.document import SUFFIX
from gui_app.widgets.window_order import front_of, when_nothing_is_asked

NAME = "Neural Sketchbook"
SKETCHES = {SUFFIX: NAME, ".json": "JSON"}
CSV = {".csv": "CSV"}
DATA = {".csv *.tsv *.txt *.npz *.npy": "Data"}
"""The name of each kind of file in file dialogs, by suffix."""
KEEP_OPEN = "Keep the window open"
"""The answer of all who may not lose what a closing window would lose."""
IN_BAR = 48
"""Characters of a name in the status bar, so that there is room for what is said of it."""
WIDEST = 400
"""Pixels of a name in a message: of a wider one the middle is left out, because no line can break within it."""
_NAMES = re.compile(r"[^\s/\\]+")


def ask_open(window: QWidget, title: str, folder: Path, kinds: Mapping[str, str]) -> Path | None:
    """Ask for a file to read; return None if the person cancels."""
    filters = ";;".join([*_filters(kinds), "All files (*)"])
    name, _ = QFileDialog.getOpenFileName(front_of(window), title, str(folder), filters)
    return Path(name) if name else None


def ask_save(window: QWidget, title: str, proposal: Path, kinds: Mapping[str, str]) -> Path | None:
    """Ask for a file to write, with a suffix of ``kinds``; return None if the person cancels."""
    filters = _filters(kinds)
    name, chosen = QFileDialog.getSaveFileName(front_of(window), title, str(proposal), ";;".join(filters))
    if not name:
        return None
    path = Path(name)
    if path.name.lower().endswith(tuple(kinds)):
        return path
    # The dialog asked about the name as typed, not about the file name with the suffix added.
    path = Path(name + filters.get(chosen, next(iter(kinds))))
    return path if not exists(path) or may_replace(window, [path]) else None


def ask_folder(window: QWidget, title: str, folder: Path) -> Path | None:
    name = QFileDialog.getExistingDirectory(front_of(window), title, str(folder))
    return Path(name) if name else None


def may_replace(window: QWidget, paths: list[Path]) -> bool:
    """Ask whether these existing files may be replaced."""
    others = len(paths) - 1
    more = f" and {counted(others, 'more file')} are" if others else " is"
    answers = ("Replace", "Cancel")
    return ask(window, f"{paths[0].name}{more} there already.", "", answers, careful=True) == "Replace"


def ask(
    window: QWidget,
    headline: str,
    detail: str,
    answers: tuple[str, ...],
    *,
    careful: bool = False,
    until: SignalInstance | None = None,
) -> str:
    """Ask a question and return one of ``answers``: the first one on Enter, the last one on Escape.

    Where the first one loses something for good, be ``careful``: Enter gives the last one, too. The question goes away
    by itself, with the last answer, when ``until`` is emitted.
    """
    box = _box(front_of(window), QMessageBox.Icon.Question, headline, detail)
    roles = QMessageBox.ButtonRole
    buttons = {
        box.addButton(
            answer,
            roles.RejectRole if answer == answers[-1] else roles.AcceptRole if n == 0 else roles.ActionRole,
        ): answer
        for n, answer in enumerate(answers)
    }
    first, *_, last = buttons
    box.setDefaultButton(last if careful else first)
    box.setEscapeButton(last)
    if until is not None:
        until.connect(box.reject)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return next((answer for button, answer in buttons.items() if button == clicked), answers[-1])


class NumberDialog(QDialog):
    """Dialog that asks for one number.

    OK keeps it open if the text is not a number, and once after the number was corrected, to show the correction.
    """

    def __init__(self, window: QWidget, title: str, parameter: Parameter, unit: str = "") -> None:
        from gui_app.widgets.parameter_slider import ParameterSlider

        super().__init__(window)
        self.setWindowTitle(title)
        self._noted = ""
        self.amount = ParameterSlider(parameter, unit=unit)
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addWidget(self.amount)
        # Room for a note about the number, so that it covers no button.
        column.addSpacing(32)
        column.addWidget(self.buttons)
        self.setMinimumWidth(320)
        self.amount.number.setFocus()
        self.amount.number.selectAll()

    def accept(self) -> None:
        number = self.amount.number
        note = number.note.text() if number.note.isVisible() else ""
        seen, self._noted = note in ("", self._noted), note
        if seen and not number.problem:
            super().accept()


class NameDialog(QDialog):
    """Dialog that asks for a name; OK is possible when ``problem`` has nothing to say against the name.

    Above the field stands its ``label``, if there is one, and below it what the name would mean.
    """

    def __init__(
        self,
        window: QWidget,
        title: str,
        name: str,
        problem: Callable[[str], str],
        label: str = "",
        meaning: Callable[[str], str] = lambda name: "",
    ) -> None:
        super().__init__(window)
        self.setWindowTitle(title)
        self._problem, self._meaning = problem, meaning
        self.field, self.note = QLineEdit(name), QLabel()
        self.field.setAccessibleName(label or "Name")
        self.field.setPlaceholderText("" if label else "Name")
        above = QLabel(label)
        above.setBuddy(self.field)
        above.setVisible(bool(label))
        self.note.setProperty("role", "caption")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        if label:
            self.note.setWordWrap(True)
            # Room for two lines, whatever is said.
            self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        for part in (above, self.field, self.note, self.buttons):
            column.addWidget(part)
        self.setMinimumWidth(420 if label else 320)
        self.field.textChanged.connect(self._check)
        self.field.selectAll()
        self._check(name)

    def _check(self, name: str) -> None:
        problem = self._problem(name)
        self.note.setText((problem or self._meaning(name)) if name else "")
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)


def ask_number(window: QWidget, title: str, parameter: Parameter, unit: str = "") -> float | None:
    """Ask for a number in the parameter's range; return None if the person cancels."""
    dialog = NumberDialog(front_of(window), title, parameter, unit)
    given = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.amount.value() if given else None


def ask_name(
    window: QWidget,
    title: str,
    name: str,
    problem: Callable[[str], str],
    label: str = "",
    meaning: Callable[[str], str] = lambda name: "",
) -> str | None:
    """Ask for a name; return None if the person cancels. ``problem`` says why a name cannot be taken, "" if it can.

    ``label`` says what the name is of, and ``meaning`` what comes of a name.
    """
    dialog = NameDialog(front_of(window), title, name, problem, label, meaning)
    given = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.field.text() if given else None


def warn(window: QWidget, headline: str, detail: str) -> None:
    """Show a warning: one sentence about what failed, one about the reason."""
    box = _box(front_of(window), QMessageBox.Icon.Warning, headline, detail)
    box.exec()
    box.deleteLater()


def reason(error: Exception) -> str:
    """Return the reason of an error in one sentence."""
    known = error.strerror if isinstance(error, OSError) else ""
    text = known or str(error) or type(error).__name__
    # The path of a setting keeps its lower case.
    first = text[:1] if re.match(r"\w+(\.\w+)+:", text) else text[:1].upper()
    return f"{first}{text[1:].rstrip('.')}."


class Notice(QObject):
    """Reports failures in the background, in one non-modal window; a newer report replaces the older one.

    It covers no question: while one is open, it waits.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.box: QMessageBox | None = None

    def tell(self, headline: str, detail: str, for_report: str = "") -> None:
        when_nothing_is_asked(self._window, lambda: self._show(headline, detail, for_report))

    def _show(self, headline: str, detail: str, for_report: str) -> None:
        if self.box is None:
            self.box = _box(self._window, QMessageBox.Icon.Warning, headline, detail)
            self.box.setWindowModality(Qt.WindowModality.NonModal)
        _show_texts(self.box, headline, detail)
        self.box.setDetailedText(for_report)
        self.box.show()


def _box(window: QWidget, icon: QMessageBox.Icon, headline: str, detail: str) -> QMessageBox:
    box = QMessageBox(icon, NAME, "", parent=window)
    # A file's name may look like HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    _show_texts(box, headline, detail)
    return box


def _show_texts(box: QMessageBox, headline: str, detail: str) -> None:
    """Give a box its texts; of names that are too long for a line, in a path too, the middle is left out."""
    box.ensurePolished()
    metrics = box.fontMetrics()

    def fitting(text: str) -> str:
        return _NAMES.sub(
            lambda name: metrics.elidedText(name[0], Qt.TextElideMode.ElideMiddle, WIDEST), text
        )

    box.setText(fitting(headline))
    box.setInformativeText(fitting(detail))


def _filters(kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the suffix of each filter of a file dialog, by filter."""
    return {f"{name} (*{suffix})": suffix for suffix, name in kinds.items()}
