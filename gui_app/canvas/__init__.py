"""The drawing canvas: its tools, the points, and the picture of the network's predictions."""

from gui_app.canvas.canvas import Canvas
from gui_app.canvas.tools import TOOLS, Tool, tool_for, tools_for
from gui_app.session.tool_settings import ToolSettings

__all__ = [
    "TOOLS",
    "Canvas",
    "Tool",
    "ToolSettings",
    "tool_for",
    "tools_for",
]
