"""Which pages there are, and which role opens which: the menu."""

from dataclasses import dataclass

from services.desk.session import Session
from shared.vocabulary import Role


@dataclass(frozen=True)
class Door:
    """One page in the menu. `name` is its text's key, `key` the letter that opens it after `g`."""

    name: str
    path: str
    key: str
    roles: frozenset[Role]
    is_here: bool = False


def _door(name: str, path: str, key: str, *roles: Role) -> Door:
    return Door(name, path, key, frozenset(roles))


#: In the order of the menu; the first one a role has is where it lands.
_DOORS = (_door("inbox", "/inbox", "i", Role.CASEWORKER, Role.RECEPTION, Role.OPERATIONS),)


def doors_of(session: Session | None, path: str) -> list[Door]:
    """What the person may open; the page they are on is marked."""
    if session is None:
        return []
    return [
        Door(door.name, door.path, door.key, door.roles, path.startswith(door.path))
        for door in _DOORS
        if session.role in door.roles
    ]


def home_of(session: Session) -> str:
    """Where somebody lands who has just signed in."""
    return next((door.path for door in doors_of(session, "")), "/")
