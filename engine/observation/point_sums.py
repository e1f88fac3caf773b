"""What ``LayerSums`` holds, computed by tensor calls for a fixed number of rows: machine code adds it up on its way.

The same sums as those of ``LayerSums.of``, in the same order, to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.probes import SATURATED_BELOW
from engine.network import LaneNetwork, Layout
from engine.observation.probes import BackpropResult, LayerSums, dead_of, has_chain, has_records

SUMS = ("errors", "pulls", "slopes", "a", "scatter", "flat", "largest z", "largest a")
"""All results that ``point_sums`` may have."""


def has_point_sums(layout: Layout) -> bool:
    """Return whether sums over points are all that the probes need.

    Parameters
    ----------
    layout
        The shape of the network.

    Returns
    -------
    bool
        False for a chain, whose single points are looked at; for probes with a ``measure`` of their own; and for a
        single hidden neuron or output alone, whose numbers NumPy adds in another order.
    """
    single = sum(layout.widths[1:-1]) == 1 or layout.widths[1:] == (1,)
    return not (single or has_chain(layout) or has_records())


def point_sums(
    network: LaneNetwork, found: BackpropResult, shares: Tensor, points: Tensor
) -> dict[str, Tensor]:
    """Add up what was found of some points.

    Parameters
    ----------
    network
        The lanes.
    found
        Of these lanes, over the points and rows that repeat the first of them.
    shares : Tensor [n]
        Above 0 for points, 0 for other rows.
    points : Tensor, float64 [1]
        How many points there are.

    Returns
    -------
    dict of Tensor [lanes, neurons]
        The sums that ``LayerSums`` names, in double precision, and for neurons that can die the ``largest z`` and |a|.
    """
    is_point, nothing = (shares > 0.0)[:, None], torch.zeros((), dtype=torch.float64)

    def total(rows: Tensor) -> Tensor:
        return torch.where(is_point, rows, nothing).sum(1)

    sums = {"errors": total(found.errors.double().square())}
    if found.z is None or found.slopes is None or found.a is None or found.pulls is None:
        return sums
    activation, layout = ACTIVATIONS[network.activation.name], network.layout
    slopes, a = found.slopes.double(), found.a.double()
    sums |= {"pulls": total(found.pulls.double().square()), "slopes": total(slopes), "a": total(a)}
    sums["scatter"] = total((a - (sums["a"] / points)[:, None]).square())
    if activation.largest_slope is not None:
        sums["flat"] = total((slopes < SATURATED_BELOW * activation.largest_slope).double())
    if activation.dies(**network.activation.parameters):
        sums["largest z"] = found.z.amax(1)
        if any(layout.adds(layer) for layer in range(2, layout.layers)):
            sums["largest a"] = found.a.abs().amax(1)
    return sums


def layer_sums(layout: Layout, sums: Mapping[str, Tensor], points: int) -> LayerSums:
    """Return what ``LayerSums.of`` would.

    Parameters
    ----------
    layout
        The shape of the network.
    sums
        What ``point_sums`` returned; copied.
    points
        Of how many points.

    Returns
    -------
    LayerSums
    """
    arrays = {key: values.numpy().copy() for key, values in sums.items()}
    errors, z, a = arrays.pop("errors"), arrays.pop("largest z", None), arrays.pop("largest a", None)
    dead = None if z is None else dead_of(layout, z <= 0.0, None if a is None else a == 0.0)
    return LayerSums(points, errors, arrays, dead, None)
