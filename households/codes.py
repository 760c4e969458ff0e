"""Stored code lists: Dukcapil's and OpenSID's for people, the questionnaires' for dwellings.

The numbers are those that offices exchange, so a file's code is stored as it came. Never renumber.
"""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _

from households.housing_codes import (
    Closet,
    CookingFuel,
    DrinkingWater,
    FloorMaterial,
    LandTitle,
    Lighting,
    MainActivity,
    PowerVA,
    RoofMaterial,
    Tenure,
    Toilet,
    WallMaterial,
)
from households.work_codes import Work

__all__ = [
    "BasicStatus",
    "BloodType",
    "Citizenship",
    "Closet",
    "Contraception",
    "CookingFuel",
    "Disability",
    "DrinkingWater",
    "Education",
    "EducationCurrent",
    "FloorMaterial",
    "LandTitle",
    "Lighting",
    "MainActivity",
    "MaritalStatus",
    "PowerVA",
    "RecordingStatus",
    "Relation",
    "Religion",
    "RoofMaterial",
    "Sex",
    "Tenure",
    "Toilet",
    "WallMaterial",
    "Work",
    "YesNo",
]


class Sex(IntegerChoices):
    """Dukcapil's two codes."""

    MALE = 1, _("Male")
    FEMALE = 2, _("Female")


class Relation(IntegerChoices):
    """Status hubungan dalam keluarga (SHDK), Dukcapil's list of 11."""

    HEAD = 1, _("Head of family")
    HUSBAND = 2, _("Husband")
    WIFE = 3, _("Wife")
    CHILD = 4, _("Child")
    CHILD_IN_LAW = 5, _("Child-in-law")
    GRANDCHILD = 6, _("Grandchild")
    PARENT = 7, _("Parent")
    PARENT_IN_LAW = 8, _("Parent-in-law")
    OTHER_KIN = 9, _("Other relative")
    HOUSEHOLD_HELP = 10, _("Domestic worker")
    OTHER = 11, _("Other")


class Religion(IntegerChoices):
    """Dukcapil's list of 7."""

    ISLAM = 1, _("Islam")
    CHRISTIAN = 2, _("Protestant Christianity")
    CATHOLIC = 3, _("Catholicism")
    HINDU = 4, _("Hinduism")
    BUDDHIST = 5, _("Buddhism")
    CONFUCIAN = 6, _("Confucianism")
    BELIEF = 7, _("Belief in the One God")


class Education(IntegerChoices):
    """Pendidikan dalam KK: the highest level completed, Dukcapil's list of 10."""

    NONE = 1, _("No schooling or not yet at school")
    PRIMARY_UNFINISHED = 2, _("Primary school not completed")
    PRIMARY = 3, _("Primary school")
    JUNIOR = 4, _("Junior secondary school")
    SENIOR = 5, _("Senior secondary school")
    DIPLOMA_1_2 = 6, _("Diploma I or II")
    DIPLOMA_3 = 7, _("Diploma III")
    BACHELOR = 8, _("Diploma IV or bachelor's degree")
    MASTER = 9, _("Master's degree")
    DOCTOR = 10, _("Doctorate")


class EducationCurrent(IntegerChoices):
    """Pendidikan sedang ditempuh, OpenSID's list of 18."""

    BEFORE_KINDERGARTEN = 1, _("Not yet in kindergarten")
    KINDERGARTEN = 2, _("In kindergarten")
    NEVER = 3, _("Never went to school")
    PRIMARY = 4, _("In primary school")
    PRIMARY_LEFT = 5, _("Left primary school")
    JUNIOR = 6, _("In junior secondary school")
    SENIOR = 7, _("In senior secondary school")
    DIPLOMA_1 = 8, _("In a Diploma I course")
    DIPLOMA_2 = 9, _("In a Diploma II course")
    DIPLOMA_3 = 10, _("In a Diploma III course")
    BACHELOR = 11, _("In a bachelor's course")
    MASTER = 12, _("In a master's course")
    DOCTOR = 13, _("In a doctoral course")
    SPECIAL_A = 14, _("In special school A")
    SPECIAL_B = 15, _("In special school B")
    SPECIAL_C = 16, _("In special school C")
    ILLITERATE = 17, _("Cannot read or write")
    NOT_AT_SCHOOL = 18, _("Not at school now")


class MaritalStatus(IntegerChoices):
    """OpenSID's list of 4."""

    SINGLE = 1, _("Never married")
    MARRIED = 2, _("Married")
    DIVORCED = 3, _("Divorced")
    WIDOWED = 4, _("Widowed")


class Citizenship(IntegerChoices):
    """Dukcapil's list of 3."""

    INDONESIAN = 1, _("Indonesian citizen")
    FOREIGN = 2, _("Foreign citizen")
    DUAL = 3, _("Two citizenships")


class BloodType(IntegerChoices):
    """Dukcapil's list of 13."""

    TYPE_A = 1, _("A")
    TYPE_B = 2, _("B")
    TYPE_AB = 3, _("AB")
    TYPE_O = 4, _("O")
    A_POSITIVE = 5, _("A+")
    A_NEGATIVE = 6, _("A-")
    B_POSITIVE = 7, _("B+")
    B_NEGATIVE = 8, _("B-")
    AB_POSITIVE = 9, _("AB+")
    AB_NEGATIVE = 10, _("AB-")
    O_POSITIVE = 11, _("O+")
    O_NEGATIVE = 12, _("O-")
    UNKNOWN = 13, _("Blood type not known")


class Disability(IntegerChoices):
    """Dukcapil's list of 7."""

    PHYSICAL = 1, _("Physical disability")
    SIGHT = 2, _("Sight disability")
    HEARING_SPEECH = 3, _("Hearing or speech disability")
    MENTAL = 4, _("Mental disability")
    PHYSICAL_AND_MENTAL = 5, _("Physical and mental disability")
    OTHER = 6, _("Other disability")
    NONE = 7, _("No disability")


class Contraception(IntegerChoices):
    """OpenSID's list; 99 is how older lists write "other"."""

    PILL = 1, _("Pill")
    IUD = 2, _("IUD")
    INJECTION = 3, _("Injection")
    CONDOM = 4, _("Condom")
    IMPLANT = 5, _("Implant")
    FEMALE_STERILISATION = 6, _("Female sterilisation")
    MALE_STERILISATION = 7, _("Male sterilisation")
    OTHER = 8, _("Other method")
    OTHER_OLD_LIST = 99, _("Other method (older list)")


class YesNo(IntegerChoices):
    """Answers of the columns that ask a yes or no."""

    YES = 1, _("Yes")
    NO = 2, _("No")


class RecordingStatus(IntegerChoices):
    """Status rekam of the electronic identity card, OpenSID's list of 8."""

    NOT_REQUIRED = 1, _("Not yet of age for the card")
    NOT_RECORDED = 2, _("Not recorded")
    RECORDED = 3, _("Recorded")
    PRINTED = 4, _("Card printed")
    READY = 5, _("Ready to print")
    SHIPPED = 6, _("Card shipped")
    SENT_TO_PRINT = 7, _("Sent for printing")
    ISSUED = 8, _("Card issued")


class BasicStatus(IntegerChoices):
    """Status dasar, OpenSID's list; 5, 7 and 8 are not used there."""

    LIVING = 1, _("Living here")
    DEAD = 2, _("Dead")
    MOVED = 3, _("Moved away")
    MISSING = 4, _("Missing")
    AWAY = 6, _("Gone away")
    INVALID = 9, _("Not a valid record")
