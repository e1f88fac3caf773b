"""The regularization term of the cost. A training step, the shown penalty and measured gradients read ``PENALTIES``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.regularizers import L1, L2, PENALTY_PARTS
from engine.network.layout import Layout

Terms = Mapping[str, Tensor]
"""Strengths [lanes, 1] of the regularizers that any lane uses, by name."""


@dataclass(frozen=True)
class PenaltyTerm:
    """One term of the penalty.

    Attributes
    ----------
    strengths
        Names of its strengths λ, among the terms of a step, with which a step follows the gradient.
    value
        ``value(rows, layout, strength)`` returns parts [lanes, n] that add up to the penalty; n is any number. Rows
        [lanes, size] are laid out as ``layout`` says.
    add_gradient
        ``add_gradient(gradient, rows, layout, strength)`` adds the derivative of the value with respect to the
        parameters to ``gradient`` [lanes, parameters] in place.
    proximal
        Names of its strengths with which a step does not follow the gradient but changes the weights afterwards.
    part
        Which of ``PENALTY_PARTS`` it is; empty for a term that only the whole penalty tells.
    """

    strengths: tuple[str, ...]
    value: Callable[[Tensor, Layout, Tensor], Tensor]
    add_gradient: Callable[[Tensor, Tensor, Layout, Tensor], object]
    proximal: tuple[str, ...] = ()
    part: str = ""

    def total(self, terms: Terms) -> Tensor | None:
        """The sum [lanes, 1] of all strengths; None where no lane uses the term."""
        found = [terms[name] for name in (*self.strengths, *self.proximal) if name in terms]
        return sum(found[1:], found[0]) if found else None


def _l1(rows: Tensor, layout: Layout, strength: Tensor) -> Tensor:
    return strength * rows[:, : layout.weights].abs()


def _add_l1(gradient: Tensor, rows: Tensor, layout: Layout, strength: Tensor) -> None:
    gradient[:, : layout.weights].addcmul_(rows[:, : layout.weights].sign(), strength)


def _l2(rows: Tensor, layout: Layout, strength: Tensor) -> Tensor:
    return strength * rows[:, : layout.weights].square()


def _add_l2(gradient: Tensor, rows: Tensor, layout: Layout, strength: Tensor) -> None:
    gradient[:, : layout.weights].addcmul_(rows[:, : layout.weights], strength, value=2.0)


PENALTIES: tuple[PenaltyTerm, ...] = (
    PenaltyTerm(
        tuple(update.strength for update in L1_UPDATES.values() if update.shrink is None),
        _l1,
        _add_l1,
        proximal=tuple(update.strength for update in L1_UPDATES.values() if update.shrink is not None),
        part=L1.key,
    ),
    PenaltyTerm(("l2",), _l2, _add_l2, part=L2.key),
)
"""λ₁ Σₗ Σ|Wₗ| and λ₂ Σₗ ΣWₗ², over weights only."""


def penalty_with_parts(rows: Tensor, layout: Layout, terms: Terms) -> tuple[Tensor, ...]:
    """The penalty of each lane and what L1 and L2 are of it, in the unit of scaled losses.

    Parameters
    ----------
    rows
        Flat rows [lanes, size] of the lanes.
    layout
        Where their weights are.
    terms
        Strengths [lanes, 1] by name.

    Returns
    -------
    tuple of Tensor [lanes]
        The penalty, and each of ``PENALTY_PARTS``: 0 where no lane uses it.

    Examples
    --------
    >>> import torch
    >>> strengths = {"l1_subgradient": torch.tensor([[0.1]]), "l2": torch.tensor([[0.01]])}
    >>> penalty_with_parts(torch.tensor([[1.0, -2.0, 7.0]]), Layout((2, 1)), strengths)
    (tensor([0.3500]), tensor([0.3000]), tensor([0.0500]))
    """
    values = _values(rows, layout, terms)
    total = _total([value for _, value in values], rows)
    # A term that is alone is the whole, to the last bit.
    parts = {part: value.sum(1) if len(values) > 1 else total for part, value in values}
    return total, *(parts[part] if part in parts else _nothing(rows) for part in PENALTY_PARTS)


def _values(rows: Tensor, layout: Layout, terms: Terms) -> list[tuple[str, Tensor]]:
    """The name and the value [lanes, n] of each term that any lane uses."""
    strengths = ((term, term.total(terms)) for term in PENALTIES)
    return [
        (term.part, term.value(rows, layout, strength))
        for term, strength in strengths
        if strength is not None
    ]


def _nothing(rows: Tensor) -> Tensor:
    return torch.zeros(len(rows), dtype=rows.dtype, device=rows.device)


def _total(values: list[Tensor], rows: Tensor) -> Tensor:
    widths: dict[int, Tensor] = {}
    for value in values:
        width = value.shape[1]
        # Terms over the same numbers are added one by one: one sum is faster than several.
        widths[width] = widths[width] + value if width in widths else value
    sums = [value.sum(1) for value in widths.values()]
    return sum(sums[1:], sums[0]) if sums else _nothing(rows)


def add_penalty_gradient(gradient: Tensor, rows: Tensor, layout: Layout, terms: Terms) -> None:
    """Add the gradient of the penalty, without the terms that a proximal step replaces, in place.

    Parameters
    ----------
    gradient : Tensor [lanes, parameters]
        Of the loss; it is changed.
    rows : Tensor [lanes, size]
        Flat rows of the lanes.
    layout
        Where their weights are.
    terms : mapping of Tensor [lanes, 1]
        Strengths by name.
    """
    for term in PENALTIES:
        for name in term.strengths:
            if name in terms:
                term.add_gradient(gradient, rows, layout, terms[name])


def has_proximal(terms: Terms) -> bool:
    """Whether any lane follows a term by a proximal step.

    Parameters
    ----------
    terms : mapping of Tensor [lanes, 1]
        Strengths by name.

    Returns
    -------
    bool
    """
    return any(name in terms for term in PENALTIES for name in term.proximal)


def add_proximal_gradient(gradient: Tensor, rows: Tensor, layout: Layout, terms: Terms) -> None:
    """Add the gradient of the terms that a proximal step replaces, in place.

    Parameters
    ----------
    gradient : Tensor [lanes, parameters]
        Of the loss; it is changed.
    rows : Tensor [lanes, size]
        Flat rows of the lanes.
    layout
        Where their weights are.
    terms : mapping of Tensor [lanes, 1]
        Strengths by name.
    """
    for term in PENALTIES:
        for name in term.proximal:
            if name in terms:
                term.add_gradient(gradient, rows, layout, terms[name])
