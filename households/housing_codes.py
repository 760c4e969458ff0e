"""Code lists of a household's dwelling, after the questionnaires of the national registry."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Tenure(IntegerChoices):
    """Who owns the dwelling; the sixth is Yogyakarta's own."""

    OWN = 1, _("Own dwelling")
    RENTED = 2, _("Rented")
    RENT_FREE = 3, _("Rent-free")
    OFFICIAL = 4, _("Official residence")
    OTHER = 5, _("Other tenure")
    MENGINDUNG = 6, _("On another's land (mengindung)")


class LandTitle(IntegerChoices):
    """Title of the ground under the dwelling."""

    OWN_TITLE = 1, _("Freehold title in own name")
    OTHERS_TITLE_AGREED = 2, _("Freehold title of another, with a written agreement")
    OTHERS_TITLE = 3, _("Freehold title of another, without agreement")
    BUILDING_RIGHT = 4, _("Right to build or strata title")
    CUSTOMARY = 5, _("Customary papers")
    NO_TITLE = 6, _("No papers")


class FloorMaterial(IntegerChoices):
    """Widest floor."""

    MARBLE = 1, _("Marble or granite")
    CERAMIC = 2, _("Ceramic")
    TILE = 3, _("Tile or terrazzo")
    CEMENT = 4, _("Cement or brick")
    WOOD = 5, _("Wood or boards")
    EARTH = 6, _("Earth")
    OTHER = 7, _("Other material")


class WallMaterial(IntegerChoices):
    """Widest wall."""

    BRICK = 1, _("Brick or concrete wall")
    PLASTERED_BAMBOO = 2, _("Plastered woven bamboo or wire")
    WOOD = 3, _("Wood")
    WOVEN_BAMBOO = 4, _("Woven bamboo")
    BAMBOO = 5, _("Bamboo")
    OTHER = 6, _("Other material")


class RoofMaterial(IntegerChoices):
    """Widest roof."""

    CONCRETE = 1, _("Concrete")
    CERAMIC_TILE = 2, _("Ceramic roof tile")
    CLAY_TILE = 3, _("Clay roof tile")
    ASBESTOS = 4, _("Asbestos")
    BAMBOO = 5, _("Bamboo")
    OTHER = 6, _("Other material")


class DrinkingWater(IntegerChoices):
    """Main source of drinking water."""

    BOTTLED = 1, _("Bottled water")
    REFILL = 2, _("Refilled water")
    PIPED = 3, _("Piped water")
    BOREHOLE = 4, _("Borehole")
    PROTECTED_WELL = 5, _("Protected well")
    OPEN_WELL = 6, _("Unprotected well")
    PROTECTED_SPRING = 7, _("Protected spring")
    OPEN_SPRING = 8, _("Unprotected spring")
    SURFACE = 9, _("Surface water")
    RAIN = 10, _("Rain water")
    OTHER = 11, _("Other source")


class Toilet(IntegerChoices):
    """Whose toilet the family uses."""

    OWN = 1, _("Own toilet")
    SHARED = 2, _("Shared with certain families")
    PUBLIC = 3, _("Public toilet")
    NONE = 4, _("No toilet")


class Closet(IntegerChoices):
    """Kind of closet."""

    WATER_SEAL = 1, _("Water seal")
    PLENGSENGAN = 2, _("Sloping pan")
    PIT = 3, _("Pit")
    NOT_USED = 4, _("No closet")


class Lighting(IntegerChoices):
    """Main lighting."""

    PLN_METER = 1, _("State electricity with a meter")
    PLN_NO_METER = 2, _("State electricity without a meter")
    OTHER_ELECTRICITY = 3, _("Other electricity")
    NOT_ELECTRIC = 4, _("No electricity")


class PowerVA(IntegerChoices):
    """Installed power; the code is the number of volt-amperes."""

    VA_450 = 450, _("450 VA")
    VA_900 = 900, _("900 VA")
    VA_1300 = 1300, _("1300 VA")
    VA_2200 = 2200, _("2200 VA or more")


class CookingFuel(IntegerChoices):
    """Main cooking fuel."""

    ELECTRICITY = 1, _("Electricity")
    GAS_LARGE = 2, _("Gas, over 3 kg")
    GAS_3KG = 3, _("Gas, 3 kg")
    BRIQUETTE = 4, _("Briquettes")
    CHARCOAL = 5, _("Charcoal")
    FIREWOOD = 6, _("Firewood")
    NO_COOKING = 7, _("Does not cook")


class MainActivity(IntegerChoices):
    """What the person mainly did last week."""

    WORKING = 1, _("Working")
    SCHOOL = 2, _("At school")
    HOUSEKEEPING = 3, _("Keeping house")
    OTHER = 4, _("Other activity")
