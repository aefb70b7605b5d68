"""The menu: the pages, and which role may open which."""

from dataclasses import dataclass, replace

from services.desk.session import PEOPLE, Session
from shared.vocabulary import Role


@dataclass(frozen=True)
class Door:
    """One page in the menu. `name` is its text's key, `key` the letter that opens it after `g`."""

    name: str
    path: str
    key: str
    roles: frozenset[Role]
    #: Other paths that belong to the same page.
    also: tuple[str, ...] = ()
    is_here: bool = False


def _door(name: str, path: str, key: str, *roles: Role, also: tuple[str, ...] = ()) -> Door:
    return Door(name, path, key, frozenset(roles), also)


#: In the order of the menu; the first one a role has is where it lands.
_DOORS = (
    _door("reception", "/reception", "r", Role.RECEPTION, also=("/contacts",)),
    _door("walk_in", "/walk-in", "f", Role.RECEPTION),
    _door("letters", "/letters", "b", Role.RECEPTION),
    _door("operations", "/operations", "d", Role.OPERATIONS, Role.RECEPTION),
    _door("callbacks", "/callbacks", "o", Role.RECEPTION, Role.OPERATIONS),
    _door("inbox", "/inbox", "i", Role.CASEWORKER, Role.RECEPTION, Role.OPERATIONS),
    _door("attention", "/attention", "k", Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS),
    _door("trace", "/trace", "s", Role.AUDITOR, Role.OPERATIONS, Role.RECEPTION, Role.CASEWORKER),
    # Auditors may read them, too, but land on the traces: their first page in this order.
    _door("callbacks", "/callbacks", "o", Role.AUDITOR),
    _door("rules", "/rules", "e", *PEOPLE),
    _door("offers", "/offers", "t", *PEOPLE),
)


def doors_of(session: Session | None, path: str) -> list[Door]:
    """The pages that the user may open; the one at `path` is marked."""
    if session is None:
        return []
    return [
        replace(door, is_here=path.startswith((door.path, *door.also)))
        for door in _DOORS
        if session.role in door.roles
    ]


def home_of(session: Session) -> str:
    """The first page after signing in."""
    return next((door.path for door in doors_of(session, "")), "/")
