"""The staff menu: each entry has a drawing of its own, out of the vendored set."""

from collections import Counter

from tkpk.registry import registry
from tkpk.templatetags.look import drawings


def test_no_two_entries_of_the_menu_share_an_icon():
    times = Counter(item.icon for item in registry.menu)
    assert {icon: number for icon, number in times.items() if number > 1} == {}


def test_every_icon_of_the_menu_is_in_the_vendored_set():
    assert {item.icon for item in registry.menu} <= set(drawings())
