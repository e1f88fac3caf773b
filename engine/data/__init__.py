"""Making, splitting, editing, reading and writing points."""

from engine.data.csv_io import CsvData, CsvError, read_csv, write_csv
from engine.data.edits import (
    Append,
    Edit,
    Gesture,
    Insert,
    Remove,
    Replace,
    Rewrite,
    Truncate,
    gather,
    merge,
    remove_where,
)
from engine.data.files import atomic_write
from engine.data.generate import generate, make_points
from engine.data.resolve import resolve_points, with_new_split
from engine.data.split import assign_new, stratified_split

__all__ = [
    "Append",
    "CsvData",
    "CsvError",
    "Edit",
    "Gesture",
    "Insert",
    "Remove",
    "Replace",
    "Rewrite",
    "Truncate",
    "assign_new",
    "atomic_write",
    "gather",
    "generate",
    "make_points",
    "merge",
    "read_csv",
    "remove_where",
    "resolve_points",
    "stratified_split",
    "with_new_split",
    "write_csv",
]
