"""A family of functions as a choice in a file: `by` names one of them, its keyword parameters are the keys beside it.

A function added to a family is known to the file's schema at once, with its parameters, their kinds and their defaults.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
from pydantic import BeforeValidator, Field, create_model

from cityreach import spec

GIVEN = (
    "direction",
    "decimals",
    "group",
    "basis",
    "valid",
    "unit",
    "period",
    "names",
)  # parameters that the engine gives, never the file


class Rule(spec.Model):
    """A member of a family with its parameters."""

    by: str

    @property
    def parameters(self) -> dict[str, Any]:
        """The function's own parameters."""
        return {name: getattr(self, name) for name in _own(type(self))}


@cache
def _own(kind: type[Rule]) -> tuple[str, ...]:
    """The keys of a member of a family that are parameters of its function."""
    base = set(kind.__mro__[1].model_fields)  # type: ignore[attr-defined]
    return tuple(name for name in kind.model_fields if name not in base)


def choice(functions: Mapping[str, Callable[..., Any]], base: type[Rule]) -> Any:
    """The kind of a key that takes one of the functions: its name alone, or {by: name, parameter: value, ...}."""
    kinds = tuple(_kind(name, function, base) for name, function in functions.items())
    either: Any = Union
    tagged: Any = Annotated[either[kinds], Field(discriminator="by")]
    named = either[Literal[tuple(functions)], tagged]
    return Annotated[tagged, BeforeValidator(_by_name, json_schema_input_type=named)]


def _by_name(value: Any) -> Any:
    return {"by": value} if isinstance(value, str) else value


def _kind(name: str, function: Callable[..., Any], base: type[Rule]) -> type[Rule]:
    fields: dict[str, Any] = {"by": (Literal[name], ...)}
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.name not in GIVEN:
            required = parameter.default is parameter.empty
            fields[parameter.name] = (_written(parameter.annotation), ... if required else parameter.default)
    title = f"{base.__name__}{''.join(part.title() for part in name.split('_'))}"
    return create_model(title, __base__=base, __doc__=_first_line(function), **fields)


def _written(annotation: Any) -> Any:
    """The kind of a parameter without the arrays that only the engine can give."""
    kinds = [kind for kind in get_args(annotation) if get_origin(kind) is not np.ndarray]
    either: Any = Union
    return either[tuple(kinds)] if get_origin(annotation) in (Union, UnionType) else annotation


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]
