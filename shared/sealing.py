"""Sealing of personal values at rest, and a keyed index to find them by without opening them.

AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce for each value. The key's id is stored beside the
value, so that keys can be changed while old rows still open. The *context* (which row, which field) is
bound in as associated data: a sealed value copied into another row or field does not open there.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")


class UnusableKeyError(ValueError):
    """The key in the settings cannot be used. The message never shows any part of a key."""


class SealBrokenError(Exception):
    """The value was not sealed by a key of this ring, or not for this context, or was changed since."""


def _key_of(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise UnusableKeyError(f"{name} is not base64") from None
    if len(key) != _KEY_BYTES:
        raise UnusableKeyError(f"{name} has {len(key)} bytes, it must have {_KEY_BYTES}")
    return key


def new_key() -> str:
    """A fresh random 256-bit key, as base64: what the settings take."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


@dataclass(frozen=True)
class Keyring:
    """The keys values are sealed with. New values are sealed with the current one; all of them open."""

    current: str
    _ciphers: Mapping[str, AESGCM] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `k2:<base64>,k1:<base64>`; the first is current.

        Raises UnusableKeyError for an empty ring, a bad id, a doubled id or a key that is not 32 bytes.
        """
        ciphers: dict[str, AESGCM] = {}
        for number, part in enumerate(filter(None, (piece.strip() for piece in text.split(","))), start=1):
            key_id, colon, encoded = part.partition(":")
            if not colon or not _KEY_ID.fullmatch(key_id):
                raise UnusableKeyError(f"key {number} does not read <id>:<base64>")
            if key_id in ciphers:
                raise UnusableKeyError(f"key id {key_id} is there twice")
            ciphers[key_id] = AESGCM(_key_of(encoded, f"key {key_id}"))
        if not ciphers:
            raise UnusableKeyError("the key ring is empty")
        return cls(current=next(iter(ciphers)), _ciphers=ciphers)

    def seal(self, plaintext: str, context: str) -> str:
        """`<key id>:<base64 of nonce and ciphertext>`, openable only with the same context."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self.current].encrypt(nonce, plaintext.encode(), context.encode())
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, context: str) -> str:
        """The plaintext again. Raises SealBrokenError when it cannot be trusted; nothing of it is
        returned.
        """
        key_id, _, encoded = sealed.partition(":")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealBrokenError("sealed with a key that is not on the ring")
        try:
            raw = base64.b64decode(encoded, validate=True)
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealBrokenError("the sealed value does not open in this context") from None

    def needs_rotation(self, sealed: str) -> bool:
        """Whether the value was sealed with an older key than the current one."""
        return sealed.partition(":")[0] != self.current


@dataclass(frozen=True)
class BlindIndex:
    """Finds a value without opening any: HMAC-SHA256 under a key of its own.

    The kind (cpr, phone, name) is part of what is hashed, so that equal digits of different kinds do not
    meet. Only whole values can be found, and only by who holds the key: ten digits could be guessed from
    a plain hash in seconds.
    """

    _key: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a base64 key of 32 bytes. Raises UnusableKeyError."""
        return cls(_key_of(text, "the index key"))

    def of(self, kind: str, value: str) -> str:
        """The index value, 64 hex digits. The caller normalises the value first."""
        return hmac.new(self._key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()
