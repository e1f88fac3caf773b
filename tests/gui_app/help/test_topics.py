"""Every text is whole, every link leads somewhere, every picture can be drawn, every entry is explained."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtGui import QImage, QPainter

from engine.catalogue import Entry, Family
from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.regularizers import REGULARIZERS
from gui_app.help import topics
from gui_app.help.pictures import functions, training
from gui_app.help.pictures.registry import PICTURES
from gui_app.help.pictures.sheet import HEIGHT, WIDTH, Sheet
from gui_app.help.topics import families, read_topic, topic, topic_keys
from gui_app.help.typeset import typeset
from gui_app.theme.tokens import DARK, LIGHT

ENTRIES = [key for family in families().values() for key in family]

# Pictures write text, which needs an application, whichever of these tests comes first.
pytestmark = pytest.mark.usefixtures("qapp")


def pixels(name: str, theme=LIGHT, chosen: str = "") -> np.ndarray:
    """What a picture paints, [rows, columns, 4]; a margin around it is empty if nothing is painted beside it."""
    image = QImage(round(WIDTH), round(HEIGHT), QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    PICTURES[name].draw(Sheet(painter, theme), chosen)
    painter.end()
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4)


@pytest.mark.parametrize("key", topic_keys())
def test_a_text_has_a_title_words_a_picture_and_links_that_lead_somewhere(key):
    one = topic(key)
    assert one.title
    assert 15 <= len(one.words.split()) <= 110
    assert one.picture in PICTURES
    for other in one.see_also:
        assert topic(other).title != one.title


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_of_the_catalogue_is_explained_without_a_text(key, monkeypatch):
    monkeypatch.setattr(topics, "topic_keys", tuple)
    one = topic.__wrapped__(key)
    assert one.title
    assert one.words
    assert one.picture in PICTURES
    assert set(one.see_also) <= set(topic_keys())


def test_a_new_entry_is_explained_by_its_record(monkeypatch):
    new = Entry(key="made_up", label="Made up", formula="a = z^2", tooltip="Squares what comes in.")
    monkeypatch.setattr(
        topics, "families", lambda: {"activation": Family("activation", [*ACTIVATIONS.values(), new])}
    )
    one = topic.__wrapped__("made_up")
    assert (one.title, one.words, one.formulas) == ("Made up", "Squares what comes in.", ("a = z^2",))
    assert one.picture == "activation"


def test_what_has_neither_text_nor_entry_is_refused():
    with pytest.raises(KeyError, match="no help on 'nothing'"):
        topic("nothing")


def test_a_text_is_read_in_parts():
    one = read_topic("x", "# Title\n\nWords.\n\n## Formula\n\na\n\nb\n\n## See also\n\nl1, l2\n")
    assert (one.title, one.words, one.formulas, one.see_also) == ("Title", "Words.", ("a", "b"), ("l1", "l2"))
    assert one.picture == "x"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_in_both_themes_and_stays_inside(qapp, name):
    light, dark = pixels(name), pixels(name, DARK)
    assert (light[..., 3] > 0).mean() > 0.01
    assert (light != dark).any()
    edge = np.concatenate([light[:1].reshape(-1, 4), light[:, :1].reshape(-1, 4)])
    assert (edge[:, 3] == 0).all()


def test_pictures_draw_the_functions_of_the_engine(qapp):
    z, curves = functions.activation_curves()
    assert set(curves) == set(ACTIVATIONS)
    assert np.allclose(curves["relu"], np.maximum(z, 0))
    assert np.allclose(curves["tanh"], np.tanh(z), atol=1e-6)
    error, losses = functions.loss_curves()
    assert np.allclose(losses["squared"], error**2, atol=1e-5)
    assert (np.abs(functions.first_weights()["playground"]) <= 0.5).all()
    paths = functions.optimizer_paths()
    assert np.allclose(paths["sgd"][1], [-9.0 * (1 - 0.25 * 0.05), 2.2 * 0.75], atol=1e-5)
    assert all(np.hypot(*path[-1]) < np.hypot(*path[0]) for path in paths.values())


def test_the_chosen_entry_is_stressed(qapp):
    assert (pixels("activation", chosen="relu") != pixels("activation", chosen="tanh")).any()
    assert (pixels("activation", chosen="relu") != pixels("activation")).any()


def test_early_stopping_marks_the_lowest_validation_loss():
    epochs, validation = training._validation()
    best = int(np.argmin(validation))
    assert 0 < best < len(epochs) - 1


@pytest.mark.parametrize(
    ("formula", "html"),
    [
        ("w ← w − η·∂C/∂w", "<i>w</i> ← <i>w</i> − <i>η</i>·∂<i>C</i>/∂<i>w</i>"),
        ("max(0, z_l)^2 < 1", "max(0, <i>z</i><sub><i>l</i></sub>)<sup>2</sup> &lt; 1"),
        ("E_va > Σ W^{T}", "<i>E</i><sub>va</sub> &gt; Σ <i>W</i><sup>T</sup>"),
        ("factor^⌊t / every⌋", "factor<sup>⌊<i>t</i> / every⌋</sup>"),
    ],
)
def test_formulas_are_set_with_italics_and_sub_and_superscripts(formula, html):
    assert typeset(formula).replace("<i>T</i>", "T") == html


SAID = {
    "dropout": ("anew for each point", "first point of the latest batch"),
    "gradient_bars": ("over all training points",),
    "gradient_history": ("over all training points after each epoch",),
    "initializer": ("*Glorot* suits tanh and layers without activation", "With sigmoid"),
    "plots": ("Triangles",),
    "split": ("pale with a dark rim (test)", "diamonds"),
    "residual": ("no neuron dead past which",),
    "speed": ("single step a second",),
    "max_norm": ("each hidden neuron",),
    "l1": (
        "Subgradient, the other weights become small",
        "hardly ever exactly 0",
        "Proximal makes them exactly 0",
    ),
    "label_smoothing": ("0.95 and 0.05",),
    "discretize": ("With classes", "A surface is shown in steps", "A curve has no shades"),
    "export": ("that of the model's outputs",),
}


@pytest.mark.parametrize("key", SAID)
def test_what_a_text_says_is_what_the_product_does(key):
    for said in SAID[key]:
        assert said.replace("*", "") in topic(key).words.replace("*", "")


@pytest.mark.parametrize("key", ["l1", "l2"])
def test_a_slope_names_its_function(key):
    (slope,) = (formula for formula in topic(key).formulas if formula.startswith("∂/∂W"))
    assert not slope.startswith("∂/∂W =")


def test_the_card_of_l1_says_which_update_makes_zeros():
    assert REGULARIZERS["l1"].tooltip.endswith("many become small, exactly 0 with Proximal.")


class Texts:
    """What a picture writes, with the positions."""

    def __init__(self, monkeypatch, name: str) -> None:
        self.at: dict[str, tuple[float, float]] = {}
        write = Sheet.text

        def note(sheet, x, y, text, *rest, **more):
            self.at[text] = (x, y)
            write(sheet, x, y, text, *rest, **more)

        monkeypatch.setattr(Sheet, "text", note)
        self.image = pixels(name)


def test_the_picture_of_label_smoothing_has_the_numbers_of_its_text(monkeypatch):
    assert {"0.95", "0.05", "y with ε = 0.1"} <= Texts(monkeypatch, "label_smoothing").at.keys()


@pytest.mark.parametrize(("key", "slope"), [("l1", "slope λ₁ sign(W)"), ("l2", "slope 2 λ₂ W")])
def test_the_names_beside_a_penalty_stand_in_one_column(monkeypatch, key, slope):
    at = Texts(monkeypatch, key).at
    assert slope in at
    assert len({x for x, _ in at.values() if x > 220}) == 1


@pytest.mark.parametrize("name", ["max_norm", "gradient_clipping"])
def test_a_limit_uses_the_room_of_its_picture(monkeypatch, name):
    painted = Texts(monkeypatch, name).image.any(axis=(0, 2)).nonzero()[0]
    assert painted[-1] - painted[0] > 0.75 * WIDTH


def test_adam_is_written_with_its_correction_of_the_bias():
    assert any("m' = m / (1 − β_1^t)" in formula for formula in topic("optimizer").formulas)


@pytest.mark.parametrize(
    ("activation", "initializer", "low", "high"),
    [("tanh", "glorot_uniform", 0.8, 1.1), ("sigmoid", "glorot_uniform", 0.15, 0.3)],
)
def test_the_text_on_initial_weights_is_true_of_gradients(activation, initializer, low, high):
    """By how much an error of 200 neurons shrinks on its way through one layer, near the middle of σ."""
    assert "sigmoid" not in INITIALIZERS[initializer].tooltip
    generator = torch.Generator().manual_seed(0)
    weight, _ = INITIALIZERS[initializer].function(200, 200, generator)
    z = (0.1 * torch.randn(64, 200, generator=generator)).requires_grad_()
    ACTIVATIONS[activation].function(z).sum().backward()
    error = torch.randn(64, 200, generator=generator)
    back = (error @ weight.T) * z.grad
    assert low < float(back.norm() / error.norm()) < high
