"""The parameters of network, training and data settings: range, default, label, tooltip and slider."""

from engine.catalogue.entry import Parameter

LEARNING_RATE = Parameter(
    "learning_rate",
    "Learning rate",
    0.003,
    0.0,
    100.0,
    "How far each update moves the weights. Too high diverges, too low crawls.",
    formula="w ← w − η·∂C/∂w (SGD)",
    log=True,
    slider=(1e-5, 10.0),
)
LAYER_RATE = Parameter(
    "layer_rates",
    "Rate of a layer",
    1.0,
    0.0,
    1e6,
    "What the learning rate is multiplied by in this layer.",
    formula="ηₗ = η · factorₗ",
    log=True,
    slider=(1e-3, 1e3),
)
BATCH_SIZE = Parameter(
    "batch_size",
    "Batch size",
    10,
    1,
    100_000,
    "Training points per update; the last batch of an epoch holds what is left over.",
    integer=True,
    log=True,
    slider=(1, 500),
)
LAYER_WIDTH = Parameter(
    "hidden", "Neurons", 8, 1, 512, "Neurons in this hidden layer.", integer=True, slider=(1, 32)
)
MAX_HIDDEN_LAYERS = 64
POINTS = Parameter(
    "points",
    "Points",
    500,
    2,
    100_000,
    "How many points the generator makes.",
    integer=True,
    log=True,
    slider=(20, 5000),
)
NOISE = Parameter(
    "noise", "Noise", 0.1, 0.0, 1.0, "How much noise the generator adds: 0 % to 100 %.", slider=(0.0, 0.5)
)
CLASSES = Parameter(
    "classes", "Classes", 2, 2, 10, "How many classes the points may belong to.", integer=True
)
VALIDATION = Parameter(
    "validation",
    "Validation",
    0.25,
    0.0,
    0.9,
    "Share of the points that is never trained on, but watched while training (early stopping).",
)
TEST = Parameter(
    "test",
    "Test",
    0.25,
    0.0,
    0.9,
    "Share of the points that is neither trained on nor used for any decision.",
)
SEED = Parameter(
    "seed", "Seed", 0, 0, 2**32 - 1, "The same seed gives the same random numbers.", integer=True
)
