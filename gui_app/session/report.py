"""The report for a bug: versions, settings, the newest lines of the log and a traceback, without anything private."""

from __future__ import annotations

import json
import platform
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
from PySide6 import __version__ as pyside_version
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from engine.catalogue.texts import counted
from engine.data.file_system import home
from engine.experiment import Experiment, dumps
from gui_app.session.faults import ROOT

PACKAGES = ("neural-sketchbook", "torch", "numpy", "pyqtgraph", "llvmlite")
_BEGIN = r"(?:~\w*[/\\]|[/\\]|[A-Za-z]:[/\\])"
_ENDINGS = r"\.(?:sketch\.json|json|csv|tsv|txt|npz|npy|pt|png|svg|pdf|xlsx?)"
_QUOTED = re.compile(
    rf"""(['"])(?:{_BEGIN}(?:(?!\1)[^\n])*|(?:(?!\1)[^\n/\\])*{_ENDINGS})\1""", re.IGNORECASE
)
"""A path in quotation marks that does not begin in our packages, or the name of a file."""
_PATH = re.compile(
    rf"(?<![\w~.<]){_BEGIN}(?!\s)[^'\"<>|:,;()\n]*[/\\][^'\"<>|:,;()\n]*|(?<![\w.])~\w*[/\\][^'\"<>|:,;()\n]*"
)
"""A path without them. Names may hold blanks, so that it reaches to the end of its clause."""
_LIBRARY = re.compile(
    r"""(?:(?<=["'])[^"'\n]*|[^\s'"]*)[/\\](?=(?:site-packages|dist-packages|python3\.\d+)[/\\])"""
)
_FILE = re.compile(rf"[^\s'\"/\\]+{_ENDINGS}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReportParts:
    """What a report is made of. ``names`` are the files that are open or were."""

    experiment: Experiment
    points: int
    fault: str = ""
    lines: Iterable[str] = field(default_factory=tuple)
    names: Iterable[Path] = field(default_factory=tuple)


def versions() -> str:
    """Return the versions of the app and of what it stands on, in one line."""
    return ", ".join(
        [f"{name} {_version(name)}" for name in PACKAGES]
        + [f"Python {platform.python_version()}", f"PySide6 {pyside_version}", f"Qt {qVersion()}"]
    )


def report(parts: ReportParts, with_paths: bool = False) -> str:
    """Return the report as plain text; without ``with_paths``, no path and no name that the person has given."""
    sections = {
        "Versions": f"{versions()}\n{platform.platform()}, {_screen()}",
        "Fault": parts.fault.strip() or "none",
        "Settings": _settings(parts.experiment, parts.points, with_paths),
        "Newest lines of the log": "\n".join(parts.lines) or "none",
    }
    text = "\n\n".join(f"{title}\n{'-' * len(title)}\n{body}" for title, body in sections.items())
    text = f"Neural Sketchbook: report\n\n{text}\n"
    return text if with_paths else without_paths(text, parts.names)


def without_paths(text: str, names: Iterable[Path] = ()) -> str:
    """Return a text with the paths of our code and of libraries shortened, and all others left out."""
    for name in sorted(
        {part for one in names for part in (str(one), one.name) if part}, key=len, reverse=True
    ):
        text = _whole(name).sub("<file>", text)
    text = text.replace(f"{ROOT}/engine/", "engine/").replace(f"{ROOT}/gui_app/", "gui_app/")
    text = _LIBRARY.sub("", text)
    for folder in (sys.prefix, sys.base_prefix, str(home())):
        if len(folder) > 1:
            text = text.replace(folder, "~")
    return _FILE.sub("<file>", _PATH.sub("<path>", _QUOTED.sub(r"\1<path>\1", text)))


def _whole(name: str) -> re.Pattern[str]:
    """Return what finds a name, but not within another word; a name that is one word only in quotation marks."""
    if re.fullmatch(r"\w+", name):
        return re.compile(rf"(?<=['\"]){re.escape(name)}(?=['\"])")
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _settings(experiment: Experiment, points: int, with_names: bool) -> str:
    """Return the settings without points and names of classes, and those of lanes only ``with_names``."""
    without_points = msgspec.structs.replace(experiment.data, points=None, class_names=None)
    settings = json.loads(dumps(msgspec.structs.replace(experiment, data=without_points)))
    if not with_names:
        for lane in settings["lanes"]:
            lane.pop("name", None)
    settings["data"]["points"] = f"{counted(points, 'point')}, not in this report"
    return json.dumps(settings, indent=1)


def _screen() -> str:
    app = QGuiApplication.instance()
    screen = QGuiApplication.primaryScreen() if app is not None else None
    if screen is None:
        return "no screen"
    size = screen.size()
    ratio = f"{screen.devicePixelRatio():g}"
    return f"{QGuiApplication.platformName()}, {size.width()} × {size.height()} at {ratio}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
