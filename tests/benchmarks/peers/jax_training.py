"""The step in JAX, run in its own environment: whole epochs in one compiled call, all lanes by ``vmap``.

The same network, loss, optimizer, batches and numbers (float32) as ours, as a user of JAX would write it: ``jit`` of a
``scan`` over the batches, with donated buffers. Both usual ways to keep the parameters are measured, as a tree of
arrays and as one flat vector.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from tests.benchmarks.peers.serving import Case, Chunk, serve

POINTS, RATE, BETA1, BETA2, EPSILON = 250, 0.003, 0.9, 0.999, 1e-8

Tree = Any


def main() -> None:
    serve({"tree": lambda case: _epochs(case, flat=False), "flat": lambda case: _epochs(case, flat=True)})


def _epochs(case: Case, flat: bool) -> Chunk:
    rng = np.random.default_rng(0)
    x = jnp.asarray(rng.uniform(-1.0, 1.0, (POINTS, 2)), jnp.float32)
    y = jnp.asarray(rng.integers(0, 2, POINTS))
    batches = [rng.permutation(POINTS).reshape(-1, case.batch) for _ in range(case.epochs)]
    order = jnp.asarray(np.concatenate(batches))
    keys = jax.random.split(jax.random.key(0), case.lanes)
    tree = jax.vmap(lambda key: _first_parameters(key, (2, *case.hidden, 2)))(keys)
    loss: Callable[..., jax.Array] = _loss
    parameters = tree
    if flat:
        parameters = jax.vmap(lambda one: ravel_pytree(one)[0])(tree)
        _, shape = ravel_pytree(jax.tree.map(lambda leaf: leaf[0], tree))
        loss = lambda row, inputs, labels: _loss(shape(row), inputs, labels)  # noqa: E731

    def train(state: Tree, order: jax.Array, x: jax.Array, y: jax.Array) -> tuple[Tree, jax.Array]:
        def step(state: Tree, batch: jax.Array) -> tuple[Tree, jax.Array]:
            parameters, *slots = state
            value, gradient = jax.value_and_grad(loss)(parameters, x[batch], y[batch])
            return _adam(parameters, gradient, *slots), value

        final, values = jax.lax.scan(step, state, order)
        return final, values

    state = (parameters, *(jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)), jnp.zeros(case.lanes))
    if case.lanes == 1:
        state = jax.tree.map(lambda leaf: leaf[0], state)
    else:
        train = jax.vmap(train, (0, None, None, None))
    compiled = jax.jit(train, donate_argnums=0)
    kept = [state]

    def chunk() -> int:
        kept[0], losses = compiled(kept[0], order, x, y)
        jax.block_until_ready((kept[0], losses))
        return len(order)

    return chunk


def _first_parameters(key: jax.Array, widths: tuple[int, ...]) -> Tree:
    layers = []
    for inputs, outputs in pairwise(widths):
        key, own = jax.random.split(key)
        limit = (6.0 / (inputs + outputs)) ** 0.5
        weights = jax.random.uniform(own, (inputs, outputs), jnp.float32, -limit, limit)
        layers.append((weights, jnp.zeros(outputs)))
    return layers


def _loss(parameters: Tree, x: jax.Array, y: jax.Array) -> jax.Array:
    for weights, bias in parameters[:-1]:
        x = jnp.tanh(x @ weights + bias)
    weights, bias = parameters[-1]
    logs = jax.nn.log_softmax(x @ weights + bias)
    return -jnp.take_along_axis(logs, y[:, None], 1).mean()


def _adam(parameters: Tree, gradient: Tree, m: Tree, v: Tree, updates: jax.Array) -> Tree:
    updates = updates + 1.0
    m = jax.tree.map(lambda m, g: BETA1 * m + (1.0 - BETA1) * g, m, gradient)
    v = jax.tree.map(lambda v, g: BETA2 * v + (1.0 - BETA2) * g * g, v, gradient)
    to_m, to_v = 1.0 - BETA1**updates, 1.0 - BETA2**updates
    parameters = jax.tree.map(
        lambda p, m, v: p - RATE * (m / to_m) / (jnp.sqrt(v / to_v) + EPSILON), parameters, m, v
    )
    return parameters, m, v, updates


if __name__ == "__main__":
    main()
