"""The words for what a check of a file or a list found."""

from django.utils.translation import gettext_lazy

# receipt: a statement of ours, which speaks of badges and is none. withdrawn: good in form, but signed with a key that may have been in other hands.
FILE_WORDS = {
    "receipt": gettext_lazy("A genuine receipt"),
    "withdrawn": gettext_lazy("Signed with a key that is no longer trusted"),
    "valid": gettext_lazy("Valid"),
    "expired": gettext_lazy("Genuine, and expired"),
    "superseded": gettext_lazy("Genuine, and replaced by a newer award"),
    "suspended": gettext_lazy("Genuine, and suspended"),
    "revoked": gettext_lazy("Genuine, and revoked"),
    "mixed": gettext_lazy("Genuine, and not every badge in it still stands"),
    "altered": gettext_lazy("Changed, or not issued by whom it names"),
    "unknown": gettext_lazy("Could not be confirmed"),
}

# Beside the states of the file check: nothing is shown at the address; the stored badge is not what was signed.
LIST_WORDS = FILE_WORDS | {
    "not-shown": gettext_lazy("Nothing is shown at this address"),
    "failed": gettext_lazy("Not confirmed"),
}
