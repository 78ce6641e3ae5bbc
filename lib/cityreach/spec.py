"""Files that staff edit, read into checked models; a broken rule becomes one line with file, key and remedy."""

from __future__ import annotations

from collections.abc import Hashable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from cityreach import paths
from cityreach.errors import SpecError


class Model(BaseModel):
    """The base of every file model: unknown keys are refused and a model never changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Model):
    """A text in both languages."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


class _Loader(yaml.CSafeLoader):
    """Safe YAML that refuses, with the line, a key given twice, a key that is no text and a day that does not exist."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.YAMLError(f"line {line}: a key is not text; put quotes round a text that begins with {{ or [")
        if key_node.value in seen:
            raise yaml.YAMLError(f"line {line}: key `{key_node.value}` is given twice")
        seen.add(key_node.value)
    return loader.construct_mapping(node, deep=True)


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {node.value} is no day, {error}") from None


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)

M = TypeVar("M", bound=BaseModel)

RULES = {
    "missing": "the key is missing",
    "extra_forbidden": "this key is not known",
    "model_type": "must be keys with values",
    "dict_type": "must be keys with values",
    "string_type": "must be text",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "too_short": "must not be empty",
}


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; SpecError where it is missing or is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_Loader)
    except FileNotFoundError:
        raise SpecError(f"{paths.relative(path)}: the file does not exist. Create it or correct its name.") from None
    except UnicodeDecodeError as error:
        raise SpecError(f"{paths.relative(path)}: not UTF-8 at byte {error.start}. Save the file as UTF-8.") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise SpecError(f"{paths.relative(path)}: not valid YAML ({reason}). Correct that line.") from None


def read_model(path: Path, model: type[M]) -> M:
    """A YAML file as a checked model; SpecError names file, key, rule, what was found and what to write."""
    return check_model(read_yaml(path), model, path)


def check_model(content: Any, model: type[M], path: Path) -> M:
    """A parsed content as a checked model; `path` only names the file in the error."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise SpecError(f"{paths.relative(path)}: {first_problem(error, model)}") from None


def first_problem(error: ValidationError, model: type[BaseModel]) -> str:
    """The problem to mend first, in words: an unknown key before a missing one, as it often is that key misspelt."""
    problems = error.errors(include_url=False)
    first = next((problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0])
    more = f" ({len(problems) - 1} more problem(s) follow)" if len(problems) > 1 else ""
    if first["type"] == "value_error" and not first["loc"]:  # a rule on several keys, which names them itself
        return f"{_rule(first['type'], first['msg'])}.{more}"
    key = ".".join(str(part) for part in first["loc"]) or "(whole file)"
    found = "" if first["type"] == "missing" else f", found {_shorten(first['input'])}"
    return f"`{key}`: {_rule(first['type'], first['msg'])}{found}. {_hint(model, first['loc'])}{more}"


def _rule(kind: str, message: str) -> str:
    """The broken rule in plain words: pydantic's text where it is plain enough."""
    known = RULES.get(kind) or ("must be a day" if kind.startswith("date_") else "")
    return known or message.removeprefix("Value error, ").replace("Input should be", "must be").rstrip(".")


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _hint(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """What to write: the description of the innermost key that the error points at, or the keys allowed there."""
    here: Any = model
    described = ""
    for part in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            fields = {field.alias or name: field for name, field in here.model_fields.items()}
            if part not in fields:
                return _allowed(str(part), list(fields))
            field = fields[str(part)]
            described = field.description or described
            here = _without_none(field.annotation)
        else:
            here = _tagged(here, str(part)) or _item(here)
    if described:
        return f"Write {described}."
    return "Correct this key." if loc else f"Write these keys: {', '.join(model.model_fields)}."


def _allowed(key: str, fields: list[str]) -> str:
    close = get_close_matches(key, fields, n=1)
    meant = f"Did you mean `{close[0]}`? " if close else ""
    return f"{meant}Allowed keys: {', '.join(fields)}."


def _without_none(annotation: Any) -> Any:
    """The kind of an optional value."""
    kinds = get_args(annotation)
    return kinds[0] if len(kinds) == 2 and kinds[1] is type(None) else annotation


def _tagged(annotation: Any, tag: str) -> Any:
    """The member of a choice of models that its tag names; None where the annotation is no such choice."""
    for inner in get_args(annotation):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            if any(tag in get_args(field.annotation) for field in inner.model_fields.values()):
                return inner
        elif (found := _tagged(inner, tag)) is not None:
            return found
    return None


def _item(annotation: Any) -> Any:
    """What a list or a mapping holds."""
    inner = [part for part in get_args(annotation) if part is not Ellipsis]
    return inner[-1] if inner else None
