"""Normalization of hidden layers: over what, and where."""

from __future__ import annotations

from engine.catalogue.entry import Entry, Family

NORMALIZATIONS: Family[Entry] = Family(
    "normalization",
    [
        Entry(
            key="batch",
            label="Batch",
            formula="γ·(z − mean) / √(variance + 10⁻⁵) + β, of each neuron over the batch",
            tooltip="Gives each neuron mean β and deviation γ over the batch; running moments take over in evaluation "
            "and for a batch of one (Ioffe & Szegedy 2015).",
        ),
        Entry(
            key="layer",
            label="Layer",
            formula="γ·(z − mean) / √(variance + 10⁻⁵) + β, of each point over the layer",
            tooltip="Normalizes the neurons of a layer together, point by point, so that no batch is needed "
            "(Ba et al. 2016).",
        ),
    ],
)

POSITIONS: Family[Entry] = Family(
    "position",
    [
        Entry(
            key="before",
            label="Before σ",
            formula="a = σ(norm(z))",
            tooltip="Normalize what goes into the activation, so that it does not saturate.",
        ),
        Entry(
            key="after",
            label="After σ",
            formula="a = norm(σ(z))",
            tooltip="Normalize what comes out of the activation.",
        ),
    ],
)
