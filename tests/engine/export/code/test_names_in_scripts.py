"""What people call lanes and classes is text in a script, whatever they call them, and never code."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.experiment import Experiment, edit_many
from engine.export.code import TARGETS, code
from tests.engine.experiment.strategies import CLASS_NAMES, NAMES
from tests.engine.helpers import experiment

LIVE = '"""+str(print("PWNED"))+"""'
ODD = st.text(st.sampled_from("a\"'\\#{}\x85\u2028\u202e"), min_size=1, max_size=12)
START = experiment()


class _Texts(ast.NodeTransformer):
    """Makes all texts alike."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("text") if isinstance(node.value, str) else node


def what_is_done(script: str) -> str:
    return ast.dump(_Texts().visit(ast.parse(script)))


def title(settings: Experiment, target: str) -> str:
    return ast.get_docstring(ast.parse(code(settings, target)), clean=False) or ""


@pytest.mark.parametrize("with_weights", [False, True], ids=["", "with weights"])
@pytest.mark.parametrize("target", TARGETS)
@given(name=NAMES | ODD)
@example(LIVE)
@example("a\\x")
@example('"')
@example("A\n")
def test_no_name_of_a_lane_adds_code(target: str, with_weights: bool, name: str) -> None:
    named = edit_many(START, {"lanes.0.name": name})
    usual = code(START, target, with_weights=with_weights)
    assert what_is_done(code(named, target, with_weights=with_weights)) == what_is_done(usual)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", [LIVE, "a\\x", '"', "it's"])
def test_the_docstring_says_the_name_as_it_is(target: str, name: str) -> None:
    assert title(edit_many(START, {"lanes.0.name": name}), target).startswith(f"Lane {name} of a ")


def test_what_cannot_be_seen_is_said() -> None:
    turned = edit_many(START, {"lanes.0.name": "a\u202eb"})
    assert title(turned, "torch").startswith("Lane a\\u202eb of a ")
    assert "\u202e" not in code(turned, "torch", with_weights=True)


@pytest.mark.parametrize("target", TARGETS)
@given(name=CLASS_NAMES | ODD.map(str.strip).filter(bool))
@example(LIVE)
@example("'] + [print()]#")
def test_no_name_of_a_class_adds_code(target: str, name: str) -> None:
    usual = edit_many(START, {"data.class_names": ["one", "two"]})
    named = edit_many(START, {"data.class_names": [name, "two" if name != "two" else "one"]})
    assert what_is_done(code(named, target)) == what_is_done(code(usual, target))
