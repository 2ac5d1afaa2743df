"""Codes, tokens, and when two names are the same name."""

import secrets
import unicodedata

# 28 symbols that cannot be taken for one another on a screen: 28**8 codes (promises.md, Codes).
CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def new_token() -> str:
    """128 bits for a link nobody can guess."""
    return secrets.token_urlsafe(16)


def name_key(name: str) -> str:
    """The form under which two names are the same name: NFKC, casefolded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
