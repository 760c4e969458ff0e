"""Sentences of Django that its own Indonesian says stiffly: our catalogue says them again.

They are listed here only so that the catalogue keeps them; nothing imports this module.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

FORMS = [
    _("This field is required."),
    _("This field cannot be blank."),
    _("This field cannot be null."),
    _("Enter a valid date."),
    _("Enter a whole number."),
    _("Enter a number."),
    _("Enter a valid email address."),
    _("Enter a valid value."),
    _("Enter a valid URL."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("No file was submitted. Check the encoding type on the form."),
    _("No file was submitted."),
    _("The submitted file is empty."),
    _("“%(value)s” is not a valid choice."),
    _("Value %(value)r is not a valid choice."),
    _("%(model_name)s with this %(field_label)s already exists."),
    _("You may edit it again below."),
    _("Save and continue editing"),
    _("Save and add another"),
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
]
COUNTED = [
    ngettext_lazy("Please correct the error below.", "Please correct the errors below.", 0),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        0,
    ),
]
ADMIN = [
    _("Skip to main content"),
    _("Show counts"),
    _("Hide counts"),
    _("View on site"),
    _("Model name"),
    _("Add link"),
    _("Change or view list link"),
]
PASSWORDS = [
    _("This password is too common."),
    _("This password is entirely numeric."),
    _("The password is too similar to the %(verbose_name)s."),
]
# django-import-export has no Indonesian of its own.
IMPORT_EXPORT = [
    _("File to import"),
    _("Format"),
    _("Submit"),
    _("Confirm import"),
    _(
        "Below is a preview of data to be imported. If you are satisfied with the results, "
        "click 'Confirm import'"
    ),
    _("Errors"),
    _("Line number"),
    _("Preview"),
    _("Row"),
    _("New"),
    _("Update"),
    _("Skipped"),
    _("Some rows failed to validate"),
    _(
        "Please correct these errors in your data where possible, then reupload it using the "
        "form above."
    ),
    _("Non field specific"),
    _("Import finished: {} new, {} updated, {} deleted and {} skipped {}."),
]
