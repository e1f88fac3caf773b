"""The undo stacks of an editor: they never move under an open gesture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QUndoGroup, QUndoStack


class NamedAction(QAction):
    """An action whose text is a prefix and the name of the command that it would undo or redo."""

    def __init__(
        self, parent: QObject, prefix: str, text: str, enabled: bool, work: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self._prefix = prefix
        self.name(text)
        self.setEnabled(enabled)
        self.triggered.connect(lambda checked=False: work())

    def name(self, text: str) -> None:
        self.setText(f"{self._prefix} {text}".rstrip())


class UndoStack(QUndoStack):
    """Calls what ``settle`` refers to before each undo and redo; it finishes the open gesture, so that undo takes that
    back first.
    """

    def __init__(
        self, settle: Callable[[], Callable[[], None] | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settled = settle

    def _settle(self) -> None:
        settle = self._settled()
        if settle is not None:
            settle()

    def undo(self) -> None:
        self._settle()
        super().undo()

    def redo(self) -> None:
        self._settle()
        super().redo()

    def setIndex(self, index: int) -> None:
        self._settle()
        super().setIndex(index)


class UndoHistory(QUndoGroup):
    """The stack of the open document, which its signals follow; another one belongs to a document that is laid aside.

    Qt's own actions would call Qt's functions past ``UndoStack``, so the actions are made here.
    """

    def take(self, stack: UndoStack) -> None:
        """Follow another stack from now on."""
        self.addStack(stack)
        self.setActiveStack(stack)

    def undo(self) -> None:
        if (stack := self.activeStack()) is not None:
            stack.undo()

    def redo(self) -> None:
        if (stack := self.activeStack()) is not None:
            stack.redo()

    def createUndoAction(self, parent: QObject, prefix: str = "Undo") -> QAction:
        action = NamedAction(parent, prefix, self.undoText(), self.canUndo(), self.undo)
        self.undoTextChanged.connect(action.name)
        self.canUndoChanged.connect(action.setEnabled)
        return action

    def createRedoAction(self, parent: QObject, prefix: str = "Redo") -> QAction:
        action = NamedAction(parent, prefix, self.redoText(), self.canRedo(), self.redo)
        self.redoTextChanged.connect(action.name)
        self.canRedoChanged.connect(action.setEnabled)
        return action
