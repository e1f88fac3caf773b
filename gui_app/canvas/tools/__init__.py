"""The tools, in the order in which they are offered. A new one is a file here and a line in ``TOOLS``."""

from gui_app.canvas.tools.brush import BRUSH, VALUE_BRUSH
from gui_app.canvas.tools.eraser import ERASER
from gui_app.canvas.tools.tool import PointEditor, Stroke, Tool

TOOLS: dict[str, Tool] = {tool.key: tool for tool in (BRUSH, VALUE_BRUSH, ERASER)}


def tools_for(task: str) -> list[Tool]:
    """The tools that make sense in a task."""
    return [tool for tool in TOOLS.values() if task in tool.tasks]


def tool_for(key: str, task: str) -> Tool:
    """The tool with that key, or the task's first one where that tool makes no sense in the task."""
    fitting = tools_for(task)
    return next((tool for tool in fitting if tool.key == key), fitting[0])


__all__ = [
    "BRUSH",
    "ERASER",
    "TOOLS",
    "VALUE_BRUSH",
    "PointEditor",
    "Stroke",
    "Tool",
    "tool_for",
    "tools_for",
]
