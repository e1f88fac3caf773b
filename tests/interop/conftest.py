"""What other libraries warn of when they run exported code."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        # Keras asks a tensor of PyTorch for an array as NumPy 1 did.
        item.add_marker(pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"))
