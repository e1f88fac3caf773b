"""Measure networks at one moment: losses, scores, penalty, probes of each layer, without dropout.

Measuring changes nothing. What torch does, ``compute``, can be recorded and replayed; the rest is NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalogue.regularizers import PENALTY_PARTS
from engine.experiment.memory import BLOCK, rows_at_once
from engine.network import (
    EncodedData,
    LaneNetwork,
    Layout,
    add_penalty_gradient,
    add_proximal_gradient,
    has_proximal,
    penalty_with_parts,
)
from engine.observation.looks import Backward
from engine.observation.probes import (
    BackpropResult,
    LayerSums,
    Summed,
    chain_of,
    has_records,
    layer_numbers,
    no_layer_numbers,
    record_numbers,
    slopes_of,
)
from engine.observation.snapshot import Chain, layer_block
from engine.tape.placement import Placement

Floats = NDArray[np.float64]

SCORES = slice(4, 7)
PARTS = slice(7, 7 + len(PENALTY_PARTS))
"""The columns of the scores and of the penalty's parts."""
NUMBERS = PARTS.stop
"""Losses of the three splits, penalty, scores of the three splits, L1 and L2 penalty."""
ROUNDING = 1e-4
"""How far apart, relative to their size, sums in single precision may be."""


def whole_blocks(rows: Tensor) -> Tensor:
    """Return rows with the first one repeated at the end until their number is a multiple of ``BLOCK``.

    Parameters
    ----------
    rows : Tensor [n, …]
        A row for each point.

    Returns
    -------
    Tensor [blocks(n), …]
    """
    return padded(rows, blocks(len(rows)))


def padded(rows: Tensor, count: int) -> Tensor:
    """Return rows with the first one repeated at the end until there are enough.

    Parameters
    ----------
    rows : Tensor [n, …]
        A row for each point.
    count
        How many rows there should be; n or more.

    Returns
    -------
    Tensor [count, …]
    """
    missing = count - len(rows)
    return torch.cat([rows, rows[:1].expand(missing, *rows.shape[1:])]) if missing else rows


def blocks(points: int) -> int:
    """Return the number of rows that ``whole_blocks`` makes.

    Parameters
    ----------
    points
        How many rows there are.

    Returns
    -------
    int
        The next multiple of ``BLOCK``.

    Examples
    --------
    >>> blocks(1), blocks(64), blocks(65)
    (64, 64, 128)
    """
    return -(-points // BLOCK) * BLOCK


def piece_rows(points: int, layout: Layout) -> int:
    """Return how many rows of points are measured at once: all of them unless their activations are too many.

    Parameters
    ----------
    points
        How many points there are.
    layout
        The shape of the network.

    Returns
    -------
    int
        A multiple of ``BLOCK``, the same for any number of lanes.
    """
    if has_records():
        # What they compute of all points cannot be put together from parts.
        return blocks(points)
    return min(blocks(points), rows_at_once(sum(layout.widths[1:])))


class Pieces:
    """Rows of points in pieces of equal size; the one that was loaded last lies in fixed memory.

    Parameters
    ----------
    size
        Rows of a piece.
    parts : Tensor [n, …]
        What there is of each point.
    """

    def __init__(self, size: int, *parts: Tensor) -> None:
        self.points, self.size = len(parts[0]), size
        self._all = parts
        self.parts = [
            padded(part, size)
            if len(part) <= size
            else part[:size].clone(memory_format=torch.contiguous_format)
            for part in parts
        ]
        """The loaded piece: each [size, …], its first row repeated where there are no more points."""

    def __len__(self) -> int:
        return max(1, -(-self.points // self.size)) if self.size else 1

    def load(self, piece: int) -> slice:
        """Load a piece; returns where its points lie among all of them."""
        rows = slice(piece * self.size, min((piece + 1) * self.size, self.points))
        if len(self) > 1:
            for part, everything in zip(self.parts, self._all, strict=True):
                part.copy_(padded(everything[rows], self.size))
        return rows


class TrainingPieces(Pieces):
    """The training points in pieces.

    Parameters
    ----------
    data
        The points.
    size
        Rows of a piece.
    """

    def __init__(self, data: EncodedData, size: int) -> None:
        super().__init__(size, data.inputs[: data.training], data.encoded[: data.training])
        self.inputs, self.encoded = self.parts
        self.shares = torch.zeros(size)
        """The weight of each row's loss in the cost, the mean over all training points: 0 for what is no point."""
        self.load(0)

    def load(self, piece: int) -> slice:
        """Load a piece.

        Parameters
        ----------
        piece
            Its number, from 0.

        Returns
        -------
        slice
            Where its points lie among all of them.
        """
        rows = super().load(piece)
        self.shares.zero_()
        self.shares[: rows.stop - rows.start] = 1.0 / max(self.points, 1)
        return rows


class Evaluation:
    """Computes losses, penalty and scores of all lanes of a network over all points, as often as they are needed.

    Many points are taken in pieces, so that not all activations are held at once.

    Parameters
    ----------
    network
        The lanes; it reads their present weights each time.
    data
        The points.
    terms : mapping of Tensor [lanes, 1]
        The strengths of the regularizers that any lane uses, by name.
    """

    def __init__(self, network: LaneNetwork, data: EncodedData, terms: Mapping[str, Tensor]) -> None:
        self._network, self._terms, self._points = network, terms, len(data.inputs)
        self._place, data = Placement.of(network.flat), data.at(Placement.of(network.flat))
        size = piece_rows(self._points, network.layout)
        target = torch.from_numpy(data.target).to(self._place.device)
        self._pieces = Pieces(size, data.inputs, data.encoded)
        self._inputs, self._encoded = self._pieces.parts
        self._inputs = self._inputs.expand(network.lanes, -1, -1)
        self._targets = Pieces(min(size, self._points), target)
        self._data = data
        (self._target,), self._units = self._targets.parts, units_of(data).to(self._place.device)
        double = Placement(self._place.device, "float64")
        self._values = double.zeros(2, network.lanes, self._points)
        self._piece = self._values
        if len(self._pieces) > 1:
            self._piece = double.zeros(2, network.lanes, size)
        self._penalty = self._place.zeros(1 + len(PENALTY_PARTS), network.lanes)
        splits = data.split_rows()
        # NumPy reads the same memory, and rows are found beforehand, because this happens after every epoch.
        if not self._place.on_gpu:
            self._seen, self._penalties = self._values.numpy(), self._penalty.numpy()
        self._filled = np.array([n for n, rows in enumerate(splits) if rows.start < rows.stop], dtype=np.intp)
        self._starts = np.array([splits[split].start for split in self._filled], dtype=np.intp)
        self._counts = np.array(
            [splits[split].stop - splits[split].start for split in self._filled], dtype=float
        )
        self._columns = np.concatenate([self._filled, self._filled + 4])
        self._unknown = np.full((network.lanes, NUMBERS), np.nan)
        self._variances = variances_of(data)

    def run(self, compute: Callable[[], object] | None = None) -> None:
        """Measure all points, piece by piece.

        Parameters
        ----------
        compute
            Does what the method ``compute`` does, which is called without it.
        """
        compute = compute or self.compute
        for piece in range(len(self._pieces)):
            rows = self._pieces.load(piece)
            self._targets.load(piece)
            compute()
            if self._piece is not self._values:
                self._values[:, :, rows] = self._piece[:, :, : rows.stop - rows.start]
        if self._piece is not self._values:
            self._take_penalty()

    def compute(self) -> tuple[Tensor, ...]:
        """Run what torch does with a piece: its points' losses and parts in the score. Can be recorded and replayed."""
        points = len(self._target)
        with torch.no_grad():
            if points:
                losses, parts = point_values(
                    self._network, self._data, self._inputs, self._encoded, self._target, self._units
                )
                self._piece[0].copy_(losses[:, :points])
                self._piece[1].copy_(parts)
        if self._piece is self._values:
            self._take_penalty()
        return ()

    def _take_penalty(self) -> None:
        network = self._network
        with torch.no_grad():
            found = penalty_with_parts(network.flat, network.layout, self._terms)
            for row, value in zip(self._penalty, found, strict=True):
                row.copy_(value)

    @property
    def found(self) -> tuple[Tensor, Tensor]:
        """What ``run`` found last, where it was measured.

        Returns
        -------
        values : float64 [2, lanes, points]
            The points' losses, and their parts in the score.
        penalties : [3, lanes]
            The penalty and its parts.
        """
        return self._values, self._penalty

    def numbers(self) -> Floats:
        """Return what ``run`` found last.

        Returns
        -------
        float64 [lanes, 9]
            Losses by split, penalty, scores by split, L1 and L2 penalty; NaN for a split without points. Losses and
            penalties are in the user's own units, so that they add up to the cost. Scores are accuracy, or
            R² = 1 − Σ(y − a)² / Σ(y − ȳ)².
        """
        table, unit = self._unknown.copy(), self._data.user_units
        if self._place.on_gpu:
            self._seen, self._penalties = self._values.cpu().numpy(), self._penalty.cpu().numpy()
        if len(self._filled):
            means = np.add.reduceat(self._seen, self._starts, axis=-1)
            means /= self._counts
            means[0] *= unit
            if self._data.task != "classification":
                means[1] = 1.0 - means[1] / self._variances[self._filled]
            table[:, self._columns] = means.swapaxes(0, 1).reshape(len(table), -1)
        np.multiply(self._penalties[0], unit, out=table[:, 3], dtype=np.float64)
        np.multiply(self._penalties[1:].T, unit, out=table[:, PARTS], dtype=np.float64)
        fit_parts(table)
        return table


def fit_parts(numbers: Floats) -> None:
    """Make the parts of the penalty add up to it, in place, where only rounding keeps them from it.

    Each part is summed in single precision, and so is the penalty.

    Parameters
    ----------
    numbers : float64 [..., 9]
        As ``Evaluation.numbers`` returns them.
    """
    whole, parts = numbers[..., 3], numbers[..., PARTS]
    # Rows after an end, and lanes that diverge, may hold anything.
    with np.errstate(all="ignore"):
        total = parts.sum(-1)
        factor = np.where(np.abs(total - whole) < ROUNDING * total, whole / total, 1.0)
        parts *= factor[..., None]


def variances_of(data: EncodedData) -> Floats:
    """Return the variances of the splits' targets, which R² compares with.

    Parameters
    ----------
    data
        The points.

    Returns
    -------
    float64 [3]
        NaN for classes, for a split without points and where the variance is 0.
    """
    variances = np.full(len(data.ends), np.nan)
    if data.task != "classification":
        for split, rows in enumerate(data.split_rows()):
            if rows.start < rows.stop:
                variances[split] = data.target[rows].var() or np.nan
    return variances


def units_of(data: EncodedData) -> Tensor:
    """Return scale and shift of the targets, which turn answers into the user's own units.

    Parameters
    ----------
    data
        The points.

    Returns
    -------
    Tensor, float64 [2]
    """
    return torch.tensor([data.scaling.target_scale, data.scaling.target_shift], dtype=torch.float64)


def point_values(
    network: LaneNetwork,
    data: EncodedData,
    inputs: Tensor,
    encoded: Tensor,
    target: Tensor,
    units: Tensor,
) -> tuple[Tensor, Tensor]:
    """Compute what losses and scores are the means of.

    Parameters
    ----------
    network, data
        The lanes, and the data whose task and loss they have.
    inputs : Tensor [lanes, n, features]
        Scaled features; rows beyond those of ``target`` are padding.
    encoded : Tensor [n, outputs]
        Targets as the loss takes them.
    target : Tensor, float64 [m], m ≤ n
        Targets in the user's own units, or class numbers.
    units : Tensor, float64 [2]
        What ``units_of`` returned.

    Returns
    -------
    losses : Tensor [lanes, n]
        In scaled units.
    parts : Tensor [lanes, m]
        Whether the answer is right, or its squared error in the user's own units.
    """
    output = network.forward(inputs)
    losses, answers = data.per_point(output, encoded), output[:, : len(target)]
    if data.task == "classification":
        return losses, chosen_classes(answers) == target
    # Products with float64 tensors are float64, in a way that can be recorded.
    values = answers[..., 0] * units[:1] + units[1:]
    return losses, (values - target).square()


def chosen_classes(output: Tensor) -> Tensor:
    """The likeliest class [lanes, n] for outputs [lanes, n, outputs]; the first one of equally likely classes.

    A single output is above zero for class 0. Faster than ``argmax`` over few classes.
    """
    if output.shape[-1] == 1:
        return output[..., 0] < 0.0
    best, chosen = output[..., 0], torch.zeros_like(output[..., 0])
    for number in range(1, output.shape[-1]):
        likelier = (output[..., number] > best) * float(number)
        chosen = likelier if number == 1 else torch.maximum(chosen, likelier)
        best = torch.maximum(best, output[..., number])
    return chosen


class LayerMeasuring:
    """Computes the catalogue's probes of all layers of all lanes over the training split, many points in pieces.

    Gradients are those of the cost that training makes small: mean loss in scaled units over the whole training split,
    plus penalty.

    Parameters
    ----------
    network
        The lanes; it reads their present weights each time.
    data
        The points.
    terms : mapping of Tensor [lanes, 1]
        The strengths of the regularizers that any lane uses, by name.
    clip
        Clips gradients [lanes, parameters] in place, as a step does; None where no lane clips.
    """

    def __init__(
        self,
        network: LaneNetwork,
        data: EncodedData,
        terms: Mapping[str, Tensor],
        clip: Callable[[Tensor], None] | None = None,
    ) -> None:
        self._network, self._data, self._terms, self._clip = network, data, terms, clip
        self._pieces = TrainingPieces(data, piece_rows(data.training, network.layout))
        self._whole = len(self._pieces) == 1
        self._inputs = self._pieces.inputs.expand(network.lanes, -1, -1)
        self._shares = self._pieces.shares.repeat(network.lanes, 1)
        self._latest: BackpropResult | Summed | None = None
        """Of the latest piece; a replay writes into its memory."""
        self._found: tuple[LayerSums, Tensor, Tensor] | None = None

    def run(self, compute: Callable[[int], object] | None = None) -> None:
        """Go forward and back over all training points, piece by piece.

        Parameters
        ----------
        compute
            Gets the number of a piece; does what the method ``compute`` does, which is called without it, or calls
            ``take``.
        """
        self._found = None
        for piece in range(len(self._pieces) if self._data.training else 0):
            rows = self._pieces.load(piece)
            self._shares.copy_(self._pieces.shares)
            if compute is None:
                self.compute()
            else:
                compute(piece)
            self._add(rows.stop - rows.start)
        self._finish()

    def compute(self) -> tuple[Tensor, ...]:
        """Run what torch does with a piece: one pass forward and back. Can be recorded and replayed."""
        # What the penalty adds and clipping takes away depends on the gradient of all points.
        terms, clip = (self._terms, self._clip) if self._whole else ({}, None)
        self._latest = backprop_of(
            self._network, self._data, terms, clip, self._inputs, self._pieces.encoded, self._shares
        )
        return self._latest.tensors()

    def take(self, latest: BackpropResult | Summed) -> None:
        """Take from elsewhere what ``compute`` would find.

        Parameters
        ----------
        latest
            Over the points of the piece that was loaded last, or more if it is not summed; with penalty and clipping
            only if there is no other piece. Sums are enough where ``has_point_sums`` says so.
        """
        self._latest = latest

    def _finish(self) -> None:
        """Take penalty and clipping into the gradients of pieces."""
        if self._found is not None and not self._whole:
            sums, gradient, _ = self._found
            parts = [gradient.float()]
            self._found = sums, *_gradients(self._network, self._terms, self._clip, parts)

    def _add(self, points: int) -> None:
        """Add the latest piece, with so many points, to what was found in the others."""
        piece = self._latest
        assert piece is not None
        if isinstance(piece, BackpropResult):
            sums = LayerSums.of(self._network, piece.first(points), self._data.training)
        else:
            sums = piece.sums
        if self._whole:
            self._found = sums, piece.gradient, piece.clipped
        elif self._found is None:
            gradient = piece.gradient.double()
            self._found = sums, gradient, gradient
        else:
            before, gradient, _ = self._found
            self._found = before.joined(sums), gradient.add_(piece.gradient), gradient

    def backward(self, lane: int) -> Backward | None:
        """Return what ``run`` found last of a lane, neuron by neuron.

        Parameters
        ----------
        lane
            Index of the lane.

        Returns
        -------
        Backward or None
            None without training points.
        """
        if self._found is None:
            return None
        sums, gradient, _ = self._found
        return Backward(gradient[lane], *sums.idle(lane))

    def numbers(self, before: Tensor, indices: Sequence[int]) -> tuple[Floats, list[Chain | None]]:
        """Return the probes that ``run`` found last.

        Parameters
        ----------
        before : Tensor [lanes, size]
            The parameters before the latest step.
        indices
            Lanes whose chains are wanted.

        Returns
        -------
        probes : float64 [lanes, P, L]
            Of all lanes; NaN without training points.
        chains : list of Chain or None
            For each of ``indices``; None for a lane that has none.
        """
        network = self._network
        if self._found is None or self._latest is None:
            nothing = no_layer_numbers(network.layout.layers)
            return np.repeat(nothing[None], network.lanes, 0), [None] * len(indices)
        sums, gradient, clipped = self._found
        numbers = layer_numbers(network, before, sums, gradient, clipped)
        if has_records():
            assert isinstance(self._latest, BackpropResult)
            numbers |= record_numbers(network, self._latest.first(self._data.training))
        return layer_block(**numbers), [chain_of(network, lane, sums) for lane in indices]


def backprop_of(
    network: LaneNetwork,
    data: EncodedData,
    terms: Mapping[str, Tensor],
    clip: Callable[[Tensor], None] | None,
    inputs: Tensor,
    encoded: Tensor,
    shares: Tensor,
) -> BackpropResult:
    """Go forward and back through networks once.

    Parameters
    ----------
    network, data, terms, clip
        As for ``LayerMeasuring``; of the data only the loss is used.
    inputs : Tensor [lanes, n, features]
        Scaled features.
    encoded : Tensor [n, outputs]
        Targets as the loss takes them.
    shares : Tensor [lanes, n]
        The weight of each point's loss in the cost.

    Returns
    -------
    BackpropResult
        Over all n points.
    """
    trace = list[tuple[Tensor, Tensor]]()
    output = network.forward(inputs, trace=trace)
    losses = data.per_point(output, encoded)
    z, a = [*(pair[0] for pair in trace), output], [pair[1] for pair in trace]
    parameters = network.parameters
    found = torch.autograd.grad(losses, [*parameters, *z, *a], shares)
    moved, errors, pulls = (
        found[: len(parameters)],
        found[len(parameters) : len(parameters) + len(z)],
        found[len(parameters) + len(z) :],
    )
    gradient, clipped = _gradients(network, terms, clip, moved)
    hidden = torch.cat(z[:-1], -1).detach() if a else None
    slopes = None if hidden is None else slopes_of(network, hidden)
    with torch.no_grad():
        return BackpropResult(
            z=hidden,
            slopes=slopes,
            a=torch.cat(a, -1).detach() if a else None,
            pulls=torch.cat(pulls, -1) if a else None,
            errors=torch.cat(errors, -1),
            gradient=gradient,
            clipped=clipped,
        )


def _gradients(
    network: LaneNetwork,
    terms: Mapping[str, Tensor],
    clip: Callable[[Tensor], None] | None,
    parts: Sequence[Tensor],
) -> tuple[Tensor, Tensor]:
    """The cost's gradient [lanes, parameters], and the one that a step follows.

    The second is what clipping leaves of the first without the terms that a proximal step replaces.
    """
    rows, layout = network.flat, network.layout
    with torch.no_grad():
        gradient = torch.cat([part.reshape(network.lanes, -1) for part in parts], 1)
        add_penalty_gradient(gradient, rows, layout, terms)
        if clip is None and not has_proximal(terms):
            return gradient, gradient
        clipped = gradient.clone()
        if clip is not None:
            clip(clipped)
        add_proximal_gradient(gradient, rows, layout, terms)
    return gradient, clipped
