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
    "services/routing/deadlines/clocks.py": (
        "tests/routing/test_clocks.py",
        "tests/routing/test_clock_changes.py",
    ),
    "services/routing/entries/queue_order.py": ("tests/routing/test_queue_order.py",),
    "services/intake/call_story/state.py": (
        "tests/intake/test_call_state.py",
        "tests/intake/test_call_state_traps.py",
        "tests/intake/test_call_fold.py",
        "tests/intake/test_call_moves.py",
    ),
    "services/intake/call_story/moves.py": (
        "tests/intake/test_call_state.py",
        "tests/intake/test_call_state_traps.py",
        "tests/intake/test_call_fold.py",
        "tests/intake/test_call_moves.py",
    ),
    "services/intake/call_story/fold.py": (
        "tests/intake/test_call_state.py",
        "tests/intake/test_call_state_traps.py",
        "tests/intake/test_call_fold.py",
        "tests/intake/test_call_moves.py",
    ),
    "services/intake/callback_store/state.py": ("tests/intake/test_callback_state.py",),
    "services/triage/rules/clocks.py": ("tests/triage/test_clocks_of_a_contact.py",),
    "services/triage/rules/case.py": (
        "tests/triage/test_rules.py",
        "tests/triage/test_unknown_facts.py",
        "tests/triage/test_irrelevant_facts.py",
    ),
    "services/triage/rules/three_valued.py": (
        "tests/triage/test_rules.py",
        "tests/triage/test_unknown_facts.py",
        "tests/triage/test_irrelevant_facts.py",
    ),
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
)

#: The same for one module: (changed lines before, after, why).
EQUIVALENT: dict[str, tuple[tuple[str, str, str], ...]] = {
    "shared/periods.py": (("@property", "", "members of a Protocol are for the type checker only"),),
    "shared/working_days.py": (
        (
            "last = _SATURDAY if saturdays else _SATURDAY - 1",
            "last = _SATURDAY if saturdays else _SATURDAY ^ 1",
            "5 - 1 and 5 ^ 1 are both 4",
        ),
        (
            "return day.year - birth_date.year - (not had_birthday)",
            "return day.year % birth_date.year - (not had_birthday)",
            "the same for whoever was born after the year 1000",
        ),
    ),
    "services/triage/rules/clocks.py": tuple(
        (
            "return add_working_days(received_at, self.working_days or 1, saturdays=self.saturdays)",
            f"return add_working_days(received_at, self.working_days or {other}, saturdays=self.saturdays)",
            "a rule without the two other lengths has working days, and at least one",
        )
        for other in (0, 2)
    ),
}
