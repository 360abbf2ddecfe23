"""A JSON value through the types of ElevenLabs' own package and back: nothing may be lost on the way."""

import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Iterator

from pydantic import BaseModel, TypeAdapter, ValidationError


class Lost(AssertionError):
    """The package does not know what we send, or sends something else instead."""


def rebuilt(shape: typing.Any, sent: typing.Any) -> typing.Any:
    """Build one of the package's types out of JSON and return it; raises Lost unless it says the same again.

    The package's models keep unknown fields and take any word where they list some: both are looked for.
    """
    adapter: TypeAdapter[typing.Any] = TypeAdapter(shape)
    try:
        value = adapter.validate_python(sent)
    except ValidationError as error:
        raise Lost(f"{shape} cannot be built: {error}") from error
    unknown = list(_unknown(value, shape))
    if unknown:
        raise Lost(f"{shape} does not know {', '.join(unknown)}")
    again = adapter.dump_python(value, mode="json", by_alias=True, exclude_unset=True)
    if again != sent:
        raise Lost(f"{shape} makes {again} of {sent}")
    return value


def _unknown(value: typing.Any, annotation: typing.Any, path: str = "") -> Iterator[str]:
    """Yield the places of fields without a declaration, and of words that are not on their list."""
    words = set(_words(annotation))
    said = value if isinstance(value, list) else [value]
    strange = [one for one in said if isinstance(one, str) and one not in words] if words else []
    yield from (f"{path} = {one}" for one in strange)
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.__pydantic_extra__ or {})
        for name in value.model_fields_set & type(value).model_fields.keys():
            declared = type(value).model_fields[name].annotation
            yield from _unknown(getattr(value, name), declared, f"{path}.{name}")
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _unknown(part, typing.Any, f"{path}.{name}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _unknown(part, typing.Any, f"{path}.{place}")


def _words(annotation: typing.Any) -> Iterator[str]:
    """Yield the words that are listed in ``Optional[Union[Literal[...], Any]]``, or in a list of these."""
    if typing.get_origin(annotation) is typing.Literal:
        yield from typing.get_args(annotation)
    elif typing.get_origin(annotation) in (typing.Union, types.UnionType, list):
        for part in typing.get_args(annotation):
            yield from _words(part)


async def replay(
    method: Callable[..., Awaitable[typing.Any]], *ids: str, body: dict[str, typing.Any]
) -> None:
    """Make the package send a body of ours, each field built into the type that it declares for it."""
    shapes = typing.get_type_hints(method)
    missing = body.keys() - inspect.signature(method).parameters.keys()
    if missing:
        raise Lost(f"{method.__qualname__} takes no {', '.join(sorted(missing))}")
    await method(*ids, **{name: rebuilt(shapes[name], part) for name, part in body.items()})
