"""Values at rest: sealed for one place, under keys that can be changed, found by a keyed index."""

import base64

import pytest

from shared.sealing import BlindIndex, Keyring, SealBrokenError, UnusableKeyError, new_key

# The same in every process, since they stand in the names of tests.
K1, K2 = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
OLD = Keyring.parse(f"k1:{K1}")
BOTH = Keyring.parse(f"k2:{K2}, k1:{K1}")


def test_a_sealed_value_opens_again_and_does_not_show_what_is_in_it() -> None:
    sealed = OLD.seal("Åse Ægidius", "contact-1:name")

    assert OLD.open(sealed, "contact-1:name") == "Åse Ægidius"
    assert sealed.startswith("k1:")
    assert "Ægidius".encode() not in base64.b64decode(sealed[3:])


def test_the_same_value_never_looks_the_same_twice() -> None:
    assert OLD.seal("same", "c") != OLD.seal("same", "c")


def test_a_sealed_value_moved_to_another_citizen_does_not_open_there() -> None:
    sealed = OLD.seal("secret", "contact-1:cpr")

    with pytest.raises(SealBrokenError):
        OLD.open(sealed, "contact-2:cpr")


def test_one_changed_letter_breaks_the_seal() -> None:
    sealed = OLD.seal("secret", "c")
    changed = sealed[:-5] + ("A" if sealed[-5] != "A" else "B") + sealed[-4:]

    with pytest.raises(SealBrokenError):
        OLD.open(changed, "c")


@pytest.mark.parametrize("nonsense", ["", "k1", "k1:", "k1:!!!", "k1:AAAA", "nokey:AAAA"])
def test_nonsense_does_not_open(nonsense: str) -> None:
    with pytest.raises(SealBrokenError):
        OLD.open(nonsense, "c")


def test_a_new_key_seals_while_the_old_one_still_opens() -> None:
    old_seal = OLD.seal("secret", "c")

    assert BOTH.open(old_seal, "c") == "secret"
    assert BOTH.needs_rotation(old_seal)
    assert BOTH.seal("secret", "c").startswith("k2:")
    assert not BOTH.needs_rotation(BOTH.seal("secret", "c"))


def test_without_its_key_a_value_stays_shut() -> None:
    with pytest.raises(SealBrokenError):
        OLD.open(BOTH.seal("secret", "c"), "c")


SHORT = base64.b64encode(b"short").decode()


@pytest.mark.parametrize(
    "text", ["", " , ", "k1", K1, f"k1:{SHORT}", "k1:%%%", f"k1:{K1},k1:{K2}", f"k 1:{K1}"]
)
def test_a_ring_that_cannot_be_used_is_refused_without_printing_a_key(text: str) -> None:
    with pytest.raises(UnusableKeyError) as refused:
        Keyring.parse(text)

    assert K1 not in str(refused.value)
    assert SHORT not in str(refused.value)


def test_keys_do_not_show_when_rings_are_printed() -> None:
    assert K1 not in repr(OLD)
    assert repr(base64.b64decode(K1)) not in repr(BlindIndex.parse(K1))


def test_the_index_finds_equal_values_of_one_kind_only() -> None:
    index = BlindIndex.parse(K1)

    assert index.of("phone", "12345678") == index.of("phone", "12345678")
    assert index.of("phone", "12345678") != index.of("cpr", "12345678")
    assert index.of("phone", "12345678") != index.of("phone", "12345679")
    assert index.of("phone", "12345678") != BlindIndex.parse(K2).of("phone", "12345678")


def test_a_new_key_is_whole_and_never_the_same() -> None:
    assert Keyring.parse(f"k:{new_key()}").current == "k"
    assert new_key() != new_key()


def test_an_index_key_must_be_whole() -> None:
    with pytest.raises(UnusableKeyError):
        BlindIndex.parse(SHORT)
