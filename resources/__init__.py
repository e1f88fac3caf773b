"""Icons, style sheets and other files that the app reads, reached by name wherever it is installed."""

from importlib.resources import files

_ROOT = files(__name__)


def read_text(name: str) -> str:
    """The UTF-8 text of a file named as in ``styles/app.qss``; FileNotFoundError where there is none."""
    return _ROOT.joinpath(*name.split("/")).read_text(encoding="utf-8")


def read_bytes(name: str) -> bytes:
    """As ``read_text``, for any kind of file."""
    return _ROOT.joinpath(*name.split("/")).read_bytes()


def names_in(folder: str) -> list[str]:
    """The names of the files in a folder, in alphabetical order."""
    return sorted(file.name for file in _ROOT.joinpath(*folder.split("/")).iterdir())
