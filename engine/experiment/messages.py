"""The validator's messages in plain language: the path, what is allowed, what was found."""

from __future__ import annotations

import difflib
import re
from typing import Any

from engine.catalogue.texts import short_repr
from engine.experiment.kinds import allowed_text, fields, kind_at
from engine.experiment.settings import ONE_LINE, PLAIN_TEXT, Experiment
from engine.experiment.validation import ExperimentError

_KINDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_WORDS = {
    f"text matching regex {PLAIN_TEXT!r}": "text without control characters and invisible ones",
    f"text matching regex {ONE_LINE!r}": "text without control characters",
    "text matching regex": "text as in the pattern",
    "length >=": "length at least",
    "length <=": "length at most",
    ">=": "of at least",
    "<=": "of at most",
    ">": "above",
}


_LONGEST_COMPARED = 100


def readable(message: str, value: object, path: str) -> ExperimentError:
    """msgspec's ``message`` about ``value``, which stands at ``path``, as an ``ExperimentError``."""
    sentence, _, location = message.partition(" - at `$")
    where = join_path(path, re.sub(r"\[(\d+)\]", r".\1", location.rstrip("`")).strip("."))
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", sentence)
    if unknown:
        return _unknown_field(where, unknown.group(1))
    missing = re.fullmatch(r"Object missing required field `(.*)`", sentence)
    if missing:
        return ExperimentError(join_path(where, missing.group(1)), "is missing")
    found = _at(value, where.removeprefix(path).strip("."))
    if sentence.startswith("Invalid enum value"):
        sentence = f"Expected {allowed_text(kind_at(Experiment, where))}, not {short_repr(found)}"
    elif sentence.startswith("Expected"):
        sentence = f"{_plain_kinds(sentence.partition(', got')[0])}, not {short_repr(found)}"
    return ExperimentError(where, sentence[:1].lower() + sentence[1:])


def _plain_kinds(sentence: str) -> str:
    kinds = re.compile(r"`([^`]*)`")
    sentence = kinds.sub(
        lambda m: " or ".join(_KINDS.get(kind, kind) for kind in m[1].split(" | ")), sentence
    )
    for technical, plain in _WORDS.items():
        sentence = sentence.replace(technical, plain)
    return sentence


def join_path(*parts: str) -> str:
    """Parts of a path with dots between; empty ones are left out."""
    return ".".join(part for part in parts if part)


def _unknown_field(where: str, name: str) -> ExperimentError:
    known = fields(kind_at(Experiment, where))
    # Comparing takes the product of the lengths.
    close = difflib.get_close_matches(name[:_LONGEST_COMPARED], known, 1)
    hint = f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(known)}" if known else ""
    return ExperimentError(join_path(where, name), f"no such setting{hint}")


def _at(value: Any, where: str) -> object:
    """The value at a path inside parsed JSON."""
    for key in filter(None, where.split(".")):
        value = value[int(key)] if isinstance(value, list | tuple) else value.get(key)
    return value
