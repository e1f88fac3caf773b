"""The three kinds of data a person can draw."""

from __future__ import annotations

from engine.catalogue.entry import Entry, Family

TASKS: Family[Entry] = Family(
    "task",
    [
        Entry(
            key="classification",
            label="Classification",
            formula="x₁, x₂ → class",
            tooltip="Tell points of different classes apart.",
        ),
        Entry(
            key="curve",
            label="Curve",
            formula="x → y",
            tooltip="Fit a curve through points: regression in one variable.",
        ),
        Entry(
            key="surface",
            label="Surface",
            formula="x₁, x₂ → value",
            tooltip="Fit a coloured surface: regression in two variables.",
        ),
    ],
)
