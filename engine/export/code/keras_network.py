"""The network of a script for Keras, and how its weights begin."""

from __future__ import annotations

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.catalogue.regularizers import REGULARIZERS
from engine.export.code.calls import Argument, add_call
from engine.export.code.keras_batches import noise_of_layer
from engine.export.code.plan import Plan
from engine.export.code.script import Script

KEY = "keras"


class Writer:
    """Adds the layers of a model, in a list or, for residual connections, one after another.

    Parameters
    ----------
    script
        Takes the lines.
    functional
        Whether layers are called one after another.
    """

    def __init__(self, script: Script, functional: bool) -> None:
        self.script, self.functional = script, functional

    @property
    def depth(self) -> int:
        """How far layers are indented."""
        return 0 if self.functional else 1

    def layer(self, name: str, arguments: list[Argument], path: str) -> None:
        """Add a layer."""
        head, tail = (f"a = {name}(", ")(a)") if self.functional else (f"{name}(", "),")
        add_call(self.script, head, arguments, tail, path, depth=self.depth)

    def made(self, text: str, path: str) -> None:
        """Add a layer that is written already."""
        self.script.add(f"a = {text}(a)" if self.functional else f"{text},", path, depth=self.depth)


def add_network(script: Script, plan: Plan) -> None:
    """Add ``model`` and its first weights."""
    _add_shared(script, plan)
    hidden = range(1, len(plan.widths) - 1)
    writer = Writer(script, any(map(plan.adds, hidden)))
    path = plan.path("network")
    if writer.functional:
        script.add(f"a = inputs_of_model = keras.Input(({plan.widths[0]},))", path)
    else:
        script.add("model = keras.Sequential([", path)
        script.add(f"keras.Input(({plan.widths[0]},)),", path, depth=1)
    noise = noise_of_layer(plan)
    if noise:
        writer.made(noise, plan.regularizer_path("input_noise"))
    _add_dropout(writer, plan, 0)
    for layer in hidden:
        _add_hidden_layer(writer, plan, layer)
    _add_dense(writer, plan, len(plan.widths) - 1)
    if writer.functional:
        script.add("model = keras.Model(inputs_of_model, a)", path)
    else:
        script.add("])", path)
    if plan.with_weights:
        _add_own_weights(script, plan)
    script.blank()


def _add_shared(script: Script, plan: Plan) -> None:
    """What several layers share: the penalty and the limit of norms."""
    on = plan.regularizers()
    penalties = [key for key in ("l1", "l2") if key in on]
    if penalties:
        texts = [REGULARIZERS[key].code.written(KEY, on[key]) for key in penalties]
        paths = [plan.regularizer_path(key) for key in penalties]
        script.comment("Added to the loss for each layer: l1 Σ|W| + l2 ΣW².")
        if "l1" in on:
            update = L1_UPDATES[on["l1"]["l1_update"]]
            if update.shrink is not None:
                clause = f"Keras has no update {update.label}, {update.formula}: no weight becomes exactly 0"
                script.lack(clause, plan.path("regularization.l1_update"))
        script.add(f"penalty = keras.regularizers.L1L2({', '.join(texts)})", *paths)
    if "max_norm" in on:
        text = REGULARIZERS["max_norm"].code.written(KEY, on["max_norm"])
        script.add(f"limit = {text}", plan.regularizer_path("max_norm"))


def _add_hidden_layer(writer: Writer, plan: Plan, layer: int) -> None:
    adds, path = plan.adds(layer), plan.path("network.residual")
    if adds:
        writer.script.add("before = a", path)
    settings = plan.lane.network.normalization
    normalized = settings is not None and plan.is_normalized(layer)
    steps = POSITIONS[settings.position].steps if settings is not None and normalized else ("activate",)
    within = steps[0] == "activate"
    _add_dense(writer, plan, layer, activated=within)
    for step in steps[1:] if within else steps:
        if step == "activate":
            _add_activation(writer, plan)
        else:
            _add_normalization(writer, plan)
    if adds:
        writer.script.add("a = keras.layers.Add()([before, a])", path)
    _add_dropout(writer, plan, layer)


def _add_dense(writer: Writer, plan: Plan, layer: int, activated: bool = False) -> None:
    network, on = plan.lane.network, plan.regularizers()
    hidden = layer < len(plan.widths) - 1
    arguments = [Argument(str(plan.widths[layer]), plan.path("network.hidden") if hidden else "")]
    if activated:
        text = _activation(writer, plan)
        arguments.append(Argument(f"activation={text}", plan.path("network.activation")))
    path = plan.path("network.initializer")
    if not plan.with_weights:
        entry = INITIALIZERS[network.initializer.name]
        text = entry.code.written(KEY, network.initializer.parameters)
        if not text:
            clause = f"the initializer {entry.label}, {entry.formula}, has no name in Keras"
            writer.script.lack(clause, path, depth=writer.depth)
        else:
            add_note(writer.script, entry.code.notes.get(KEY), path, writer.depth)
            arguments.append(Argument(f"kernel_initializer={text}", path))
    if "l1" in on or "l2" in on:
        arguments.append(Argument("kernel_regularizer=penalty"))
    if "max_norm" in on and hidden:
        arguments.append(Argument("kernel_constraint=limit"))
    writer.layer("keras.layers.Dense", arguments, plan.path("network"))


def _activation(writer: Writer, plan: Plan) -> str:
    choice, path = plan.lane.network.activation, plan.path("network.activation")
    entry = ACTIVATIONS[choice.name]
    text = entry.code.written(KEY, choice.parameters)
    if not text:
        clause = f"the activation {entry.label}, {entry.formula}, has no name in Keras"
        writer.script.lack(clause, path, depth=writer.depth)
    if KEY in entry.code.definitions:
        writer.script.define(entry.code.definitions[KEY])
    return text or '"linear"'


def _add_activation(writer: Writer, plan: Plan) -> None:
    text, path = _activation(writer, plan), plan.path("network.activation")
    writer.made(text if text.startswith("keras.layers.") else f"keras.layers.Activation({text})", path)


def _add_normalization(writer: Writer, plan: Plan) -> None:
    settings, path = plan.lane.network.normalization, plan.path("network.normalization")
    assert settings is not None
    entry = NORMALIZATIONS[settings.kind]
    text = entry.code.written(KEY, {})
    if text:
        add_note(writer.script, entry.code.notes.get(KEY), path, writer.depth)
        if entry.over_batch and plan.last_batch_is_a_point:
            add_note(
                writer.script,
                "Keras normalizes a batch of one point with its own moments",
                path,
                writer.depth,
            )
        writer.made(text, path)
    else:
        clause = f"the normalization {entry.label}, {entry.formula}, has no name in Keras"
        writer.script.lack(clause, path, depth=writer.depth)


def _add_dropout(writer: Writer, plan: Plan, layer: int) -> None:
    rate = plan.rates[layer]
    if rate:
        below = "regularization.dropout" if layer else "regularization.dropout.input_rate"
        writer.made(REGULARIZERS["dropout"].code.written(KEY, {"rate": rate}), plan.path(below))


def _add_own_weights(script: Script, plan: Plan) -> None:
    path = plan.path("seed")
    script.comment(
        f"The weights that lane {plan.lane_name} begins with: [inputs, outputs] of each layer.", path
    )
    script.add("dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]", path)
    script.add(f'with np.load("{plan.weights_file}") as initial:', path)
    script.add("for number, layer in enumerate(dense, 1):", path, depth=1)
    script.add('layer.set_weights([initial[f"W{number}"], initial[f"b{number}"]])', path, depth=2)


def add_note(script: Script, note: str | None, path: str, depth: int = 0) -> None:
    """Say once what is not quite the same."""
    if note and note not in script.lacks:
        script.lack(note, path, depth=depth, is_note=True)
