"""The tools as panels know them: what each is called, where it makes sense and which settings it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from engine.catalogue.tasks import TASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRecord:
    """``uses`` names the settings of ``ToolSettings`` that the tool reads; ``tasks`` are where it makes sense."""

    key: str
    label: str
    tooltip: str
    icon: str
    shortcut: str
    uses: frozenset[str]
    tasks: tuple[str, ...] = tuple(TASKS)


Record = TypeVar("Record", bound=ToolRecord)


def tools_of_task(tools: Iterable[Record], task: str) -> list[Record]:
    """The tools that make sense in a task."""
    return [tool for tool in tools if task in tool.tasks]


def tool_of_task(tools: Iterable[Record], key: str, task: str) -> Record:
    """The tool with that key, or the first tool of the task where that tool makes no sense in it."""
    fitting = tools_of_task(tools, task)
    return next((tool for tool in fitting if tool.key == key), fitting[0])
