"""The notice of an engine that does not answer, or that has ended: a small card over the corner of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout

from engine.service import messages as m
from gui_app.session.engine_link import EngineLink
from gui_app.widgets.buttons import text_button
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

WIDTH, MARGIN = 392, 12
SILENT = "The engine does not answer: wait or restart it"
SAFE = "The drawing is safe. Restarted, training goes on from where the run was kept last."


class EngineNotice(QFrame):
    """Two sentences with *Wait* and *Restart*, in the lower left corner above the status bar.

    It takes no focus and waits for nothing. It goes away by itself when the engine answers again or was restarted;
    *Wait* hides it until the engine is silent once more.
    """

    def __init__(self, window: QMainWindow, link: EngineLink) -> None:
        super().__init__(window)
        self._window, self._health = window, link.health
        self.setProperty("kind", "notice")
        self.setAccessibleName("Training engine")
        self.headline, self.detail = _label("title"), _label("caption")
        self.wait = text_button("Wait", tip("Wait", "Hide this notice. It goes away by itself, too."))
        self.restart = text_button(
            "Restart",
            tip("Restart", "End the engine and start it again; training goes on where it was kept."),
        )
        self.wait.clicked.connect(self.hide)
        self.restart.clicked.connect(self.hide)
        self.restart.clicked.connect(link.restart_engine)
        self._lay_out()
        self.hide()
        window.installEventFilter(self)
        self._health.changed.connect(self._show_health)
        link.event_taken.connect(self._repeat)

    def _show_health(self) -> None:
        lost = self._health.lost
        if lost is not None:
            self._tell("The training engine has ended", lost.sentence)
            self.setToolTip(lost.details)
        elif not self._health.responding:
            self._tell(SILENT, SAFE)
            self.setToolTip("")
        else:
            self.hide()

    def _repeat(self, event: m.Event) -> None:
        """Answer a command to an engine that has ended."""
        if isinstance(event, m.EngineFailed) and event.final and event == self._health.lost:
            self._show_health()

    def _tell(self, headline: str, detail: str) -> None:
        self.headline.setText(headline)
        self.detail.setText(detail)
        self.setAccessibleDescription(f"{headline}. {detail}")
        self._arrange()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._arrange()
        return False

    def _arrange(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))
        bar = self._window.statusBar()
        bottom = self._window.height() - (bar.height() if bar.isVisible() else 0)
        self.move(MARGIN, bottom - self.height() - MARGIN)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 8, 0, 0)
        buttons.addStretch(1)
        buttons.addWidget(self.wait)
        buttons.addWidget(self.restart)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(4)
        column.addWidget(self.headline)
        column.addWidget(self.detail)
        column.addLayout(buttons)


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
