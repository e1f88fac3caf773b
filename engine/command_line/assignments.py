"""What ``--set PATH=VALUE`` assigns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalogue.texts import short_repr
from engine.data.numbers import (
    NumberError,
    describe_meanings,
    has_two_meanings,
    is_number,
    read_number,
    readings,
)
from engine.experiment import ExperimentError
from engine.experiment.bounded_json import JsonError, parse_json

_IS_TEXT = re.compile(r"(^|\.)(name|class_names\.\d+)$")
"""Paths of settings that are texts, though they may look like numbers."""


def read_assignments(assignments: Sequence[str]) -> dict[str, Any]:
    """Return the values by path.

    A value is JSON, or else a number as people write it, or else the text itself.

    Raises
    ------
    ExperimentError
        For an assignment without a path or ``=``, and for a number that has two meanings.

    Examples
    --------
    >>> read_assignments(["lanes.0.seed=3", "lanes.0.name=2,5", "data.generator.noise=2,5 %"])
    {'lanes.0.seed': 3, 'lanes.0.name': '2,5', 'data.generator.noise': 0.025}
    """
    settings: dict[str, Any] = {}
    for assignment in assignments:
        path, separator, text = assignment.partition("=")
        if not separator or not path:
            raise ExperimentError("--set", f"expected PATH=VALUE, not {short_repr(assignment)}")
        settings[path] = _read_value(path, text)
    return settings


def _read_value(path: str, text: str) -> Any:
    try:
        return parse_json(text)
    except JsonError:
        pass
    if _IS_TEXT.search(path) or not is_number(text):
        return text
    if has_two_meanings(readings(text)):
        raise ExperimentError(path, f"{describe_meanings(text)}; write one of these")
    try:
        return read_number(text, "")
    except NumberError as error:
        raise ExperimentError(path, str(error)) from None


def assign(document: dict[str, Any], settings: Mapping[str, Any]) -> None:
    """Put the values into ``document``, and make the objects and lists on their paths.

    ``document`` is JSON that leaves most keys out, so that their defaults can follow the task.

    Raises
    ------
    ExperimentError
        For an index beyond the end of a list, and for a path that goes through a value.

    Examples
    --------
    >>> document = {}
    >>> assign(document, {"lanes.0.network.hidden": [4, 2]})
    >>> document
    {'lanes': [{'network': {'hidden': [4, 2]}}]}
    """
    for path, value in settings.items():
        keys = path.split(".")
        container: Any = document
        for key, following in zip(keys, [*keys[1:], ""], strict=True):
            new = value if not following else [] if following.isdecimal() else {}
            container = _descend(container, key, path, new)


def _descend(container: Any, key: str, path: str, new: Any) -> Any:
    """Return what ``container`` has at ``key``; put ``new`` there if it is a value or if there is nothing."""
    if isinstance(container, list):
        return _descend_list(container, key, path, new)
    if not isinstance(container, dict):
        raise ExperimentError(path, f"nothing lies below {short_repr(key)}")
    if key not in container or not isinstance(new, list | dict):
        container[key] = new
    return container[key]


def _descend_list(items: list[Any], key: str, path: str, new: Any) -> Any:
    if not key.isdecimal() or int(key) > len(items):
        raise ExperimentError(path, f"expected a number from 0 to {len(items)} in place of {short_repr(key)}")
    if int(key) == len(items):
        items.append(new)
    elif not isinstance(new, list | dict):
        items[int(key)] = new
    return items[int(key)]
