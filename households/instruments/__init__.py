"""Instruments as data: shipped files, imported workbooks, checks, copies, trials."""
