"""Where the engine trains, if somebody has a wish about that: on a CUDA device, by the processor, how precisely."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.service import messages as m
from gui_app.session.engine_link import EngineLink


class TrainingPlace(QObject):
    """``text`` says where networks are trained; ``reported(text)`` follows when the engine says so."""

    reported = Signal(str)

    def __init__(self, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = describe_place(m.TrainsOn("cpu", "float32"))
        link.event_taken.connect(self._note)

    def _note(self, event: m.Event) -> None:
        if isinstance(event, m.TrainsOn):
            self.text = describe_place(event)
            self.reported.emit(self.text)


def describe_place(place: m.TrainsOn) -> str:
    """Return a sentence about where networks are trained."""
    by = "on a CUDA device" if place.device == "cuda" else "by the processor"
    precision = " with double precision" if place.precision == "float64" else ""
    why = f", {place.why}" if place.why else ""
    return f"Networks are trained {by}{precision}{why}."
