"""The drawing surface: its tools, the points, and the picture of what the network has learned."""

from gui_app.canvas.canvas import Canvas
from gui_app.canvas.tools import TOOLS, Tool, tool_for, tools_for
from gui_app.session.tool_settings import DENSITY_RANGE, RADIUS_RANGE, VALUE_RANGE, ToolSettings

__all__ = [
    "DENSITY_RANGE",
    "RADIUS_RANGE",
    "TOOLS",
    "VALUE_RANGE",
    "Canvas",
    "Tool",
    "ToolSettings",
    "tool_for",
    "tools_for",
]
