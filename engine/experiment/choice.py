"""A choice from a catalogue family, with those of its parameters that differ from their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.entry import Entry, Family, Parameter
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.losses import LOSSES
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.catalogue.texts import short_repr


class Choice:
    """Written in JSON as the entry's key, or as ``{"name": key, parameter: value, …}``.

    ``choice.parameters`` holds every parameter of the entry, defaults filled in. Immutable and hashable.
    """

    family: ClassVar[Family[Any]]
    always_object: ClassVar[bool] = False

    __slots__ = ("_given", "name")

    name: str
    _given: tuple[tuple[str, float], ...]

    def __init__(self, name: str, parameters: Mapping[str, float] | None = None) -> None:
        if name not in self.family:
            raise ValueError(
                f"no {self.family.name} named {short_repr(name)}; choose one of {', '.join(self.family)}"
            )
        known = {parameter.key: parameter for parameter in self.family[name].parameters}
        given: list[tuple[str, float]] = []
        for key, value in (parameters or {}).items():
            if key not in known:
                allowed = ", ".join(known) or "none"
                raise ValueError(
                    f"{self.family.name} {name!r} has no parameter {short_repr(key)} (it has: {allowed})"
                )
            number = known[key].check(value)
            if number != known[key].default:
                given.append((key, number))
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_given", tuple(sorted(given)))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    @property
    def entry(self) -> Entry:
        entry: Entry = self.family[self.name]
        return entry

    @property
    def parameters(self) -> dict[str, float]:
        return {**self.entry.defaults(), **dict(self._given)}

    @classmethod
    def parse(cls, value: object) -> Choice:
        """From its JSON form; ValueError says what is allowed."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls(value)
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            return cls(value["name"], {key: number for key, number in value.items() if key != "name"})
        raise ValueError(f"expected the name of one {cls.family.name}: {', '.join(cls.family)}")

    def to_json(self) -> str | dict[str, Any]:
        if self._given or self.always_object:
            return {"name": self.name, **dict(self._given)}
        return self.name

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Its JSON Schema: a key, or an object for each entry."""
        objects = [
            {
                "type": "object",
                "properties": {
                    "name": {"const": entry.key},
                    **{p.key: parameter_schema(p) for p in entry.parameters},
                },
                "required": ["name"],
                "additionalProperties": False,
                "description": f"{entry.label}: {entry.formula}. {entry.tooltip}",
            }
            for entry in cls.family.values()
        ]
        return {"anyOf": [{"type": "string", "enum": list(cls.family)}, *objects]}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Choice) or type(self) is not type(other):
            return NotImplemented
        return (self.name, self._given) == (other.name, other._given)

    def __hash__(self) -> int:
        return hash((self.family.name, self.name, self._given))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.to_json()!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, dict(self._given))


def parameter_schema(parameter: Parameter) -> dict[str, Any]:
    return {
        "type": "integer" if parameter.integer else "number",
        "exclusiveMinimum" if parameter.open_low else "minimum": parameter.low,
        "maximum": parameter.high,
        "default": parameter.default,
        "description": parameter.tooltip,
    }


class ActivationChoice(Choice):
    __slots__ = ()
    family = ACTIVATIONS


class InitializerChoice(Choice):
    __slots__ = ()
    family = INITIALIZERS


class OptimizerChoice(Choice):
    __slots__ = ()
    family = OPTIMIZERS


class LossChoice(Choice):
    __slots__ = ()
    family = LOSSES


class ScheduleChoice(Choice):
    __slots__ = ()
    family = SCHEDULES
    always_object = True
