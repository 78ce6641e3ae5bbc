"""The JSON Schema of a method's file, by which editors complete and check keys: docs/method.schema.json."""

from __future__ import annotations

import json

from cityreach.index.method import Method


def schema_text() -> str:
    """The schema as the file holds it; made by `python -m cityreach.index.jsonschema > docs/method.schema.json`."""
    schema = Method.model_json_schema(by_alias=True, mode="validation")
    schema["required"] = [key for key in schema["required"] if key != "tree"]
    schema["oneOf"] = [{"required": ["tree"]}, {"required": ["nodes"]}]
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
