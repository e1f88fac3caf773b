"""Where networks are trained, as the window says it."""

from __future__ import annotations

import pytest

from engine.service import messages as m
from engine.service.place import AskedPlace
from gui_app import __main__ as program
from gui_app.session.training_place import describe_place
from gui_app.startup import application
from tests.gui_app.fake_engine import FakeEngine


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (m.TrainsOn("cuda", "float32"), "Networks are trained on a CUDA device."),
        (
            m.TrainsOn("cpu", "float64", "because PyTorch sees no CUDA device"),
            "Networks are trained by the processor with double precision, because PyTorch sees no CUDA device.",
        ),
    ],
)
def test_the_status_bar_and_about_say_it(still, fake_engine, place, sentence):
    about = still.help_windows.about
    about.show()
    assert "Networks are trained by the processor." in about.text.text()
    about.hide()
    fake_engine.events = [place]
    still.link.pull()
    assert still.statusBar().currentMessage() == sentence == describe_place(place)
    about.show()
    assert sentence in about.text.text()
    about.hide()


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ([], None),
        (["--precision", "float64"], AskedPlace("cpu", "float64")),
        (["--device", "auto"], AskedPlace("auto", "float32")),
    ],
)
def test_the_engine_is_told_at_its_start(words, place, monkeypatch):
    made = []

    def engine(asked=None):
        made.append(asked)
        return FakeEngine()

    monkeypatch.setitem(application.ENGINES, "process", engine)
    monkeypatch.setattr(application, "make_application", lambda: None)
    monkeypatch.setattr(
        application, "make_window", lambda app, settings, engine: engine if engine != "process" else None
    )
    options = program._parser().parse_args(words)
    _, given = program.start("process", place=(options.device, options.precision))
    assert made == ([] if place is None else [place])
    assert (given is None) == (place is None)
