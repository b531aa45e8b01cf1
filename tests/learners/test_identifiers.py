"""The advisory look for what may name a patient (DOMAIN 4.2, 45 CFR 164.514(b)(2)(i))."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learners.identifiers import SHOWN_MAX, Identifier, find


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Her MRN: 00482913 stood on the chart.", "record", "MRN: 00482913"),
        ("medical record number 4829131", "record", "medical record number 4829131"),
        ("Patient ID #AB-48291", "record", "Patient ID #AB-48291"),
        ("SSN 123-45-6789", "security", "123-45-6789"),
        ("Seen on 03/14/2026 at night", "date", "03/14/2026"),
        ("Seen on 3.14.26.", "date", "3.14.26"),
        ("admitted March 3rd, 2026", "date", "March 3rd, 2026"),
        ("admitted 3 March 2026", "date", "3 March 2026"),
        ("admitted 2026-03-14", "date", "2026-03-14"),
        ("Call (555) 123-4567", "phone", "(555) 123-4567"),
        ("Call 555-123-4567", "phone", "555-123-4567"),
        ("Wrote to pat.jones@example.org today", "mail", "pat.jones@example.org"),
        ("A 93-year-old man", "age", "93-year-old"),
        ("She was aged 101.", "age", "aged 101"),
    ],
)
def test_what_may_name_a_patient_is_found_as_it_stands(text, kind, words):
    assert [(each.kind, each.words) for each in find(text)] == [(Identifier(kind), words)]


@pytest.mark.parametrize(
    "text",
    [
        "In 2026 three of five patients improved.",
        "A 45-year-old woman in her third trimester",
        "Version 1.2.3 of the protocol, section 4.10.2",
        "The score rose from 12 to 15 (95 % CI 10-14).",
        "ICD-10 I10, CPT 99213, 2 x 500 mg",
        "https://example.org/2026/03/talk",
        "",
    ],
)
def test_plain_clinical_prose_is_left_alone(text):
    assert find(text) == []


def test_each_is_told_once_and_at_most_five():
    text = " ".join(f"(555) 123-45{number:02}" for number in range(20)) + " (555) 123-4500"

    assert len(find(text, text)) == SHOWN_MAX
    assert len(find("SSN 123-45-6789, 123-45-6789")) == 1


@given(st.text(max_size=400))
def test_nothing_it_is_given_breaks_it(text):
    assert all(each.words and each.words in text for each in find(text))


@pytest.mark.parametrize("unit", ["1", "a@", "555-", "MRN ", "2026-", "Mar 3 ", "(555) ", "."])
def test_a_hostile_text_takes_no_longer_than_its_length(unit):
    began = time.process_time()
    find(unit * (50_000 // len(unit)))

    assert time.process_time() - began < 5
