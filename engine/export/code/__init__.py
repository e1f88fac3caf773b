"""Experiments as scripts for other libraries: short, readable, and ready to run."""

from engine.export.code.folding import folded
from engine.export.code.script_files import others_there
from engine.export.code.targets import TARGETS, Target
from engine.export.code.writing import code, files_beside, line_of, lines_to_read, write_script

__all__ = [
    "TARGETS",
    "Target",
    "code",
    "files_beside",
    "folded",
    "line_of",
    "lines_to_read",
    "others_there",
    "write_script",
]
