"""Files that staff edit, read into checked models; a broken rule becomes one line with file, key and remedy."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

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


class _UniqueKeyLoader(yaml.CSafeLoader):
    """Safe YAML in which a key given twice is an error instead of a silent overwrite."""


def _mapping(loader: _UniqueKeyLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.value in seen:
            raise yaml.YAMLError(f"line {key_node.start_mark.line + 1}: key `{key_node.value}` is given twice")
        seen.add(key_node.value)
    return loader.construct_mapping(node, deep=True)


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)

M = TypeVar("M", bound=BaseModel)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; SpecError where it is missing or is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_UniqueKeyLoader)
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
        raise SpecError(f"{paths.relative(path)}: {_first_problem(error, model)}") from None


def _first_problem(error: ValidationError, model: type[BaseModel]) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"]) or "(whole file)"
    found = "" if first["type"] == "missing" else f", found {_shorten(first['input'])}"
    hint = _hint(model, first["loc"])
    more = f" ({error.error_count() - 1} more problem(s) follow)" if error.error_count() > 1 else ""
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"`{key}`: {message}{found}. {hint}{more}"


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _hint(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """What to write: the description of the field that the error points at, or the keys that are allowed."""
    fields = model.model_fields
    name = str(loc[0]) if loc else ""
    if name in fields:
        described = fields[name].description
        return f"Write {described}." if described else "Correct this key."
    return f"Allowed keys: {', '.join(fields)}."
