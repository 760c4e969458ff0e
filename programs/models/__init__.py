"""Models of the programme cycle and the public home."""

from programs.models.profile_section import ProfileSection

__all__ = ["ProfileSection"]
