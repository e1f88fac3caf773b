"""Operations on the whole data set as menu entries; those with a number preview their effect."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.data import OPERATIONS, Edit, Operation, operate_on_sheet
from engine.data.axes import HOME, Axes
from engine.data.distances import in_data_units
from gui_app.session.dialogs import reason
from gui_app.session.document import Document
from gui_app.session.seeds import new_seed
from gui_app.widgets.guarded import hand_over

if TYPE_CHECKING:
    from gui_app.widgets.amount_popover import AmountPopover

_GROUPS = (("noise", "target_noise", "flip"), ("balance", "subsample"))
"""The remaining operations are a third group."""
FAILED = "This failed because of an error in the app; the points are as they were."


class Operations(QObject):
    """Changes all points of ``document``, at their positions on the sheet that ``axes`` returns.

    ``reported(sentence)`` gives the reason why an operation is impossible. Popovers open over ``anchor``, ``offset_y``
    pixels below its top edge and left of it; where there is no room and the anchor ``previews`` them, right of it.
    """

    reported = Signal(str)

    def __init__(
        self,
        document: Document,
        anchor: QWidget,
        axes: Callable[[], Axes] = lambda: HOME,
        offset_y: int = 12,
        previews: bool = False,
    ) -> None:
        super().__init__(anchor)
        self._document, self._anchor, self._axes, self._offset_y = document, anchor, axes, offset_y
        self._previews = previews
        self.popover: AmountPopover | None = None

    def fill(self, menu: QMenu) -> None:
        """Add one entry for each operation; when the menu opens, entries are enabled if there are points."""
        menu.setToolTipsVisible(True)
        rest = tuple(key for key in OPERATIONS if key not in sum(_GROUPS, ()))
        actions = {}
        for group in (*_GROUPS, rest):
            for key in group:
                entry = OPERATIONS[key]
                action = menu.addAction(entry.label + (" …" if entry.amount else ""))
                action.setToolTip(entry.tooltip)
                action.setStatusTip(entry.tooltip)
                action.triggered.connect(partial(self.run, key))
                actions[key] = action
            menu.addSeparator()

        def refresh() -> None:
            task = self._document.experiment.data.task
            for key, action in actions.items():
                action.setVisible(task in OPERATIONS[key].tasks)
                action.setEnabled(len(self._document.points) > 0)

        menu.aboutToShow.connect(refresh)
        refresh()

    def run(self, name: str, *_: object) -> None:
        """Run an operation as one undo step; if it takes a number, ask for it first."""
        entry = OPERATIONS[name]
        self._document.finish_gesture("Draw")
        if entry.amount is None:
            sentence = self._preview(entry, None, new_seed(0))
            self._document.finish_gesture(entry.label)
            if sentence:
                self.reported.emit(sentence)
        else:
            self._ask(entry)

    def _edit(self, entry: Operation, amount: float | None, seed: int) -> Edit:
        data, start = self._document.experiment.data, self._document.gesture_start
        return operate_on_sheet(
            entry.key, start, data.task, data.classes, amount, seed, self._axes(), data.extent.value
        )

    def _meaning(self, entry: Operation, amount: float) -> str:
        """What the operation does, with the amount in the data's units where that is not the same."""
        said = (
            in_data_units(amount, self._document.experiment.data, self._axes()) if entry.is_distance else ""
        )
        return f"{entry.tooltip} {said}." if said else entry.tooltip

    def _ask(self, entry: Operation) -> None:
        from gui_app.widgets.amount_popover import AmountPopover

        assert entry.amount is not None
        popover = AmountPopover(
            entry.label, entry.tooltip, entry.amount, new_seed, entry.percent, entry.random, self._anchor
        )
        popover.edited.connect(lambda amount, seed: popover.show_meaning(self._meaning(entry, amount)))
        popover.edited.connect(lambda amount, seed: popover.show_message(self._preview(entry, amount, seed)))
        popover.closed.connect(partial(self._close, entry))
        self.popover = popover
        popover.open_at(*self._corner(popover.width()))

    def _corner(self, width: int) -> tuple[QPoint, Qt.AlignmentFlag]:
        """Return where a popover of this width opens, and which of its edges is there: the preview must be seen."""
        screen = self._anchor.screen().availableGeometry()
        left = self._anchor.mapToGlobal(QPoint(0, self._offset_y))
        right = left + QPoint(self._anchor.width(), 0)
        if self._previews and left.x() - width < screen.left() and right.x() + width <= screen.right():
            return right, Qt.AlignmentFlag.AlignLeft
        # Over the data.
        return left, Qt.AlignmentFlag.AlignRight

    def _preview(self, entry: Operation, amount: float | None, seed: int) -> str:
        """Preview the result; return an error message or ""."""
        start = self._document.gesture_start
        try:
            edit = self._edit(entry, amount, seed)
            if edit.apply(start) == start:
                self._document.cancel_gesture()
            else:
                self._document.preview(edit)
        except ValueError as error:
            self._document.cancel_gesture()
            return reason(error)
        except Exception as error:
            # Otherwise the preview of an earlier amount would stay and be applied.
            self._document.cancel_gesture()
            hand_over(error)
            return FAILED
        return ""

    def _close(self, entry: Operation, applied: bool) -> None:
        self.popover = None
        if applied:
            self._document.finish_gesture(entry.label)
        else:
            self._document.cancel_gesture()
