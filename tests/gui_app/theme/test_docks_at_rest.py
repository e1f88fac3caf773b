"""While all widgets are styled, no main window arranges its docks: Qt would style tab bars that are gone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QVBoxLayout, QWidget

from engine.experiment import preset_experiment
from engine.observation.diagnosis import Cure, Finding
from gui_app.diagnosis.lane_watch import LaneFinding
from gui_app.theme import style_sheet
from gui_app.theme.appearance import Appearance
from gui_app.widgets.guarded import guarded
from gui_app.window.main_window import MainWindow


class Fidget(QWidget):
    """Shows or hides a part whenever its font changes, as a line does that makes room."""

    def __init__(self) -> None:
        super().__init__()
        self.part = QLabel("part")
        QVBoxLayout(self).addWidget(self.part)
        self.arranged: list[bool] = []

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "arranged"):
            self.part.setVisible(not self.part.isVisible())
            layout = self.window().layout()
            self.arranged.append(layout is not None and layout.isEnabled())


def test_docks_rest_while_everything_is_styled_and_are_arranged_afterwards(qapp, qtbot, settings):
    window, fidget = QMainWindow(), Fidget()
    qtbot.addWidget(window)
    window.setCentralWidget(fidget)
    window.show()
    appearance = Appearance(qapp, settings)
    appearance.apply()
    fidget.arranged.clear()
    appearance.show_text_scale(1.5)
    assert fidget.arranged, "the text has become larger"
    assert not any(fidget.arranged)
    layout = window.layout()
    assert layout is not None
    assert layout.isEnabled()
    appearance.show_text_scale(1.0)


def test_a_presentation_with_a_finding_begins_and_ends(open_window: Callable[..., MainWindow], fake_engine):
    """It crashed: the line of diagnosis hides a cure while its text grows, beside docks that are tabs."""
    window = open_window((1440, 900))
    window.complete()
    window.document.reset(preset_experiment("overfits"))
    line = window.dock_layout.diagnosis_line
    assert line is not None
    cures = Cure("Switch on L2", {}), Cure("Switch on early stopping", {})
    finding = Finding(
        "overfitting", "warning", "Overfitting since epoch 32", "Validation loss rose. " * 8, cures
    )
    line.diagnosis.findings = (LaneFinding("A", finding),)
    line.diagnosis.changed.emit(line.diagnosis.findings)
    assert len(line.cures) == 2
    usual = style_sheet.style_sheet(window.appearance.theme)
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_F5)
        assert window.appearance.theme.text_scale > 1.0
        QTest.keyClick(window, Qt.Key.Key_F5)
        assert style_sheet.style_sheet(window.appearance.theme) == usual
    window.document.forget_changes()
