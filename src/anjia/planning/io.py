"""
Problems and plans as JSON, and back.

The dataclasses are the format: their names are the names, what has a default may be missing, what they do not know is
refused. Each refusal names the place: `visits[3].windows[0].opens: is no number`.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from anjia.planning.checking import Refused
from anjia.planning.plan import Plan
from anjia.planning.problem import Problem

Json = Any
Kind = TypeVar("Kind")
NUMBERS: Final = (int, float)
hints: Callable[[type], dict[str, Any]] = cache(get_type_hints)


def problem_to_json(problem: Problem) -> Json:
    return plain(problem)


def problem_from_json(data: Json) -> Problem:
    """:raises Refused: if it is no problem; it says where, and why"""
    return read(Problem, data)


def plan_to_json(plan: Plan) -> Json:
    return plain(plan)


def plan_from_json(data: Json) -> Plan:
    """:raises Refused: if it is no plan; it says where, and why"""
    return read(Plan, data)


def plain(value: Any) -> Json:
    """Return what JSON can hold of a value."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [plain(one) for one in value] if isinstance(value, tuple) else value


def read(kind: type[Kind], data: Json, path: str = "") -> Kind:
    """:raises Refused: if it is not of that kind"""
    value: Kind = value_of(kind, data, path or "$")
    return value


def value_of(kind: Any, data: Json, path: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return row_of(kind, data, path)
    origin = get_origin(kind)
    if origin is UnionType:
        return None if data is None else value_of(get_args(kind)[0], data, path)
    if origin is not None and issubclass(origin, Mapping):
        return mapping_of(get_args(kind)[1], data, path)
    if origin in {tuple, frozenset}:
        return list_of(kind, data, path)
    return scalar_of(kind, data, path)


def scalar_of(kind: type, data: Json, path: str) -> Any:
    if kind is float and type(data) in NUMBERS:
        return float(data)
    if type(data) is not kind:
        raise Refused(path, f"is no {'number' if kind in NUMBERS else kind.__name__}")
    return data


def list_of(kind: Any, data: Json, path: str) -> Any:
    if not isinstance(data, list):
        raise Refused(path, "is no list")
    inside, origin = get_args(kind), get_origin(kind)
    if origin is tuple and Ellipsis not in inside and len(data) != len(inside):
        raise Refused(path, f"does not hold {len(inside)} values")
    return origin(value_of(inside[0], one, f"{path}[{number}]") for number, one in enumerate(data))


def mapping_of(kind: Any, data: Json, path: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Refused(path, "is no object")
    return {str(key): value_of(kind, one, f"{path}[{key}]") for key, one in data.items()}


def row_of(kind: Any, data: Json, path: str) -> Any:
    if not isinstance(data, dict):
        raise Refused(path, "is no object")
    below = "" if path == "$" else f"{path}."
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for name in data:
        if name not in fields:
            raise Refused(f"{below}{name}", "is not known")
    for name, field in fields.items():
        bare = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if bare and name not in data:
            raise Refused(f"{below}{name}", "is missing")
    values = {name: value_of(hints(kind)[name], one, f"{below}{name}") for name, one in data.items()}
    return kind(**values)
