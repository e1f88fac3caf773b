import socket
import sys

import pytest

from gui_app.startup import display
from gui_app.startup.display import display_missing

NONE = "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."


@pytest.fixture(autouse=True)
def servers(monkeypatch):
    """X servers 0 and 7 answer."""
    monkeypatch.setattr(display, "_answers", {0, 7}.__contains__)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, NONE),
        ({"DISPLAY": ""}, NONE),
        ({"DISPLAY": ":0"}, ""),
        ({"DISPLAY": "unix:7.0"}, ""),
        ({"DISPLAY": ":99"}, "There is no display: nothing answers at DISPLAY=:99."),
        ({"DISPLAY": "far.away:3"}, ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ""),
        ({"QT_QPA_PLATFORM": "offscreen"}, ""),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, ""),
        ({"QT_QPA_PLATFORM": ""}, NONE),
        ({"QT_QPA_PLATFORM": "xcb"}, NONE),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, NONE),
        ({"QT_QPA_PLATFORM": "xcb;offscreen"}, ""),
        ({"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-0"}, NONE),
        ({"QT_QPA_PLATFORM": "wayland-egl", "WAYLAND_DISPLAY": "wayland-0"}, ""),
        (
            {"QT_QPA_PLATFORM": "wayland", "DISPLAY": ":0"},
            "There is no display (WAYLAND_DISPLAY is not set).",
        ),
    ],
)
def test_linux_without_a_screen_is_known(environment, sentence):
    assert display_missing(environment, "linux") == sentence


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_have_a_screen(platform):
    assert display_missing({}, platform) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets are of Linux")
def test_a_socket_that_listens_answers(monkeypatch):
    monkeypatch.undo()
    number = 60_000
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        assert not display._answers(number)
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        assert display._answers(number)
