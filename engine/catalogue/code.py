"""How an entry of the catalogue is written in other libraries, for experiments that are exported as code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What stands for an entry in the script of each library; empty where the library has no such thing.

    A text has ``{key}`` for each parameter of the entry, ``{has_key}`` for whether that is above 0, and braces for what
    its family's docstring names. What a library lacks is said as a comment in the script.

    Attributes
    ----------
    torch, keras, sklearn
        Python for PyTorch, Keras 3 and scikit-learn.
    definitions
        By library, what the script must define before, such as a class.
    notes
        By library, a clause about what is not quite the same there; it follows as a comment.
    """

    torch: str = ""
    keras: str = ""
    sklearn: str = ""
    definitions: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def of(self, library: str) -> str:
        """Return the text for a library, with its braces; empty where there is none."""
        return str(getattr(self, library))

    def written(self, library: str, values: Mapping[str, object]) -> str:
        """Return the text for a library with values in it.

        Parameters
        ----------
        library
            Name of one of the fields.
        values
            Of everything that the text has braces for. Floats are written so that they are read back to the bit.

        Returns
        -------
        str
            Empty where there is no text.

        Examples
        --------
        >>> Code(torch="nn.LeakyReLU({slope})").written("torch", {"slope": 0.01})
        'nn.LeakyReLU(0.01)'
        """
        has = {f"has_{key}": isinstance(value, int | float) and value > 0 for key, value in values.items()}
        return self.of(library).format_map({**values, **has})


NO_CODE = Code()
"""Of an entry that no library has."""


def everywhere(text: str, **others: str) -> Code:
    """Return code that is the same in every library, such as an expression of NumPy.

    Parameters
    ----------
    text
        Python.
    **others
        Other texts, by library.

    Returns
    -------
    Code
    """
    return replace(Code(torch=text, keras=text, sklearn=text), **others)  # type: ignore[arg-type]
