"""What msgspec knows about the types of settings: enough to convert, and to explain, one part of an experiment."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec


def field_kind(settings: type[Any], name: str) -> Any:
    """The type of a field with its range."""
    # A class can be hashed, whatever mypy makes of type[Any].
    return _field_kinds(settings)[name]  # type: ignore[arg-type]


@cache
def _field_kinds(settings: type[Any]) -> dict[str, Any]:
    """By name; cached, because msgspec compiles all annotations of a class each time it is asked."""
    return {field.name: field.type for field in msgspec.structs.fields(settings)}


def item_kind(kind: Any) -> Any:
    """The type of the items of a ``tuple[…, …]``, or of the one in a union."""
    return next(get_args(option)[0] for option in _options(kind) if get_origin(option) is tuple)


def kind_at(kind: Any, path: str) -> Any:
    """The type of what lies at a path below a value of ``kind``; None where settings end before the path does."""
    for key in filter(None, path.split(".")):
        options = list(_options(kind))
        struct = next((o for o in options if isinstance(o, type) and issubclass(o, msgspec.Struct)), None)
        if struct is not None and key in struct.__struct_fields__:
            kind = field_kind(struct, key)
        elif any(get_origin(option) is tuple for option in options):
            kind = item_kind(kind)
        else:
            return None
    return kind


def allowed_text(kind: Any) -> str:
    """The values that a type allows, as part of a sentence.

    >>> allowed_text(Literal["before", "after"])
    "'before' or 'after'"
    """
    options = _options(kind)
    allowed = [repr(value) for o in options if get_origin(o) is Literal for value in get_args(o)]
    return " or ".join([*allowed, *("a list" for o in options if get_origin(o) is tuple)])


def fields(kind: Any) -> list[str]:
    """The settings below a type."""
    return [
        name
        for option in _options(kind)
        if isinstance(option, type) and issubclass(option, msgspec.Struct)
        for name in option.__struct_fields__
    ]


def _options(kind: Any) -> list[Any]:
    """The members of a union, without their annotations."""
    if get_origin(kind) is Annotated:
        return _options(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [inner for option in get_args(kind) for inner in _options(option)]
    return [kind]
