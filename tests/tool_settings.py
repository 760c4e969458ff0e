"""The settings with the development tools that work as Django apps; see the Makefile."""

from tkpk.settings import *  # noqa: F403 - the one settings file, whole
from tkpk.settings import INSTALLED_APPS

# Its system check fails where two migrations follow the same one.
INSTALLED_APPS = [*INSTALLED_APPS, "django_linear_migrations"]
