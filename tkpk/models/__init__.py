"""Models of the ground floor, one aggregate a file."""

from tkpk.models.access_log import AccessLog
from tkpk.models.document import Document
from tkpk.models.draft import Draft
from tkpk.models.holiday import Holiday, HolidayKind
from tkpk.models.installation import Installation
from tkpk.models.job import DailyRun, Job
from tkpk.models.mandate import Mandate
from tkpk.models.meeting import (
    Attendance,
    AttendeeSex,
    Meeting,
    MeetingKind,
    MeetingStatus,
    MinutesCounter,
)
from tkpk.models.office_rule import OfficeRule
from tkpk.models.organisation import Organisation
from tkpk.models.outgoing_mail import OutgoingMail
from tkpk.models.reset_code import ResetCode
from tkpk.models.sign_in_card import CARD_CODES, CardCode, SignInCard
from tkpk.models.submission import (
    Channel,
    FromOutside,
    HeldFor,
    Reopening,
    ReopeningStatus,
    SentKind,
    Submission,
    SubmissionAnswer,
    SubmissionStatus,
)
from tkpk.models.territory import KelurahanOffice, Level, Territory, normalise_code
from tkpk.models.tracked import StaleRow, Tracked, save_edit
from tkpk.models.trail import TrailEntry, TrailHead
from tkpk.models.user import User

__all__ = [
    "CARD_CODES",
    "AccessLog",
    "Attendance",
    "AttendeeSex",
    "CardCode",
    "Channel",
    "DailyRun",
    "Document",
    "Draft",
    "FromOutside",
    "HeldFor",
    "Holiday",
    "HolidayKind",
    "Installation",
    "Job",
    "KelurahanOffice",
    "Level",
    "Mandate",
    "Meeting",
    "MeetingKind",
    "MeetingStatus",
    "MinutesCounter",
    "OfficeRule",
    "Organisation",
    "OutgoingMail",
    "Reopening",
    "ReopeningStatus",
    "ResetCode",
    "SentKind",
    "SignInCard",
    "StaleRow",
    "Submission",
    "SubmissionAnswer",
    "SubmissionStatus",
    "Territory",
    "Tracked",
    "TrailEntry",
    "TrailHead",
    "User",
    "normalise_code",
    "save_edit",
]
