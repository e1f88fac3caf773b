"""Goes from one wrong point to the next, or in regression from one large loss to the next smaller one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.catalogue.tasks import CLASSIFICATION
from engine.observation.observables import POINTS, Request
from gui_app.canvas.input.pointer import Pointer
from gui_app.canvas.reading.point_answers import KnownAnswers
from gui_app.canvas.tools import Position, ToolContext
from gui_app.canvas.view.camera import Camera
from gui_app.canvas.view.viewport import inside

NONE_WRONG = "No point that is shown is wrong."
UNTRAINED = "The network has not answered yet: press Play."


class PointFinder(QObject):
    """Moves the cursor to points, largest loss first; ``reported(sentence)`` says why there is none.

    ``found`` is where the cursor was moved to. The view follows where the point lies outside.
    """

    reported = Signal(str)

    def __init__(
        self,
        context: ToolContext,
        pointer: Pointer,
        camera: Camera,
        known: KnownAnswers,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context, self._pointer, self._camera, self._known = context, pointer, camera, known
        self._waiting = 0
        """The step of a search that waits for answers; 0 for none."""
        self._can_answer = False
        self._last: int | None = None
        self.found: Position | None = None

    @property
    def requests(self) -> tuple[Request, ...]:
        return (POINTS.request(),) if self._waiting else ()

    def next(self) -> None:
        """Go to the wrong point with the next smaller loss; after the last one, to the first."""
        self._search(1)

    def previous(self) -> None:
        """Go to the wrong point before."""
        self._search(-1)

    def take_answers(self, can_answer: bool) -> None:
        """Go on with a search that has waited for answers; note whether there is a network that ``can_answer``."""
        self._can_answer = can_answer
        if self._waiting and self._known.answers is not None:
            self._search(self._waiting)

    def _search(self, step: int) -> None:
        if self._known.answers is None:
            self._waiting = step if self._can_answer else 0
            if not self._can_answer:
                self.reported.emit(UNTRAINED)
            return
        self._waiting = 0
        worst = self._known.worst.tolist()
        if not worst:
            self.reported.emit(NONE_WRONG if self._context.task == CLASSIFICATION else "No point is shown.")
            return
        if self._last in worst:
            self._last = worst[(worst.index(self._last) + step) % len(worst)]
        else:
            self._last = worst[0 if step > 0 else -1]
        self._show(self._last)

    def _show(self, index: int) -> None:
        if not inside(self._context.points.xy[index : index + 1], self._camera.extent).all():
            self._centre(index)
        x, y = self._context.xy[index].tolist()
        self.found = (x, y)
        self._pointer.move_to(self.found)

    def _centre(self, index: int) -> None:
        x, y = self._context.xy[index].tolist()
        left, right, bottom, top = self._camera.view
        self._camera.pan(x - (left + right) / 2, y - (bottom + top) / 2)
