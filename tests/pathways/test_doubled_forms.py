"""Forms that build a pathway, sent twice: see tests/issuance/test_doubled_forms.py."""

import re

from django.urls import reverse

from pathways.models import Pathway

KEY = re.compile(r'name="once" value="([0-9a-f-]{36})"')


def test_a_pathway_that_is_begun_twice_is_one(signed_in, pathway_admin):
    client, address = signed_in(pathway_admin), reverse("pathways:pathway-begin")
    key = KEY.search(client.get(address).content.decode())[1]
    values = {"title": "Rural Care", "organization": pathway_admin.current_grants[0].organization_id, "once": key}

    first, second = client.post(address, values), client.post(address, values)

    assert first.status_code == 302
    assert first.url == second.url
    assert Pathway.objects.count() == 1


def test_a_rule_that_is_added_twice_is_one(signed_in, pathway_admin, make_pathway, two_badges):
    draft = make_pathway(required=two_badges[:1], groups=[("Depth", 1, two_badges)], published=False)
    client, at = signed_in(pathway_admin), [draft.pathway.public_id, draft.number]
    key = KEY.search(client.get(reverse("pathways:rule-list", args=at)).content.decode())[1]
    group, before = draft.requirements.get(kind="choose"), draft.requirements.count()
    values = {"kind": "credential", "parent": group.pk, "credential": two_badges[0].credential.pk, "once": key}

    for _number in range(2):
        assert client.post(reverse("pathways:rule-save", args=at), values).status_code == 302

    assert draft.requirements.count() == before + 1
