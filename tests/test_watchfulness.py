"""Nothing that goes wrong beside a test's own assertions passes unseen."""

import re

import pytest

pytest_plugins = ("pytester",)

HEAD = """
import gc, logging, threading
import pytest
from PySide6.QtCore import QObject, QTimer, qWarning

def fail(*_):
    raise ValueError("unseen")

class Unraisable:
    def __del__(self):
        fail()
"""
WRONG = {
    "log": 'logging.getLogger("engine.tape").warning("odd")',
    "root": 'logging.error("odd")',
    "thread": "t = threading.Thread(target=fail); t.start(); t.join()",
    "unraisable": "Unraisable(); gc.collect()",
    "slot": "QTimer.singleShot(0, fail); qtbot.wait(1)",
    "qt": 'qWarning("odd")',
}
RIGHT = {
    "announced": ('@pytest.mark.expects_log("od.")', 'logging.getLogger("qt").error("odd")'),
    "information": ("", 'logging.getLogger("gui_app").info("odd")'),
    "others": ("", 'logging.getLogger("matplotlib").warning("odd")'),
}
INI = """
[pytest]
qt_api = pyside6
qt_log_level_fail = WARNING
filterwarnings = error
markers = expects_log: what is provoked
"""


def run(pytester: pytest.Pytester, code: str) -> tuple[set[str], int]:
    """The tests that failed, and how many passed without."""
    pytester.makeini(INI)
    pytester.makeconftest("from tests.conftest import log_watch\n")
    pytester.makepyfile(HEAD + code)
    result = pytester.runpytest_subprocess("-q", "-ra", "-p", "no:cacheprovider")
    wrong = set(re.findall(r"^(?:FAILED|ERROR) \S+::test_(\w+)", result.stdout.str(), re.MULTILINE))
    return wrong, result.parseoutcomes().get("passed", 0)


def test_each_kind_of_wrong_fails_its_test(pytester):
    code = "".join(f"\ndef test_{name}(qtbot):\n    {line}\n" for name, line in WRONG.items())
    assert run(pytester, code)[0] == set(WRONG)


def test_what_is_announced_or_harmless_does_not(pytester):
    code = "".join(f"\n{mark}\ndef test_{name}(qtbot):\n    {line}\n" for name, (mark, line) in RIGHT.items())
    assert run(pytester, code) == (set(), len(RIGHT))
