"""Make, split, edit, read and write points.

The modules that read and write tables are loaded at their first use, after the window is shown.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from engine.data.classes import SECOND_CLASS, delete_class, merge_class, one_class, without_class
from engine.data.edits import (
    Append,
    Edit,
    Gesture,
    Insert,
    Remove,
    Replace,
    Rewrite,
    Truncate,
    remove_where,
)
from engine.data.files import atomic_write
from engine.data.fit import describe_misfit, misfit_for, with_fitting_inputs
from engine.data.generate import generate, make_points
from engine.data.library import Library, SavedSet, free_name, varied, with_saved
from engine.data.merging import gather, merge
from engine.data.operations import OPERATIONS, Operation, operate, operate_on_sheet
from engine.data.resolve import resolve_points, with_new_split
from engine.data.split import assign_new, stratified_split
from engine.data.training_points import keep_trained

if TYPE_CHECKING:
    from engine.data.tables import (
        COLUMNS,
        CsvData,
        CsvError,
        CsvReader,
        Problem,
        Reading,
        guess_reading,
        read_csv,
        read_table,
        read_text,
        write_csv,
    )
    from engine.data.text import points_from_text, points_to_text

__all__ = [
    "COLUMNS",
    "OPERATIONS",
    "SECOND_CLASS",
    "Append",
    "CsvData",
    "CsvError",
    "CsvReader",
    "Edit",
    "Gesture",
    "Insert",
    "Library",
    "Operation",
    "Problem",
    "Reading",
    "Remove",
    "Replace",
    "Rewrite",
    "SavedSet",
    "Truncate",
    "assign_new",
    "atomic_write",
    "delete_class",
    "describe_misfit",
    "free_name",
    "gather",
    "generate",
    "guess_reading",
    "keep_trained",
    "make_points",
    "merge",
    "merge_class",
    "misfit_for",
    "one_class",
    "operate",
    "operate_on_sheet",
    "points_from_text",
    "points_to_text",
    "read_csv",
    "read_table",
    "read_text",
    "remove_where",
    "resolve_points",
    "stratified_split",
    "varied",
    "with_fitting_inputs",
    "with_new_split",
    "with_saved",
    "without_class",
    "write_csv",
]


def __getattr__(name: str) -> object:
    """Load a name of ``engine.data.text`` or ``engine.data.tables`` at its first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "text" if name.startswith("points_") else "tables"
    return getattr(import_module(f"{__name__}.{module}"), name)
