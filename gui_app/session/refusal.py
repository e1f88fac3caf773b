"""What is said of an edit that the experiment does not allow."""

from __future__ import annotations

from collections.abc import Callable

from engine.experiment import Experiment, ExperimentError
from gui_app.session.document import Document


def refusal(error: Exception) -> str:
    """Return the message of an error as a sentence, without the path that only files need."""
    text = str(error).removeprefix(f"{getattr(error, 'path', '')}: ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def replaced(
    document: Document, change: Callable[[Experiment], Experiment], text: str, say: Callable[[str], object]
) -> bool:
    """Change the experiment of a document as one undo step, or ``say`` why it cannot be; return whether it was."""
    try:
        document.replace(change(document.experiment), text)
    except ExperimentError as error:
        say(refusal(error))
        return False
    return True
