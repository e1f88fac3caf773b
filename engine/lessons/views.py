"""What a step of a lesson can watch, which options of it, and what a step can point at. The window has them."""

from __future__ import annotations

from types import MappingProxyType

VIEWS = MappingProxyType(
    {
        "canvas": ("discretize", "wrong", "test_data", "uncertainty", "disagreement", "augmented"),
        "diagram": ("connections",),
        "lanes": (),
        "differences": (),
        "diagnosis": (),
        "loss": ("stacked", "hidden"),
        "gradient_per_layer": ("probe",),
        "gradient_over_time": ("probe",),
        "chain": (),
        "weights": (),
    }
)
"""What a step can watch, and the options of each that it can set."""
PROBE, CONNECTIONS, HIDDEN = "probe", "connections", "hidden"
"""Options that are names, the last one a list of them; all others are switches."""
CURVES = ("training", "validation", "test", "penalty")
"""The curves of the loss that can be hidden."""
CONTROLS = ("play", "reset", "step", "restore_best", "repeats", "duplicate", "task")
"""What a step can point at, beside settings."""
