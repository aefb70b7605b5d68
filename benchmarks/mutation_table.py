"""Which tests have to notice a change of which pure module, and the changes that nothing could notice."""

#: Asked of every module: its values cannot be changed.
VALUES = "tests/architecture/test_values.py::test_values_cannot_be_changed[{module}]"

#: For each module the tests that are about it. Those that need a database or a service are left out.
TESTS: dict[str, tuple[str, ...]] = {
    "shared/periods.py": ("tests/shared/test_periods.py",),
    "shared/working_days.py": ("tests/shared/test_working_days.py",),
    "shared/cpr.py": ("tests/shared/test_cpr.py",),
    "shared/ids.py": ("tests/shared/test_ids.py",),
    "shared/city/units.py": ("tests/shared/test_city.py",),
    "shared/city/places.py": ("tests/shared/test_city.py",),
    "services/routing/deadlines/clocks.py": ("tests/routing/test_clocks.py",),
    "services/routing/duties/owed.py": ("tests/routing/duties/test_owed.py",),
    "services/routing/entries/queue_order.py": ("tests/routing/test_queue_order.py",),
    "services/intake/call_story/state.py": (
        "tests/intake/test_call_state.py",
        "tests/intake/test_call_state_traps.py",
        "tests/intake/test_call_fold.py",
        "tests/intake/test_call_moves.py",
        "tests/intake/test_call_borders.py",
    ),
    "services/intake/call_story/moves.py": (
        "tests/intake/test_call_state.py",
        "tests/intake/test_call_state_traps.py",
        "tests/intake/test_call_fold.py",
        "tests/intake/test_call_moves.py",
        "tests/intake/test_call_borders.py",
    ),
    "services/intake/call_story/fold.py": (
        "tests/intake/test_call_state.py",
        "tests/intake/test_call_state_traps.py",
        "tests/intake/test_call_fold.py",
        "tests/intake/test_call_moves.py",
        "tests/intake/test_call_borders.py",
    ),
    "services/intake/callback_store/state.py": ("tests/intake/test_callback_state.py",),
    "services/triage/rules/clocks.py": ("tests/triage/test_clocks_of_a_contact.py",),
    "services/triage/rules/case.py": ("tests/triage/test_case.py",),
    "services/triage/rules/three_valued.py": ("tests/triage/test_three_valued.py",),
}

#: Changes that no caller could notice, wherever they are made: (pattern in the line, replacement, why).
#: They are not counted.
EQUIVALENT_EVERYWHERE: tuple[tuple[str, str, str], ...] = (
    (r"slots=True", "slots=False", "slots save memory and nothing else"),
    (r"^@lru_cache\(.*\)$", "", "a pure function gives the same without its cache"),
    (r"^@lru_cache\(maxsize=64\)$", "@lru_cache(maxsize= 63)", "the same"),
    (r"^@lru_cache\(maxsize=64\)$", "@lru_cache(maxsize= 65)", "the same"),
    (r"^@lru_cache\(maxsize=4096\)$", "@lru_cache(maxsize= 4095)", "the same"),
    (r"^@lru_cache\(maxsize=4096\)$", "@lru_cache(maxsize= 4097)", "the same"),
    (r"\*, ", "/, ", "every caller names what must be named"),
    (r" is (?=[A-Z]\w+\.[A-Z])", " == ", "a member of an enumeration is equal to itself only"),
    (r" is (?=True|False)", " == ", "of three values, each is equal to itself only"),
    (r" is not (?=True|False)", " != ", "the same"),
)

_LAST = "moments only grow, so that an earlier one is never the latest"
_LEAST = "of the values that it can have, none comes before this one in the alphabet"
_MOST = "of the values that it can have, none comes after this one in the alphabet"
_DIFFER = "computed only where the two differ by more than 2 seconds"

#: The same for one module: (part of a line before, after, why).
EQUIVALENT: dict[str, tuple[tuple[str, str, str], ...]] = {
    "shared/periods.py": (("@property", "", "members of a Protocol are for the type checker only"),),
    "shared/working_days.py": (
        ("_SATURDAY - 1", "_SATURDAY ^ 1", "5 - 1 and 5 ^ 1 are both 4"),
        ("day.year - birth_date.year", "day.year % birth_date.year", "the same for who was born after 1013"),
    ),
    "shared/cpr.py": (
        ("day > _REPLACEMENT_OFFSET", "day >= _REPLACEMENT_OFFSET", "neither day 60 nor day 0 exists"),
        ("today.year - born.year", "today.year % born.year", "the same for who was born after 1013"),
    ),
    "shared/ids.py": (("range(35, -5, -5)", "range(35, - 4, -5)", "both end with 0"),),
    "shared/city/places.py": (
        ('self.inside == "wholly"', 'self.inside >= "wholly"', _MOST),
        ("len(set(numbers)) != len(numbers)", "len(set(numbers)) < len(numbers)", "a set is never larger"),
        (
            "len(set(numbers)) != len(numbers)",
            "len(set(numbers)) is not len(numbers)",
            "there are at most 99 districts, and Python has one object for each small number",
        ),
    ),
    "services/routing/deadlines/clocks.py": (
        ("overdue_seconds > 0", "overdue_seconds != 0", "it is never less than 0"),
    ),
    "services/routing/entries/queue_order.py": (
        ("urgency is Urgency.ACUTE", "urgency <= Urgency.ACUTE", _LEAST),
    ),
    "services/intake/call_story/state.py": (
        ('.outcome == "waiting"', '.outcome >= "waiting"', _MOST),
        ('self.gone_by == "lost"', 'self.gone_by >= "lost"', _MOST),
    ),
    "services/intake/call_story/moves.py": (
        *(("call.visits[-1:]", f"call.visits[{other}:]", _LAST) for other in ("~1", "not 1", "- 2", "- 0")),
        *(("call.talks[-1:]", f"call.talks[{other}:]", _LAST) for other in ("~1", "not 1", "- 2", "- 0")),
        ('last.outcome == "abandoned"', 'last.outcome <= "abandoned"', _LEAST),
        ('left.outcome == "abandoned"', 'left.outcome <= "abandoned"', _LEAST),
    ),
    "services/intake/call_story/fold.py": (
        ("_ENTRANCES | {", "_ENTRANCES ^ {", "an answer is no entrance"),
        ("len(reported) < len(simultaneous)", "len(reported) != len(simultaneous)", "they are never more"),
        (
            "derivation is derivations[-1]",
            "derivation == derivations[-1]",
            "two calls differ in `occurrence`",
        ),
        (
            "event.model_dump_json() < other.model_dump_json()",
            "event.model_dump_json() <= other.model_dump_json()",
            "equal contents are the same delivery",
        ),
        *(
            ("len(simultaneous) == 1", f"len(simultaneous) {other}", "one event needs no order: a short cut")
            for other in ("< 1", "<= 1", "== 0")
        ),
        ("yield simultaneous[0]", "yield simultaneous[ -1]", "there is one only"),
        *(
            (f"(talk.{seconds}_seconds or 0)", f"(talk.{seconds}_seconds or {other})", _DIFFER)
            for seconds in ("reported_talk", "talk")
            for other in (1, -1)
        ),
        ("or 0) > (talk", "or 0) >= (talk", _DIFFER),
    ),
    "services/intake/callback_store/state.py": (
        ('action.kind == "attempt"', 'action.kind <= "attempt"', _LEAST),
        ("action.id) > (settled", "action.id) >= (settled", "what settled it is neither a take nor a try"),
        ('action.kind == "take"', 'action.kind >= "take"', _MOST),
        *(("tries: int = 0", f"tries: int = {other}", "always set after it") for other in (1, -1)),
    ),
    "services/triage/rules/case.py": (
        ("!= ELSEWHERE", "> ELSEWHERE", "no district has a number below 0"),
        ("!= ELSEWHERE", "is not ELSEWHERE", "Python has one object for each small number"),
    ),
    "services/triage/rules/three_valued.py": (
        ("(case.needs & mask) != 0", "(case.needs & mask) > 0", "a set of needs is never less than 0"),
        ("(case.needs & mask) == mask", "(case.needs & mask) >= mask", "it is never greater"),
        ("(case.needs & ~mask) == 0", "(case.needs & ~mask) <= 0", "a set of needs is never less than 0"),
        ("(rest & ~case.covered[case.age]) == 0", "(rest & ~case.covered[case.age]) <= 0", "the same"),
    ),
    "services/triage/rules/clocks.py": tuple(
        ("self.working_days or 1", f"self.working_days or {other}", "one length is set, and is not 0")
        for other in (0, 2)
    ),
}
