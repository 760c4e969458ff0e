"""What the programmes register: the profile texts of a new kelurahan."""

from programs.content_loader import on_kelurahan_created
from tkpk.registry import registry

registry.on_kelurahan_created.append(on_kelurahan_created)
