"""Transition tables of the ground floor."""
