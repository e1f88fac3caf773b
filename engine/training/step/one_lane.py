"""One lane of a stack by itself: what a step is recorded on that then runs for every lane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from engine.network import LaneNetwork
from engine.training.step.step_state import StepState


@dataclass(frozen=True, eq=False)
class OneLane:
    """A copy of a stack's first lane.

    Attributes
    ----------
    state
        The copy, in memory of its own.
    templates
        Each of its tensors, by a name.
    actual
        The stack's tensors [lanes, …], by the same names.
    """

    state: StepState
    templates: Mapping[str, Tensor]
    actual: Mapping[str, Tensor]

    @classmethod
    def of(cls, state: StepState) -> OneLane:
        """Copy the first lane."""
        actual = {f"memory {row}": memory for row, memory in enumerate(state.memory)}
        actual |= {f"hyper {key}": tensor for key, tensor in state.hyper.items()}
        actual |= {f"term {key}": tensor for key, tensor in state.terms.items()}
        actual |= {f"rate {layer}": rate for layer, rate in enumerate(state.rates) if rate is not None}
        memory = state.memory[:, :1].clone()
        copies = {name: tensor[:1].clone() for name, tensor in actual.items()}
        copies |= {f"memory {row}": part for row, part in enumerate(memory)}
        network = state.network
        copy = replace(
            state,
            network=LaneNetwork(network.layout, network.activation, memory[0]),
            memory=memory,
            slots=dict(zip(state.slots, memory[2:], strict=True)),
            hyper={key: copies[f"hyper {key}"] for key in state.hyper},
            terms={key: copies[f"term {key}"] for key in state.terms},
            rates=[copies.get(f"rate {layer}") for layer in range(len(state.rates))],
        )
        return cls(copy, copies, actual)
