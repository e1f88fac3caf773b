"""Gradient clipping of a step, by the kinds that the catalogue has."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from engine.catalogue.clipping_kinds import CLIPPING_KINDS


def clips(terms: Mapping[str, Tensor]) -> bool:
    """Return whether any lane clips its gradient.

    Parameters
    ----------
    terms
        Strengths [lanes, 1] of the regularizers in use, by name.

    Returns
    -------
    bool
    """
    return any(kind.strength in terms for kind in CLIPPING_KINDS.values())


def clip(gradient: Tensor, terms: Mapping[str, Tensor]) -> None:
    """Clip gradients [lanes, parameters] in place.

    Parameters
    ----------
    gradient
        Changed in place.
    terms
        Strengths [lanes, 1] of the regularizers in use, by name; a threshold of infinity clips nothing.
    """
    for kind in CLIPPING_KINDS.values():
        if kind.strength in terms:
            kind.clip(gradient, terms[kind.strength])
