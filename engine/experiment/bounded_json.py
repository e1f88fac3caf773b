"""Parse JSON within bounds, so that no file costs much time, memory or stack before it is refused."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from engine.catalogue.hyperparameters import POINTS
from engine.catalogue.texts import describe_size

MOST_BYTES = 64_000_000
"""The longest text that is parsed."""
MOST_POINTS = int(POINTS.high)
"""The most points of a document."""
DEEPEST = 64
"""How deep lists and objects may lie in each other; a sketch has less than ten levels."""
_MOST_VALUES = 1_300_000
"""The most values in all: ``MOST_POINTS`` points of each task have four each, and 72 lanes of 64 layers some 20,000."""
_MOST_KEYS = 100_000
"""The most keys in all; 72 lanes have some 4,000."""
_LONGEST_NUMBER = 1000


class JsonError(ValueError):
    """Text that is not parsed. The message is a clause that says why."""


def parse_json(text: str | bytes) -> Any:
    """Parse JSON of bounded size, depth and number of values.

    Parameters
    ----------
    text
        JSON; bytes are UTF-8, UTF-16 or UTF-32.

    Returns
    -------
    object
        As ``json.loads`` returns it.

    Raises
    ------
    JsonError
        With a clause that says what is wrong, or which bound is exceeded.

    Examples
    --------
    >>> parse_json('{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    >>> parse_json("[" * 65 + "]" * 65)
    Traceback (most recent call last):
    ...
    engine.experiment.bounded_json.JsonError: the JSON is nested too deeply to be an experiment
    """
    _require_size(text)
    try:
        value = json.loads(text, parse_float=_float, parse_int=_int)
    except json.JSONDecodeError as error:
        if not text.strip():
            raise JsonError("the file is empty") from None
        if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
            raise JsonError(f"the file ends too early, in line {error.doc.count(chr(10)) + 1}") from None
        raise JsonError(
            f"line {error.lineno} is not valid JSON (column {error.colno}: {error.msg})"
        ) from None
    except UnicodeDecodeError:
        raise JsonError("this is not a text file") from None
    except RecursionError:
        _refuse_depth()
    _require_depth(value)
    return value


def _require_size(text: str | bytes) -> None:
    """Refuse too long a text, and one with too many values: before anything is made of it."""
    if len(text) > MOST_BYTES:
        raise JsonError(f"the text has more than {describe_size(MOST_BYTES)}, the most that is read")
    if max(_count(text, ","), _count(text, "[") + _count(text, "{")) > _MOST_VALUES:
        raise JsonError(
            f"the text holds more than {_MOST_VALUES:,} values, and a sketch has at most {MOST_POINTS:,} points"
        )
    if _count(text, ":") > _MOST_KEYS:
        raise JsonError(f"the text holds more than {_MOST_KEYS:,} keys, and a sketch has far fewer")


def _count(text: str | bytes, sign: str) -> int:
    return text.count(sign.encode()) if isinstance(text, bytes) else text.count(sign)


def _require_depth(value: Any) -> None:
    """Refuse what is nested deeper than functions that follow may call themselves."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        inner = (parent.values() if isinstance(parent, dict) else parent for parent in level)
        level = [item for items in inner for item in items if isinstance(item, dict | list)]
        if not level:
            return
    _refuse_depth()


def _refuse_depth() -> NoReturn:
    raise JsonError("the JSON is nested too deeply to be an experiment")


def _int(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise JsonError("a whole number has too many digits")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > _LONGEST_NUMBER:
        raise JsonError("a number has too many digits")
    return float(digits)


def too_many_points(count: int) -> str:
    """Return the clause about more than ``MOST_POINTS`` points."""
    return (
        f"a drawing holds at most {MOST_POINTS:,} points; {count:,} are too many, so erase or leave out some"
    )
