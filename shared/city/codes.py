"""The codes that a city's configuration gives to its units, districts and needs.

Which codes there are is data (`shared/city/reading.py`). The code knows three of them, because the law or the
services depend on what they mean: the reception, where every contact begins, and the two needs below.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

#: A unit that can be responsible for a citizen's contact (domain.md § 2).
UnitCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
#: What the citizen needs, as the reception understands it (domain.md § 7).
NeedCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
#: The number of a district (bydel).
DistrictNumber = Annotated[int, Field(ge=1, le=99, strict=True)]

#: The entrance itself: it is responsible until a contact has gone to another unit (policy B).
RECEPTION: Final[UnitCode] = "reception"
#: A notification of concern for a child (barnets lov § 136); its 24 hours hang on this need.
CHILD_CONCERN: Final[NeedCode] = "child_concern"
#: Advice, which the reception gives itself.
ADVICE: Final[NeedCode] = "advice"


class Strict(BaseModel):
    """A part of a configuration: unknown keys are errors, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Member = TypeVar("_Member")


class _Codes(type):
    """Makes a class of codes behave as an enumeration does, with members that come from configuration."""

    _members: dict[str, Any]

    def __iter__(cls: type[_Member]) -> Iterator[_Member]:
        members: dict[str, _Member] = vars(cls)["_members"]
        return iter(list(members.values()))

    def __len__(cls) -> int:
        return len(cls._members)

    def __contains__(cls, code: object) -> bool:
        return code in cls._members

    def __getattr__(cls: type[_Member], name: str) -> _Member:
        """A member by its code in capitals with underscores: `Unit.HOUSING_SOCIAL` is `housing-social`."""
        members: dict[str, _Member] = vars(cls).get("_members", {})
        for code in (name.lower(), name.lower().replace("_", "-")):
            if name.isupper() and code in members:
                return members[code]
        raise AttributeError(f"{cls.__name__} has no code {name}")


class Code(str, metaclass=_Codes):
    """A code of the city's configuration. There is one object for each, so codes can be compared
    with `is`.
    """

    _members: dict[str, Self]

    def __init_subclass__(cls) -> None:
        cls._members = {}

    def __new__(cls, code: str) -> Self:
        if code not in cls._members:
            raise ValueError(f"{code!r} is not a valid {cls.__name__}")
        member: Self = cls._members[code]
        return member

    @property
    def value(self) -> str:
        """The code as plain text."""
        return str.__str__(self)

    @classmethod
    def _add(cls, code: str) -> None:
        if code not in cls._members:
            cls._members[code] = str.__new__(cls, code)

    @classmethod
    def _validated(cls, text: str) -> Self:
        if text not in cls._members:
            expected = ", ".join(f"'{code}'" for code in cls._members)
            raise PydanticCustomError("enum", "Input should be one of: {expected}", {"expected": expected})
        member: Self = cls._members[text]
        return member

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls._validated, core_schema.str_schema(), ref=f"{cls.__module__}.{cls.__qualname__}"
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(schema))
        described |= {
            "type": "string",
            "title": cls.__name__,
            "description": (cls.__doc__ or "").partition("\n")[0],
            "enum": [code.value for code in cls],
        }
        return described


class Need(Code):
    """What the citizen needs, as the reception understands it (domain.md § 7)."""


class Unit(Code):
    """A unit that can be responsible for a citizen's contact (domain.md § 2)."""
