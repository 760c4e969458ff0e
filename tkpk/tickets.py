"""Codes by which a resident follows a report: random, easy to read out, hard to guess."""

import re
import secrets

# No I, O, 0, 1: 32 signs, five bits each.
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
GROUPS, GROUP = 3, 4  # 60 bits
_FORM = re.compile(rf"S([{SIGNS}]{{{GROUPS * GROUP}}})")


def make() -> str:
    """A new code such as S-7KQ4-M2WX-9TRB."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(GROUPS * GROUP))
    return _written(signs)


def _written(signs: str) -> str:
    parts = [signs[at : at + GROUP] for at in range(0, len(signs), GROUP)]
    return "-".join(["S", *parts])


def normalise(text: str) -> str:
    """The code that somebody typed, however it was spaced and cased; "" if it can be none."""
    bare = re.sub(r"[\s\-–—.]", "", text[:60]).upper()
    found = _FORM.fullmatch(bare)
    return _written(found[1]) if found else ""
