"""Calls in a script: in one line where that fits, else with an argument a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.export.code.script import Script

WIDTH = 110
"""Characters of a line."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument, and the path of the setting that it comes from, if its line should be found by that."""

    text: str
    path: str = ""


def parts_of(call: str) -> tuple[str, list[str]]:
    """Split a call into what stands before its arguments and these.

    Parameters
    ----------
    call
        Ends with the closing parenthesis.

    Returns
    -------
    head : str
        It ends with the opening parenthesis.
    arguments : list of str

    Examples
    --------
    >>> parts_of("f(g(1, 2), key=(3, 4))")
    ('f(', ['g(1, 2)', 'key=(3, 4)'])
    """
    start = call.index("(") + 1
    arguments, depth = [""], 0
    for letter in call[start:-1]:
        depth += letter in "([{"
        depth -= letter in ")]}"
        if letter == "," and not depth:
            arguments.append("")
        else:
            arguments[-1] += letter
    return call[:start], [text.strip() for text in arguments if text.strip()]


def add_call(
    script: Script, head: str, arguments: Sequence[Argument], tail: str, *paths: str, depth: int = 0
) -> None:
    """Add a call.

    Parameters
    ----------
    script
        Takes the lines.
    head, tail
        What stands before the arguments and after them, with the parentheses.
    arguments
        In their order.
    *paths
        Of the settings that the call itself comes from.
    depth
        How many levels it is indented by.
    """
    line = f"{head}{', '.join(argument.text for argument in arguments)}{tail}"
    if script.whole_calls or len(line) + 4 * depth <= WIDTH:
        own = [(argument.path, argument.text) for argument in arguments if argument.path]
        every = dict.fromkeys([*paths, *(path for path, _ in own)])
        script.add(line, *every, depth=depth, arguments=own)
        return
    script.add(head, *paths, depth=depth)
    for argument in arguments:
        found = [argument.path] if argument.path else paths
        script.add(f"{argument.text},", *found, depth=depth + 1)
    script.add(tail, *paths, depth=depth)
