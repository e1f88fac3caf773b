"""The arrangements that the window offers by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scheme:
    """Which docks are shown, by title, and what the centre shows.

    ``plots`` are groups from left to right; the titles of a group are tabs of one another, the first one in front.
    ``share`` is the plots' share of the height, None for the default.
    """

    key: str
    title: str
    meaning: str
    keys: str
    columns: tuple[str, ...] = ("Data", "Model")
    plots: tuple[tuple[str, ...], ...] = ()
    share: float | None = None
    diagram: bool = True
    connections: str = ""

    @property
    def has_groups(self) -> bool:
        """Whether it says which plots are tabs of one another, whatever the width of the window."""
        return sum(map(len, self.plots)) > 1


SCHEMES = (
    Scheme(
        "draw",
        "&Draw",
        "The data and a canvas as large as can be.",
        "Ctrl+Alt+1",
        columns=("Data",),
        diagram=False,
    ),
    Scheme(
        "overfitting",
        "&Overfitting",
        "The loss of all splits large, with the regularizers beside it.",
        "Ctrl+Alt+2",
        plots=(("Loss",),),
        share=0.36,
        connections="weights",
    ),
    Scheme(
        "gradients",
        "&Gradients",
        "Gradients per layer and over time; the connections of the network show the gradient.",
        "Ctrl+Alt+3",
        columns=("Model",),
        plots=(("Gradient per layer", "Chain"), ("Gradient over time", "Loss")),
        share=0.36,
        connections="gradient",
    ),
    Scheme(
        "sweep",
        "S&weep",
        "All networks of a sweep large, below the chosen one, with its plots as tabs.",
        "Ctrl+Alt+0",
        plots=(("Sweep", "Loss", "Gradient per layer", "Gradient over time", "Weights", "Differences"),),
        share=0.62,
        diagram=False,
    ),
)

SWEEP = SCHEMES[-1]
"""What a sweep begins with."""
