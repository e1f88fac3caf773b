"""The order in which lanes train their points, in a script, in NumPy."""

from __future__ import annotations

from engine.export.code.plan import Plan
from engine.export.code.script import Script


def add_own_order(script: Script, plan: Plan) -> None:
    """Add ``order(epoch)``, which returns indices of the training points."""
    path = "data.split.seed"
    script.blank(2)
    script.add("def order(epoch):", path)
    text = '"""The order of the training points in which lanes train in this epoch, from 1."""'
    script.add(text, path, depth=1)
    script.add('number = len(x["training"])', path, depth=1)
    script.add("blocks = -(-number // 4)", path, depth=1)
    seed = plan.data.split.seed
    script.add(f"numbers = np.random.Philox(key={seed}, counter=(epoch - 1) * blocks)", path, depth=1)
    script.add("return numbers.random_raw(4 * blocks)[:number].argsort()", path, depth=1)
    script.blank(2)
