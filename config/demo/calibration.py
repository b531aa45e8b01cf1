"""The calibration set of one item in the demo school: five pieces written for it, judged once by the printed assessor."""

from datetime import datetime, timedelta

from credentials.models import CredentialVersion, Criterion
from learners import services
from learners.models import User
from learners.models.calibration import WORKS_DEFAULT

WORKS = [
    (
        "A discharge with three professions",
        "Mr. X was to go home on a Friday. I asked the pharmacist about the new tablets and wrote down her answer. The physical "
        "therapist had seen him on the stairs; I read her note and called her. I told the nurse what both had said.",
        3,
        "Each profession is asked for what it alone can say, and the answers are brought together.",
    ),
    (
        "A plan that stayed with the doctors",
        "We decided on rounds that the patient could leave. I wrote the letter. The others were told in the afternoon.",
        2,
        "Others are informed and not asked; what they could have added is not named.",
    ),
    (
        "A disagreement that was used",
        "The social worker and I saw the risk at home differently. I asked what she had seen, said what I had measured, and we "
        "called the daughter together. The plan changed, and I wrote down why.",
        4,
        "The other view is sought out, and the writer shows how it changed the plan.",
    ),
    (
        "A handover on the phone",
        "I gave the handover in a fixed order, asked the night nurse to say it back, and named what would make me come in.",
        3,
        "What matters is said in order and checked by having it repeated.",
    ),
    (
        "A list of who was there",
        "On the ward there were a nurse, a pharmacist and a dietitian. Everybody did their part and it went well.",
        1,
        "Professions are listed; nothing is said of what they did or why they were called.",
    ),
]
AGREED_BEFORE, JUDGED_BEFORE = timedelta(days=40), timedelta(days=30)


def load(*, keeper: User, assessor: User, version: CredentialVersion, at: datetime) -> None:
    """Fill the set, ask nobody for it yet, and let the assessor judge it: near the agreed levels, once one apart.

    keeper: who leads the item. at: now.
    """
    criteria = list(version.criteria.order_by("position"))
    for title, text, level, reason in WORKS[:WORKS_DEFAULT]:
        agreed_at = at - AGREED_BEFORE
        work = services.begin_model_work(actor=keeper, version=version, title=title, at=agreed_at)
        services.add_model_text(actor=keeper, work=work, title="Case", text=text, at=agreed_at)
        services.agree_levels(
            actor=keeper, work=work, levels={each.pk: (level, reason) for each in criteria}, at=agreed_at
        )
        services.make_ready(actor=keeper, work=work, is_declared=True, at=agreed_at)
    _judge(assessor, version, criteria, at - JUDGED_BEFORE)


def _judge(assessor: User, version: CredentialVersion, criteria: list[Criterion], at: datetime) -> None:
    begun = services.start_round(actor=assessor, credential=version.credential, at=at)
    for number, (title, _text, level, _reason) in enumerate(WORKS[:WORKS_DEFAULT]):
        work = version.model_works.get(title=title)
        judged: dict[int, tuple[int | None, str]] = {each.pk: (level, "") for each in criteria}
        if number == 0:
            judged[criteria[-1].pk] = (level + 1, "The last step goes beyond what is asked.")
        services.save_calibration(actor=assessor, calibration_round=begun, work=work, levels=judged)
    services.finish_round(actor=assessor, calibration_round=begun, at=at + timedelta(hours=1))
