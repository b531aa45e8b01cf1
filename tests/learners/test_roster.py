"""A list of learners from a file: checked, confirmed, carried out in batches, and once."""

import codecs
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config.errors import Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import Cohort, Learner, LearnerEvent, Notice, RosterImport, RosterRow, User
from learners.services import roster as roster_service
from learners.tasks import run_rosters
from learners.workflow import ROSTER_MOVES, RosterStatus
from tests.fixtures.records import NOON

HEAD = "student_number,name,email,profession,cohort\n"
ROW = "S-1,Ada Quill,ada@example.edu,Physical Therapy,Class of 2030\n"


@pytest.fixture
def check(registrar, organization, cohort):
    def make(text, *, actor=registrar, is_inviting=False, at=NOON):
        data = text if isinstance(text, bytes) else text.encode()
        return services.check_roster(
            actor=actor, organization=organization, file_name="class.csv", data=data, is_inviting=is_inviting, at=at
        )

    return make


@pytest.fixture
def carry_out(check, registrar):
    def make(text, *, at=NOON, **options):
        roster = check(text, at=at, **options)
        services.confirm_roster(actor=registrar, roster=roster, at=at)
        while services.run_rosters(at=at):
            pass
        roster.refresh_from_db()
        return roster

    return make


def results(roster, field="result"):
    found = {}
    for result in roster.rows.values_list(field, flat=True):
        found[result] = found.get(result, 0) + 1
    return found


def faults(roster):
    return {row.line: row.said for row in roster.rows.filter(plan="faulty")}


def rows_of(count, *, faulty=0):
    lines = [f"S-{n},Learner Number {n},learner{n}@example.edu,nursing,Class of 2030\n" for n in range(count)]
    for n in range(faulty):
        lines[n * 90 + 5] = f"S-{n * 90 + 5},Learner Number,no address,nursing,Class of 2030\n"
    return HEAD + "".join(lines)


def test_domain_b3_seven_hundred_rows_with_seven_faulty_make_693_and_a_second_run_makes_none(carry_out):
    text = rows_of(700, faulty=7)

    first = carry_out(text)

    assert results(first) == {"create": 693, "faulty": 7}
    assert Learner.objects.filter(student_number__startswith="S-").count() == 693
    assert set(faults(first)) == {n * 90 + 5 + 2 for n in range(7)}
    assert all("is no e-mail address" in said for said in faults(first).values())

    second = carry_out(text, at=NOON + timedelta(days=1))

    assert results(second) == {"same": 693, "faulty": 7}
    assert Learner.objects.filter(student_number__startswith="S-").count() == 693


def test_checking_touches_nobody(check):
    roster = check(HEAD + ROW)

    assert results(roster, "plan") == {"create": 1}
    assert not Learner.objects.exists()
    assert services.run_rosters(at=NOON) == 0


def test_a_new_learner_gets_an_account_without_a_password_a_class_and_an_event(carry_out, registrar, cohort):
    carry_out(HEAD + ROW)

    learner = Learner.objects.get()
    assert (learner.display_name, learner.profession, learner.cohort) == ("Ada Quill", "physical-therapy", cohort)
    assert not learner.user.has_usable_password()
    assert learner.names.get().full_name == "Ada Quill"
    event = LearnerEvent.objects.get()
    assert (event.learner, event.actor, event.kind) == (learner, registrar, "added")
    assert not Notice.objects.filter(kind="invitation").exists()


def test_whoever_is_new_can_choose_a_password_by_mail(carry_out, client):
    carry_out(HEAD + ROW, is_inviting=True)

    notice = Notice.objects.get(kind="invitation")
    assert notice.user.email == "ada@example.edu"
    assert client.post(notice.path, {"email": "ada@example.edu"}).status_code == 302
    assert mail.outbox[0].to == ["ada@example.edu"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("S-2,Bo Fen,nobody,medicine,\n", "is no e-mail address"),
        ("S-1,Bo Fen,bo@example.edu,medicine,\n", "student number stands in line 2 already"),
        ("S-2,Bo Fen,ADA@example.edu,medicine,\n", "e-mail address stands in line 2 already"),
        ("S-2,Bo Fen,bo@example.edu,alchemy,\n", "“alchemy” is no profession"),
        ("S-2,Bo Fen,bo@example.edu,medicine,Class of 1900\n", "There is no class “Class of 1900”"),
        ("S-2," + "x" * 201 + ",bo@example.edu,medicine,\n", "more than 200 letters"),
        ("S-" + "2" * 40 + ",Bo Fen,bo@example.edu,medicine,\n", "more than 40 letters"),
        ("S-2,=HYPERLINK(),bo@example.edu,medicine,\n", "looks like a formula"),
        ("S-2,@sum,bo@example.edu,medicine,\n", "looks like a formula"),
        ("S-2,,bo@example.edu,medicine,\n", "“name” is empty"),
        ("S-2,Bo Fen\n", "“email” is empty"),
        ("S-2,Fen, Bo,bo@example.edu,medicine,Class of 2030\n", "more cells than columns"),
        ("S-2,Bo\u200bFen,bo@example.edu,medicine,\n", "cannot be printed"),
    ],
)
def test_a_faulty_row_is_told_by_its_line(check, row, said):
    roster = check(HEAD + ROW + row)

    assert list(faults(roster)) == [3]
    assert said in faults(roster)[3]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"name,email\nAda,ada@example.edu\n", "Missing: profession, student_number"),
        (HEAD.encode(), "no row below the heading"),
        (b"name,Name,email,student_number,profession\n", "stands there twice"),
        (HEAD.encode() + b'S-1,"Ada Quill,ada@example.edu,medicine,\n', "quotation mark"),
        (b"PK\x03\x04workbook", "workbook"),
        (b"\x00\x01\x02", "no text"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(check, data, said):
    with pytest.raises(Invalid, match=said):
        check(data)

    assert not RosterImport.objects.exists()


def test_more_rows_than_the_limit_are_refused(check, monkeypatch):
    monkeypatch.setattr("learners.roster_file.ROWS_MAX", 2)

    with pytest.raises(Invalid, match="more than 2 rows"):
        check(rows_of(3))


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + "student number;Full Name;E-Mail;Profession\nS-1;Åsa Ñu;asa@example.edu;nursing\n".encode(),
        codecs.BOM_UTF16_LE + "student_number\tname\temail\tprofession\nS-1\tÅsa Ñu\tasa@example.edu\tnursing\n".encode("utf-16-le"),
        "student_number,name,email,profession\r\nS-1,Åsa Ñu,asa@example.edu,nursing\r\n".encode("cp1252"),
        'student_number,name,email,profession\n"S-1","Åsa\nÑu"," ASA@example.edu ","Nursing"\n\n'.encode(),
    ],
)  # fmt: skip
def test_what_spreadsheet_programs_write_is_read(carry_out, data):
    carry_out(data)

    learner = Learner.objects.select_related("user").get()
    assert (learner.display_name, learner.user.email, learner.profession) == ("Åsa Ñu", "asa@example.edu", "nursing")


def test_lines_are_those_of_the_file_also_after_a_cell_with_a_break(check):
    roster = check(HEAD + '"S-1","Ada\nQuill",ada@example.edu,medicine,\n\nS-2,Bo,no,medicine,\n')

    assert [(row.number, row.line) for row in roster.rows.order_by("number")] == [(1, 2), (2, 5)]


def test_only_what_the_file_says_anew_is_changed_and_shown_before(check, carry_out, make_learner, registrar):
    other = Cohort.objects.create(
        organization=registrar.role_grants.get().organization,
        name="Class of 2031",
        entered_on=NOON.date(),
        graduates_on=NOON.date() + timedelta(days=900),
    )
    learner = make_learner(name="Ada Fen", student_number="S-1")
    text = HEAD + f"S-1,Ada Quill,{learner.user.email},medicine,Class of 2031\n"

    planned = check(text)
    assert results(planned, "plan") == {"change": 1}
    assert (
        planned.rows.get().said
        == "Name: “Ada Fen” becomes “Ada Quill”. Class: “Class of 2030” becomes “Class of 2031”."
    )

    carry_out(text)

    learner.refresh_from_db()
    assert (learner.display_name, learner.cohort, learner.profession) == ("Ada Quill", other, "medicine")
    assert list(learner.names.order_by("from_at").values_list("full_name", flat=True)) == ["Ada Fen", "Ada Quill"]
    assert set(learner.events.values_list("kind", flat=True)) == {"name", "cohort"}
    assert results(carry_out(text, at=NOON + timedelta(days=1))) == {"same": 1}


def test_an_address_is_never_changed_by_a_list(check, make_learner):
    make_learner(student_number="S-1")
    make_learner(name="Bo Fen", student_number="S-7", user=None)
    taken = Learner.objects.get(student_number="S-7").user.email

    roster = check(HEAD + "S-1,Robin Alder,other@example.edu,medicine,\n" + f"S-8,Bo Fen,{taken},medicine,\n")

    assert "another e-mail address" in faults(roster)[2]
    assert "another student number" in faults(roster)[3]


def test_somebody_with_an_account_becomes_a_learner_with_it(carry_out, assessor):
    carry_out(HEAD + f"S-1,Ada Quill,{assessor.email},medicine,\n")

    assert Learner.objects.get().user == assessor
    assert User.objects.filter(email=assessor.email).count() == 1


def test_nobody_changes_their_own_record_by_a_list(check, make_learner, registrar):
    make_learner(user=registrar, name="Ivo", student_number="S-1")

    roster = check(HEAD + f"S-1,Ivo the Great,{registrar.email},medicine,\n")

    assert "your own record" in faults(roster)[2]


def test_others_bring_in_confirm_and_drop_nothing(check, make_user, make_organization):
    roster = check(HEAD + ROW)
    people = [make_user(role) for role in Role.values if role != Role.REGISTRAR]
    people.append(make_user(Role.REGISTRAR, scope=make_organization()))

    for person in people:
        with pytest.raises(NotAllowed):
            check(HEAD + ROW, actor=person)
        with pytest.raises(NotAllowed):
            services.confirm_roster(actor=person, roster=roster, at=NOON)
        with pytest.raises(NotAllowed):
            services.drop_roster(actor=person, roster=roster)
        assert not RosterImport.objects.visible_to(person).exists()
    assert RosterImport.objects.get().status == RosterStatus.CHECKED


def test_every_status_has_its_moves():
    assert set(ROSTER_MOVES) == set(RosterStatus)


def test_confirming_twice_is_confirming_once_and_what_is_dropped_stays_dropped(
    check, registrar, django_capture_on_commit_callbacks
):
    roster, dropped = check(HEAD + ROW), check(HEAD + ROW)
    with django_capture_on_commit_callbacks() as callbacks:
        services.confirm_roster(actor=registrar, roster=roster, at=NOON)
        services.confirm_roster(actor=registrar, roster=roster, at=NOON + timedelta(hours=1))
    assert len(callbacks) == 1
    roster.refresh_from_db()
    assert roster.confirmed_at == NOON

    services.drop_roster(actor=registrar, roster=dropped)
    services.drop_roster(actor=registrar, roster=dropped)

    assert not dropped.rows.exists()
    for refused in (
        lambda: services.confirm_roster(actor=registrar, roster=dropped, at=NOON),
        lambda: services.drop_roster(actor=registrar, roster=roster),
    ):
        with pytest.raises(services.roster.RegistryError):
            refused()


def test_a_worker_that_dies_leaves_the_rest_to_the_next(check, registrar, monkeypatch):
    roster = check(rows_of(25))
    services.confirm_roster(actor=registrar, roster=roster, at=NOON)
    assert services.run_rosters(at=NOON, limit=10) == 10

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(roster_service.RosterRow.objects, "bulk_update", die)
        with pytest.raises(KeyboardInterrupt):
            services.run_rosters(at=NOON, limit=10)
    assert Learner.objects.count() == RosterRow.objects.filter(done_at__isnull=False).count() == 10

    run_rosters()

    roster.refresh_from_db()
    assert roster.status == RosterStatus.FINISHED
    assert results(roster) == {"create": 25}
    assert Learner.objects.count() == 25
    assert Notice.objects.filter(kind="roster", user=registrar).count() == 1
    assert services.run_rosters(at=NOON) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_carry_out_a_list_once(check, registrar, together):
    roster = check(rows_of(30))
    services.confirm_roster(actor=registrar, roster=roster, at=NOON)

    def work():
        return sum(iter(lambda: services.run_rosters(at=NOON, limit=5), 0))

    assert sum(together(work, work)) <= 30
    while services.run_rosters(at=NOON):
        pass
    assert results(roster) == {"create": 30}
    assert Learner.objects.count() == 30


# Pages ---------------------------------------------------------------------------------------------------------------
def send(client, data, **fields):
    upload = SimpleUploadedFile("class.csv", data, content_type="text/csv")
    return client.post(reverse("learners:roster-list"), {"file": upload} | fields)


def test_a_registrar_checks_confirms_and_reads_the_report(
    client, registrar, cohort, django_assert_max_num_queries, django_capture_on_commit_callbacks
):
    client.force_login(registrar)
    answer = send(client, (HEAD + ROW + "S-2,=1+1,bo@example.edu,medicine,\n").encode())
    roster = RosterImport.objects.get()
    assert answer.url == roster.get_absolute_url()

    with django_assert_max_num_queries(12):
        page = client.get(answer.url).content.decode()
    assert "Carry out 1 row" in page
    assert "looks like a formula" in page
    assert client.post(reverse("learners:roster-confirm", args=[roster.public_id])).status_code == 302

    with django_assert_max_num_queries(10):
        page = client.get(answer.url).content.decode()
    assert "0 of 2 rows" in page
    part = client.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "every 2s" in part

    run_rosters()

    assert client.get(answer.url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "faulty, left out" in client.get(answer.url).content.decode()
    table = client.get(reverse("learners:roster-faulty", args=[roster.public_id]))
    assert table["Content-Disposition"] == 'attachment; filename="faulty-rows.csv"'
    assert "S-2,'=1+1,bo@example.edu,medicine,,3," in table.content.decode("utf-8-sig")


def test_a_file_that_cannot_be_read_is_told_on_the_form(client, registrar):
    client.force_login(registrar)

    assert "Missing:" in send(client, b"a,b\n1,2\n").content.decode()
    assert client.post(reverse("learners:roster-list"), {}).status_code == 422


def test_a_dropped_list_is_gone_from_the_page(client, registrar, check):
    roster = check(HEAD + ROW)
    client.force_login(registrar)

    client.post(reverse("learners:roster-drop", args=[roster.public_id]))

    assert "class.csv" not in client.get(reverse("learners:roster-list")).content.decode()
