"""Learning-rate schedules."""

from __future__ import annotations

from engine.catalogue.entry import Entry, Family

SCHEDULES: Family[Entry] = Family(
    "schedule",
    [
        Entry(
            key="constant",
            label="Constant",
            formula="η(t) = η",
            tooltip="The learning rate stays as it is set.",
        )
    ],
)
