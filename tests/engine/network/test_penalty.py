"""The penalty against the lecture's formula, and each term's gradient against autograd."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import pytest
import torch
from torch import Tensor

from engine.network import (
    Layout,
    Normalized,
    add_penalty_gradient,
    add_proximal_gradient,
    penalty_with_parts,
)
from engine.network.penalty import PENALTIES, PenaltyTerm

LAYOUT = Layout((2, 4, 3), Normalized("batch", "before", (1,)))
STRENGTHS = torch.tensor([[0.0], [0.3], [0.1]])


def penalty(rows: Tensor, layout: Layout, terms: Mapping[str, Tensor]) -> Tensor:
    """The whole, without its parts."""
    return penalty_with_parts(rows, layout, terms)[0]


def rows() -> Tensor:
    return torch.randn(3, LAYOUT.size, generator=torch.Generator().manual_seed(0))


def test_the_penalty_is_that_of_the_lecture() -> None:
    row, l2 = rows(), torch.tensor([[0.2], [0.0], [0.4]])
    w = row[:, : LAYOUT.weights]
    cost = (STRENGTHS * w.abs()).sum(1) + (l2 * w**2).sum(1)
    torch.testing.assert_close(penalty(row, LAYOUT, {"l1_subgradient": STRENGTHS, "l2": l2}), cost)
    mixed = {"l1_subgradient": STRENGTHS * 0.25, "l1_proximal": STRENGTHS * 0.75, "l2": l2}
    torch.testing.assert_close(penalty(row, LAYOUT, mixed), cost)


@pytest.mark.parametrize("term", PENALTIES, ids=lambda term: term.strengths[0])
def test_the_gradient_of_a_term_is_that_of_autograd(term: PenaltyTerm) -> None:
    row = rows().requires_grad_()
    for names, add in ((term.strengths, add_penalty_gradient), (term.proximal, add_proximal_gradient)):
        for name in names:
            (expected,) = torch.autograd.grad(penalty(row, LAYOUT, {name: STRENGTHS}).sum(), row)
            gradient = torch.zeros(3, LAYOUT.parameters)
            add(gradient, row.detach(), LAYOUT, {name: STRENGTHS})
            torch.testing.assert_close(gradient, expected[:, : LAYOUT.parameters])


def test_terms_over_other_parameters_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A term may be over biases, or give one number for a lane."""
    biases = slice(LAYOUT.weights, LAYOUT.weights + 7)
    added = (
        PenaltyTerm(
            ("biases",), lambda row, _, strength: strength * row[:, biases].square(), lambda *_: None
        ),
        PenaltyTerm(
            ("largest",), lambda row, _, strength: strength * row.amax(1, keepdim=True), lambda *_: None
        ),
    )
    module = import_module("engine.network.penalty")
    monkeypatch.setattr(module, "PENALTIES", (*PENALTIES, *added))
    row, terms = rows(), {"l2": STRENGTHS, "biases": STRENGTHS, "largest": STRENGTHS}
    parts = row[:, : LAYOUT.weights].square().sum(1), row[:, biases].square().sum(1), row.amax(1)
    expected = STRENGTHS[:, 0] * torch.stack(parts).sum(0)
    torch.testing.assert_close(penalty(row, LAYOUT, terms), expected)


def test_the_parts_are_those_of_the_lecture_and_add_up_to_the_whole() -> None:
    row, l2 = rows(), torch.tensor([[0.2], [0.0], [0.4]])
    w = row[:, : LAYOUT.weights]
    terms = {"l1_subgradient": STRENGTHS * 0.25, "l1_proximal": STRENGTHS * 0.75, "l2": l2}
    whole, first, second = penalty_with_parts(row, LAYOUT, terms)
    torch.testing.assert_close(whole, first + second)
    torch.testing.assert_close(first, (STRENGTHS * w.abs()).sum(1))
    torch.testing.assert_close(second, (l2 * w**2).sum(1))


def test_a_term_that_is_alone_is_the_whole_penalty() -> None:
    row = rows()
    whole, first, second = penalty_with_parts(row, LAYOUT, {"l1_proximal": STRENGTHS})
    assert first.equal(whole)
    assert second.tolist() == [0.0, 0.0, 0.0]
    whole, first, second = penalty_with_parts(row, LAYOUT, {"l2": STRENGTHS})
    assert second.equal(whole)
    assert first.tolist() == [0.0, 0.0, 0.0]


def test_without_terms_there_is_no_penalty() -> None:
    assert penalty(rows(), LAYOUT, {}).tolist() == [0.0, 0.0, 0.0]


def test_a_weight_at_zero_feels_no_l1() -> None:
    gradient = torch.zeros(1, 4)
    row = torch.tensor([[0.0, -2.0, 2.0, 5.0]])
    add_penalty_gradient(gradient, row, Layout((3, 1)), {"l1_subgradient": torch.tensor([[0.5]])})
    assert gradient.tolist() == [[0.0, -0.5, 0.5, 0.0]]
