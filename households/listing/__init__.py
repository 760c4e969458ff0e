"""The yearly list of poor families: who is on it, by whose word, and what became of it."""

from households.listing.lines import delist, nominate

__all__ = ["delist", "nominate"]
