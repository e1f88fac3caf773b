"""Which device trains a document: the rule that was measured, and what is said."""

from __future__ import annotations

import pytest
import torch
from msgspec import structs

from engine.experiment import Experiment, ExperimentError, default_experiment, edit_many
from engine.training.device_choice import Where, chosen


def network(hidden: list[int], batch: int, lanes: int) -> Experiment:
    """One of the table in docs/performance.md."""
    made = edit_many(
        default_experiment(), {"lanes.0.network.hidden": hidden, "lanes.0.training.batch_size": batch}
    )
    return structs.replace(
        made, lanes=tuple(structs.replace(made.lanes[0], name=f"L{number}") for number in range(lanes))
    )


FASTER = {"8-8-8": False, "ten of 32": True, "128-128": True, "256-256-256": True}
MEASURED = {
    "8-8-8": network([8, 8, 8], 10, 64),
    "ten of 32": network([32] * 10, 10, 64),
    "128-128": network([128, 128], 32, 64),
    "256-256-256": network([256] * 3, 32, 8),
}


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("name", MEASURED)
def test_auto_takes_what_was_faster(name: str, there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    found = chosen("auto", MEASURED[name])
    assert found.device == ("cuda" if there and FASTER[name] else "cpu")
    said = {
        (False, False): "because a processor is faster for networks as small as these",
        (False, True): "because a processor is faster for networks as small as these",
        (True, False): "because PyTorch sees no CUDA device",
        (True, True): "because PyTorch sees a CUDA device",
    }
    assert found.why == said[FASTER[name], there]


def test_who_asks_for_a_device_gets_it_or_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    small = MEASURED["8-8-8"]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert chosen("cuda", small) == Where("cuda")
    assert chosen("cpu", MEASURED["256-256-256"]) == Where("cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ExperimentError, match="--device: PyTorch sees no CUDA device here; use cpu"):
        chosen("cuda", small)
