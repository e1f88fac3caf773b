"""The tools, in the order of the tool box. A new tool is a file here and an entry in ``TOOLS``."""

from engine.experiment import DataSettings
from gui_app.canvas.tools.brush import BRUSH, VALUE_BRUSH
from gui_app.canvas.tools.eraser import ERASER
from gui_app.canvas.tools.eyedropper import EYEDROPPER
from gui_app.canvas.tools.jitter import JITTER
from gui_app.canvas.tools.line import LINE
from gui_app.canvas.tools.magnet import MAGNET
from gui_app.canvas.tools.point import POINT
from gui_app.canvas.tools.relabel import RELABEL
from gui_app.canvas.tools.repel import REPEL
from gui_app.canvas.tools.select import SELECT
from gui_app.canvas.tools.split_brush import SPLIT_BRUSH
from gui_app.canvas.tools.spray import SPRAY
from gui_app.canvas.tools.tool import Motion, Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import PointEditor, ToolContext
from gui_app.session.tool_records import tool_of_task, tools_of_task
from gui_app.session.tool_settings import ToolSettings

_DRAW = (BRUSH, VALUE_BRUSH, SPRAY, POINT, LINE)
_PICK = (ERASER, SELECT)
_CHANGE = (RELABEL, EYEDROPPER, SPLIT_BRUSH, JITTER, MAGNET, REPEL)
TOOLS: dict[str, Tool] = {tool.key: tool for tool in (*_DRAW, *_PICK, *_CHANGE)}


def tools_for(task: str) -> list[Tool]:
    """Return the tools of a task."""
    return tools_of_task(TOOLS.values(), task)


def tool_for(key: str, task: str) -> Tool:
    """Return the tool with this key, or the task's first tool if the task does not have it."""
    return tool_of_task(TOOLS.values(), key, task)


def fit_settings(settings: ToolSettings, data: DataSettings) -> None:
    """Replace a chosen tool or class that the data do not have."""
    settings.tool = tool_for(settings.tool, data.task).key
    settings.class_index = min(settings.class_index, data.classes - 1)


__all__ = [
    "BRUSH",
    "ERASER",
    "EYEDROPPER",
    "JITTER",
    "LINE",
    "MAGNET",
    "POINT",
    "RELABEL",
    "REPEL",
    "SELECT",
    "SPLIT_BRUSH",
    "SPRAY",
    "TOOLS",
    "VALUE_BRUSH",
    "Motion",
    "PointEditor",
    "Position",
    "Stroke",
    "Tool",
    "ToolContext",
    "fit_settings",
    "tool_for",
    "tools_for",
]  # fmt: skip
