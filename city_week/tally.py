"""What the simulation counts while it plays."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts of what was done, as the clients saw it."""

    arrived: Counter[str] = field(default_factory=Counter)
    destinations: Counter[tuple[str, str]] = field(default_factory=Counter)
    questions: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    abandoned: int = 0
    overrides: int = 0
    returned: int = 0
    completed: int = 0
    closed: int = 0
    companions: int = 0
    contacts: set[str] = field(default_factory=set)
