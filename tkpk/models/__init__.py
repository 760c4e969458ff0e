"""Models of the ground floor, one aggregate a file."""

from tkpk.models.access_log import AccessLog
from tkpk.models.document import Document
from tkpk.models.draft import Draft
from tkpk.models.installation import Installation
from tkpk.models.job import DailyRun, Job
from tkpk.models.mandate import Mandate
from tkpk.models.organisation import Organisation
from tkpk.models.outgoing_mail import OutgoingMail
from tkpk.models.reset_code import ResetCode
from tkpk.models.sign_in_card import CARD_CODES, CardCode, SignInCard
from tkpk.models.territory import KelurahanOffice, Level, Territory, normalise_code
from tkpk.models.tracked import StaleRow, Tracked, save_edit
from tkpk.models.trail import TrailEntry, TrailHead
from tkpk.models.user import User

__all__ = [
    "CARD_CODES",
    "AccessLog",
    "CardCode",
    "DailyRun",
    "Document",
    "Draft",
    "Installation",
    "Job",
    "KelurahanOffice",
    "Level",
    "Mandate",
    "Organisation",
    "OutgoingMail",
    "ResetCode",
    "SignInCard",
    "StaleRow",
    "Territory",
    "Tracked",
    "TrailEntry",
    "TrailHead",
    "User",
    "normalise_code",
    "save_edit",
]
