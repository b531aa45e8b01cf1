"""What an operator checks by command: a badge, and the status lists."""

import pytest
from django.core.management import CommandError, call_command

from issuance import openbadges as ob
from issuance.models import StatusList


def test_a_good_badge_is_told_line_by_line(make_signed, tmp_path, capsys):
    path = tmp_path / "badge.json"
    path.write_bytes(bytes(make_signed().bytes))

    call_command("verify", str(path))

    said = capsys.readouterr().out
    assert said.startswith("Valid\n")
    assert "passed          proof" in said


@pytest.mark.parametrize(
    ("content", "said"), [(b"nothing", "Could not be confirmed"), (b"%PDF-1.7 nothing", "Could not be confirmed")]
)
def test_what_is_no_badge_ends_with_a_code(db, tmp_path, capsys, content, said):
    path = tmp_path / "badge"
    path.write_bytes(content)

    with pytest.raises(CommandError, match="not shown to be valid"):
        call_command("verify", str(path))
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("badge", "said"), [("/nowhere/badge.json", "no file"), ("https://x.example/b", "is off")])
def test_what_cannot_be_read_is_named(db, badge, said):
    with pytest.raises(CommandError, match=said):
        call_command("verify", badge)


def test_status_lists_agree_with_the_registry(make_signed, revoke, capsys):
    revoke(make_signed().award)
    make_signed()

    call_command("statuslists", "check")

    assert "as it should be" in capsys.readouterr().out


def test_a_bit_that_nobody_set_is_found(make_signed, capsys):
    document = make_signed()
    status_list = StatusList.objects.get()
    status_list.bits = ob.with_set(bytes(status_list.bits), [document.status_entry.index])
    status_list.save()

    with pytest.raises(CommandError, match="1 things differ"):
        call_command("statuslists", "check")
    assert "its signed form is not its bits" in capsys.readouterr().out
