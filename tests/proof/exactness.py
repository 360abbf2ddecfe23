"""Comparing a body with the model that it was parsed to, field by field."""

from typing import Any, get_args

import pydantic


def differences(raw: Any, parsed: Any, place: str = "body") -> list[str]:
    """What the model does not declare, what it requires and the body lacks, and what was not parsed at all.

    The package constructs its models without validating them, so a parsed model alone proves nothing.
    """
    if isinstance(parsed, pydantic.BaseModel):
        return _of_model(raw, parsed, place)
    if isinstance(raw, list) and isinstance(parsed, list):
        return [
            found
            for number, (one, other) in enumerate(zip(raw, parsed, strict=True))
            for found in differences(one, other, f"{place}[{number}]")
        ]
    if isinstance(raw, dict) and isinstance(parsed, dict):
        return [found for key in raw for found in differences(raw[key], parsed[key], f"{place}.{key}")]
    return [] if raw == parsed else [f"{place}: {raw!r} was read as {parsed!r}"]


def invalid(raw: Any, parsed: pydantic.BaseModel) -> list[str]:
    """What pydantic says when the body is validated strictly against the class that it was parsed to."""
    try:
        type(parsed).model_validate(raw)
    except pydantic.ValidationError as error:
        return [f"{problem['loc']}: {problem['msg']}" for problem in error.errors()]
    return []


def _of_model(raw: Any, parsed: pydantic.BaseModel, place: str) -> list[str]:
    if not isinstance(raw, dict):
        return [f"{place}: {raw!r} was read as {type(parsed).__name__}"]
    fields = {field.alias or name: (name, field) for name, field in type(parsed).model_fields.items()}
    found = [f"{place}.{key} is unknown to {type(parsed).__name__}" for key in sorted(set(raw) - set(fields))]
    for key, (name, field) in fields.items():
        if key not in raw:
            if field.is_required():
                found.append(f"{place}.{key} is required by {type(parsed).__name__}")
            continue
        value = getattr(parsed, name)
        if isinstance(raw[key], dict) and isinstance(value, dict) and not _may_be_a_map(field.annotation):
            found.append(f"{place}.{key} fits no type that {type(parsed).__name__} knows")
        found += differences(raw[key], value, f"{place}.{key}")
    return found


def _may_be_a_map(annotation: Any) -> bool:
    if annotation is Any or getattr(annotation, "__origin__", None) is dict:
        return True
    return any(_may_be_a_map(part) for part in get_args(annotation))
