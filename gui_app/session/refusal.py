"""What is said of an edit that the experiment does not allow."""

from __future__ import annotations


def refusal(error: Exception) -> str:
    """Return the message of an error as a sentence, without the path that only files need."""
    text = str(error).removeprefix(f"{getattr(error, 'path', '')}: ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
