"""What every state machine on a document does between its other steps."""

from __future__ import annotations

from hypothesis.stateful import RuleBasedStateMachine, rule

from gui_app.session.document import Document


class Undoing(RuleBasedStateMachine):
    """Undoes and redoes changes of ``document``."""

    document: Document

    @rule()
    def undo(self) -> None:
        self.document.stack.undo()

    @rule()
    def redo(self) -> None:
        self.document.stack.redo()
