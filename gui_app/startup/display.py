"""Check for a display before a window opens."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Mapping


def display_missing(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """Return a sentence that says why no window can open; "" if one can."""
    # Qt tries the platforms of a list such as "wayland;xcb:options" in order.
    chosen = environment.get("QT_QPA_PLATFORM") or "wayland;xcb"
    tried = {name.partition(":")[0].partition("-")[0] for name in chosen.split(";")}
    if not platform.startswith("linux") or tried - {"wayland", "xcb"}:
        return ""
    if "wayland" in tried and environment.get("WAYLAND_DISPLAY"):
        return ""
    if "xcb" not in tried:
        return "There is no display (WAYLAND_DISPLAY is not set)."
    display = environment.get("DISPLAY", "")
    if not display:
        return "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local and not _answers(int(local.group(1))):
        return f"There is no display: nothing answers at DISPLAY={display}."
    return ""


def _answers(number: int) -> bool:
    """Whether a local X server listens on display ``number``."""
    path = f"/tmp/.X11-unix/X{number}"
    for address in (path, "\0" + path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False
