"""One term for one concept: the page of words, and every text that people read."""

import re
from html.parser import HTMLParser

import pytest

from config.glossary import GLOSSARY
from config.runtime.paths import ROOT

APPS = ("config", "credentials", "learners", "pathways", "issuance")
IN_TEMPLATES = re.compile(
    r'{% (?:translate|trans) "((?:[^"\\]|\\.)*)"|{% blocktrans(?:late)?[^%]*%}(.*?){% endblocktrans', re.DOTALL
)
IN_CODE = re.compile(r'\b(?:_|_t|n?gettext(?:_lazy)?)\(\s*((?:"(?:[^"\\]|\\.)*"[\s,]*)+)')
# What is never said, and the word for it. Columns of files keep their names.
INSTEAD = {
    r"\bcohorts?\b": "class",
    r"\bstudents?\b(?! number)(?!_)": "learner",
    r"\bcourses?\b": "microcredential",
    r"\bmarkers?\b": "assessor",
    r"\braters?\b": "assessor",
    r"\bmodules?\b": "microcredential",
    r"\bqualifications?\b": "credential",
    r"\bmicro-credential": "microcredential",
    r"\bhand(?:s|ed|ing)? in\b": "submit",
}
# Said of what is no learner of this registry, or is no concept of it.
FINE = (
    "What a member of the team handed in for all.",  # its column says so since the first table
    "Medical student, class of 2027",
    "CSV with the columns",
    "%(cohort)s",
    "{{ cohort }}",
    "an active student",
    "a student here",
    "The student gathers evidence",
    "Students of the health professions",
    "For students",
    "%(rater)s",
    "even when the course moves on",
)


def texts():
    """Every text that is shown to people, with the file that it stands in."""
    for app in APPS:
        for path in sorted((ROOT / "templates").glob(f"{app}/**/*.html")):
            for found in IN_TEMPLATES.finditer(path.read_text()):
                yield path, re.sub(r"\s+", " ", found[1] or found[2] or "")
        for path in sorted((ROOT / app).rglob("*.py")):
            if {"migrations", "demo", "bench"}.isdisjoint(path.parts):
                for found in IN_CODE.finditer(path.read_text()):
                    yield path, re.sub(r'"\s*"', "", found[1]).strip()


@pytest.mark.parametrize(("other", "word"), INSTEAD.items())
def test_a_concept_has_one_word_in_every_text(other, word):
    said = [(str(path.relative_to(ROOT)), text) for path, text in texts() if re.search(other, text, re.IGNORECASE)]
    assert [each for each in said if not any(fine in each[1] for fine in FINE)] == [], word


def test_the_scan_reads_texts_of_both_kinds():
    found = list(texts())
    assert len(found) > 5000
    assert {path.suffix for path, _text in found} == {".py", ".html"}


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids = []

    def handle_starttag(self, tag, attrs):
        if tag == "div" and "id" in (values := dict(attrs)):
            self.ids.append(values["id"])


def test_anybody_reads_what_the_words_mean_and_each_has_an_address(client):
    page = client.get("/words/")
    assert page.status_code == 200
    reader = Words()
    reader.feed(page.content.decode())
    slugs = [term.slug for group in GLOSSARY for term in group.terms]
    assert len(slugs) == len(set(slugs))
    assert [each for each in reader.ids if each in slugs] == slugs
    for group in GLOSSARY:
        for term in group.terms:
            assert str(term.word) in page.content.decode()


def test_every_page_leads_to_the_words(client, db):
    for address in ("/", "/catalog/", "/check/"):
        assert 'href="/words/"' in client.get(address).content.decode()
