"""Weights and biases that a person sets by hand, as commands for the engine."""

from __future__ import annotations

from itertools import count
from typing import Literal

from PySide6.QtCore import QObject, QTimer

from engine.service.messages import SetParameter
from gui_app.session.current_lane import CurrentLane
from gui_app.session.engine_link import FRAME, EngineLink

Kind = Literal["weight", "bias"]

_gestures = count(1)
"""Numbers of drags, which the engine joins in one mark."""


class WeightEdits(QObject):
    """Sets weights and biases of the current lane.

    Between ``begin_drag`` and ``end_drag``, at most one value a frame is sent, the newest, and the history gets one
    mark. Whatever cannot be set, the engine answers with a sentence (``ParameterNotSet``), which the window shows.
    """

    def __init__(self, current: CurrentLane, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current, self._link = current, link
        self._gesture: int | None = None
        self._next: SetParameter | None = None
        self._frame = QTimer(self, interval=FRAME, singleShot=True)
        self._frame.timeout.connect(self._send_next)
        link.turn_changed.connect(self.forget)

    def set_parameter(self, layer: int, kind: Kind, row: int, column: int, value: float) -> None:
        """Set a weight or bias.

        Parameters
        ----------
        layer
            From 1 to L, the output layer.
        kind
            "weight" or "bias".
        row
            The input or neuron that a weight comes from, from 0; 0 for a bias.
        column
            The neuron that it leads to, from 0.
        value
            The new value.
        """
        self._next = SetParameter(self._current.index, layer, kind, row, column, value, self._gesture)
        if self._gesture is None or not self._frame.isActive():
            self._send_next()

    def begin_drag(self) -> None:
        """Let what is set from now on leave one mark."""
        self._send_next()
        self._gesture = next(_gestures)

    def end_drag(self) -> None:
        """Send the last value of a drag; what is set from now on stands for itself."""
        self._send_next()
        self._gesture = None

    def forget(self) -> None:
        """Send nothing more of a network that is gone."""
        self._next = None

    def _send_next(self) -> None:
        self._frame.stop()
        edit, self._next = self._next, None
        if edit is not None:
            self._link.set_parameter(edit)
            self._frame.start()
