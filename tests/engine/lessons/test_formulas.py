"""Formulas: what is drawn, what is read aloud, and what is said of those that are wrong."""

from xml.etree import ElementTree

import pytest

from engine.lessons import built_in
from engine.lessons.formulas import as_text, formula_problem, typeset

TOO_MUCH = (
    "it is too long, or too many of its parts lie in one another, as fractions in fractions do; "
    "make several formulas of it"
)
COST = r"C = \text{loss} + \lambda_2 \sum_l \sum W_l^2"


@pytest.mark.parametrize(
    ("tex", "problem"),
    [
        (r"\frac{a}{b", "a { has no }"),
        ("a}", "a } has no {"),
        ("", "there is nothing in it"),
        ("x_", "nothing follows _ or ^"),
        (r"\begin{cases} a", r"\begin needs its \end"),
        (r"\frac", "it cannot be typeset: a part is missing or too much"),
        (r"\left( x \right", "it cannot be typeset: a part is missing or too much"),
        (r"\lamda W", r"\lamda is a command that is not known here"),
        (r"\text{漢}", "the font has no character 漢"),
        (r"\ ", "there is nothing to be seen in it"),
        ("a\x01b", "it cannot be typeset: a part is missing or too much"),
        ("\ud83d", "it cannot be typeset: a part is missing or too much"),
        (r"\frac{1}{" * 12 + "x" + "}" * 12, TOO_MUCH),
        (r"\left(" * 12 + "x" + r"\right)" * 12, TOO_MUCH),
        ("{" * 400 + "x" + "}" * 400, TOO_MUCH),
        (r"\left(" * 6 + "x" * 900 + r"\right)" * 6, TOO_MUCH),
        (r"\frac{1}{" * 5 + "x" + "}" * 5, ""),
        (r"\boxed{a}", "it has a frame or a line across, which cannot be drawn here"),
        (COST, ""),
        (r"\{0, 1\}", ""),
    ],
)
def test_what_is_wrong_with_a_formula_is_said_in_one_sentence(tex, problem):
    assert formula_problem(tex) == problem


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (COST, "C = loss + λ_2 ∑_l ∑ W_l^2"),
        (r"\frac{\partial C}{\partial b_1} = \sigma'(z_1) \cdot w_2", "∂C/∂b_1 = σ′(z_1) · w_2"),
        (r"\frac{1}{N} \sum_{i=1}^N (y_i - \hat y_i)^2", "1/N ∑_(i = 1)^N (y_i − ŷ_i)^2"),
        (r"\sqrt{\frac{2}{n_{\text{in}}}}", "√(2/n_in)"),
        (r"\frac{x - \mu}{\sigma}", "(x − μ)/σ"),
        (r"10^{-3}", "10^−3"),
        ("x & y", "x&y"),
        (r"\text{R & D}", "R\u00a0&\u00a0D"),
        (r"\text{a < b}", "a\u00a0<\u00a0b"),
    ],
)
def test_a_formula_can_be_read_aloud(tex, plain):
    assert typeset(tex, display=True).plain == plain


@pytest.mark.parametrize("tex", [COST, r"\overline{ab}", r"\sqrt[3]{x}", r"\color{red}{x}"])
def test_a_drawing_is_svg_with_its_size_and_ink(tex):
    formula = typeset(tex)

    drawing = ElementTree.fromstring(formula.svg(20.0, "#12ab34", 'role="img"'))

    assert drawing.get("role") == "img"
    assert float(drawing.get("width")) == pytest.approx(20.0 * formula.width, abs=1e-3)
    assert float(drawing.get("height")) == pytest.approx(20.0 * formula.height, abs=1e-3)
    inks = {shape.get("fill") for shape in drawing}
    assert inks == {"#12ab34"}
    assert {shape.get("fill") for shape in ElementTree.fromstring(formula.svg(20.0))} == {"currentColor"}


def test_fractions_are_taller_and_sums_have_limits_below_where_a_formula_stands_alone():
    fraction, total = r"\frac{\partial C}{\partial b}", r"\sum_{l=1}^L W_l"

    assert typeset(fraction, display=True).height > 1.3 * typeset(fraction).height
    assert typeset(total, display=True).width < typeset(total).width


def test_letters_stand_on_the_line_and_subscripts_hang_below_it():
    assert typeset("W").descent < 0.1 < typeset("W_l").descent
    assert typeset("W").ascent == pytest.approx(0.7, abs=0.1)


def test_an_accent_leaves_no_gap_before_its_letter():
    assert typeset(r"\hat{y}").width < typeset("y").width + 0.2


def test_a_sum_stands_apart_from_the_factor_before_it():
    apart = typeset(r"\lambda \sum_l W_l").width
    assert apart > typeset(r"\lambda").width + typeset(r"\sum_l W_l").width


def test_a_formula_that_is_wrong_is_read_aloud_as_it_was_written():
    assert as_text(r"\frac{a") == r"\frac{a"


@pytest.mark.parametrize("lesson", built_in().lessons, ids=lambda lesson: lesson.key)
def test_all_formulas_of_the_course_can_be_typeset(lesson):
    assert {name: formula_problem(tex) for name, tex in lesson.formulas.items()} == dict.fromkeys(
        lesson.formulas, ""
    )
