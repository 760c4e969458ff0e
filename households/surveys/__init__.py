"""Surveys at the door: what is asked, kept, sent, checked and taken along without a network."""
