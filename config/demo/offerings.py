"""When and where the demo school teaches what has few seats, and for which specialties it is said to be useful."""

from datetime import date, timedelta

from credentials.models import Credential, Offering, Organization, SpecialtyClaim

# Credential, name, place, days from today until it opens and closes, seats.
OFFERINGS = [
    ("pocus-core", "Block A", "Simulation center, room 2", -7, 42, 12),
    ("pocus-core", "Block B", "Simulation center, room 2", 50, 105, 12),
    ("ip-bedside-rounds", "Medical wards", "Ward 5 East", -3, 70, 8),
    ("resuscitation-team", "Weekend course", "Simulation center", 14, 16, 24),
    ("simulation-facilitation", "Faculty and students together", "Simulation center", 21, 49, 10),
]
# Specialty, source, day, credentials.
SPECIALTIES = [
    (
        "emergency medicine",
        "Survey of the school's residency program directors",
        date(2026, 3, 2),
        ["pocus-core", "pocus-heart-lung", "resuscitation-team", "sepsis-recognition"],
    ),
    (
        "family medicine",
        "Survey of the school's residency program directors",
        date(2026, 3, 2),
        ["social-drivers", "telehealth-rural", "pocus-core"],
    ),
    ("internal medicine", "Department of Medicine", date(2026, 1, 19), ["sepsis-recognition", "safe-handover"]),
    ("palliative care", "Department of Medicine", date(2026, 1, 19), ["serious-illness-talk"]),
]
EARLY_ASSESSMENT = ["evidence-appraisal", "pocus-core"]


def load_offerings(*, organization: Organization, credentials: dict[str, Credential], on: date) -> dict[str, Offering]:
    """Load offerings, specialties, and what may be assessed early; answer the first offering of each credential."""
    loaded: dict[str, Offering] = {}
    for slug, name, place, opens, closes, seats in OFFERINGS:
        offering = Offering.objects.create(
            credential=credentials[slug],
            delivered_by=organization,
            name=name,
            place=place,
            opens_on=on + timedelta(days=opens),
            closes_on=on + timedelta(days=closes),
            seats=seats,
        )
        loaded.setdefault(slug, offering)
    SpecialtyClaim.objects.bulk_create(
        SpecialtyClaim(credential=credentials[slug], specialty=specialty, source=source, stated_on=stated_on)
        for specialty, source, stated_on, slugs in SPECIALTIES
        for slug in slugs
    )
    Credential.objects.filter(slug__in=EARLY_ASSESSMENT).update(allows_early_assessment=True)
    return loaded
