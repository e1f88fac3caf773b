"""The tools as panels know them: label, tooltip, tasks and settings of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from engine.catalogue.tasks import TASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRecord:
    """A tool. ``uses`` are the names of the ``ToolSettings`` that it reads; it is offered in ``tasks`` only.

    ``in_regression`` is the tooltip where there are no classes, if it differs.
    """

    key: str
    label: str
    tooltip: str
    icon: str
    shortcut: str
    uses: frozenset[str]
    tasks: tuple[str, ...] = tuple(TASKS)
    in_regression: str = ""

    def meaning(self, task: str) -> str:
        """Return the tooltip in a task."""
        return self.in_regression if self.in_regression and TASKS[task].regression else self.tooltip


Record = TypeVar("Record", bound=ToolRecord)


def tools_of_task(tools: Iterable[Record], task: str) -> list[Record]:
    """Return the tools that are offered in a task."""
    return [tool for tool in tools if task in tool.tasks]


def tool_of_task(tools: Iterable[Record], key: str, task: str) -> Record:
    """Return the tool ``key`` if it is offered in the task, else the first tool of the task."""
    fitting = tools_of_task(tools, task)
    return next((tool for tool in fitting if tool.key == key), fitting[0])
