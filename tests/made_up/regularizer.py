"""A made-up regularizer. It needs a few lines besides its record; they are added while their modules are imported.

``LINES`` are those lines, as somebody who adds a penalty writes them: its field among the settings, and its term.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from engine.catalogue import regularizers
from engine.catalogue.entry import Parameter
from engine.catalogue.regularizers import Regularizer, Shrinking

STRENGTH = Parameter(
    "made_up_pull", "π", 0.0, 0.0, 10.0, "How strongly weights and biases are pulled to zero."
)

RECORD = Regularizer(
    key="made_up_pull",
    label="Pull",
    formula="C ← C + π·Σ ln cosh θ, over weights and biases",
    tooltip="Pulls weights and biases to zero: small ones like L2 does, large ones like L1.",
    parameters=(STRENGTH,),
    group="Penalties",
    typical_on={"made_up_pull": 0.01},
    shrinking=Shrinking(0.5, "Pull with π = {}"),
)

LINES = {
    "engine.experiment.settings": [
        (
            "    mixup: Annotated[float, _range(regularizers.MIXUP)] = 0.0\n",
            "    made_up_pull: Annotated[float, _range(regularizers.MADE_UP_PULL)] = 0.0\n",
        )
    ],
    "engine.network.penalty": [
        (
            "PENALTIES: tuple[PenaltyTerm, ...] = (\n",
            "    PenaltyTerm(\n"
            "        ('made_up_pull',),\n"
            "        lambda rows, layout, strength: strength * rows[:, : layout.parameters].cosh().log(),\n"
            "        lambda gradient, rows, layout, strength: gradient.addcmul_(\n"
            "            rows[:, : layout.parameters].tanh(), strength\n"
            "        ),\n"
            "    ),\n",
        )
    ],
}
"""By module, pairs of what stands there and what is written below it."""


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        for there, added in LINES[fullname]:
            assert source.count(there) == 1, f"{fullname} has changed: name another line than {there!r}"
            source = source.replace(there, there + added)
        return compile(source, self.path, "exec", dont_inherit=True)


class _Finder:
    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in LINES:
            return None
        spec = PathFinder.find_spec(name, path, target)
        assert spec is not None
        assert isinstance(spec.loader, SourceFileLoader)
        spec.loader = _Loader(name, spec.loader.path)
        return spec


def add_lines() -> None:
    """Have the modules of ``LINES`` imported with those lines; none of them may have been imported yet."""
    assert not LINES.keys() & sys.modules.keys()
    regularizers.MADE_UP_PULL = STRENGTH  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Finder)
