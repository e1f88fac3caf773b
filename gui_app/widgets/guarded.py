"""The guard of what Qt calls, and of parts that must not stop one another: exceptions end there and are reported."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


def hand_over(error: Exception) -> None:
    """Report an exception that ends here, as one that nobody caught."""
    sys.excepthook(type(error), error, error.__traceback__)
    # A painter in a frame that lives on keeps its widget from being painted again.
    traceback.clear_frames(error.__traceback__)


def attempt(step: Callable[[], object]) -> None:
    """Do what something more important must not fail for; its exception is reported and ends here."""
    try:
        step()
    except Exception as error:
        hand_over(error)


def guarded(method: Method) -> Method:
    """Return an event handler or event filter that hands its exceptions to ``sys.excepthook`` and returns to Qt.

    PySide keeps an exception of such a method while Python code waits for Qt further up, and raises it there, in the
    middle of something else. A second exception meanwhile breaks its count of references, and the process crashes.
    An event whose handler failed counts as not handled.
    """
    nothing = False if method.__name__ in ("event", "eventFilter") else None

    @wraps(method)
    def handle(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except Exception as error:
            hand_over(error)
            return nothing

    return handle  # type: ignore[return-value]
