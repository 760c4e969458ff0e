"""Rapor keluarga: what stands on a card, writing it, closing it."""
