"""Reads pseudonyms by docs/pseudonyms.md, with nothing of ours."""

import base64
import functools
import json
import pathlib

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Reader:
    """Turns pseudonyms of one key file back into names, each once."""

    def __init__(self, key_file: pathlib.Path):
        self.keys = json.loads(key_file.read_text())
        self.reveal = functools.cache(self._reveal)

    @functools.cache
    def _cipher(self, kind: str, version: str) -> tuple[AESSIV, bytes]:
        root = next(v["root"] for v in self.keys["versions"] if v["version"] == int(version))
        data = f"logveil/v1/{self.keys['uuid']}/{kind}".encode()
        key = HKDF(SHA256(), 32, None, data + f"/{version}".encode()).derive(bytes.fromhex(root))
        return AESSIV(key), data

    def _reveal(self, text: str | None, kind: str) -> bytes | None:
        """The bytes of the name; fails when the pseudonym is of another kind."""
        if text is None:
            return None
        head, digits = text.split("-")
        assert head[0] == kind, f"{text} is no pseudonym of kind {kind}"
        cipher, data = self._cipher(kind, head[1:])
        sealed = base64.b32decode(digits.upper() + "=" * (-len(digits) % 8))
        padded = cipher.decrypt(sealed, [data]).rstrip(b"\0")
        assert padded.endswith(b"\x80")
        return padded[:-1]
