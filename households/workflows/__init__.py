"""Transition tables of the registry."""
