"""Finding credentials by words: accents, endings and British or American spelling do not matter, a typo is forgiven."""

from collections import defaultdict

from django.db import connection

from credentials.workflow import CredentialStatus

WORDS_MAX = 8

# Both spellings of a word fold into one: recognise and recognize, colour and color, paediatric and pediatric.
_FOLDED = "replace(replace(replace(replace(lower(unaccent({})), 'z', 's'), 'our', 'or'), 'ae', 'e'), 'oe', 'e')"

# Every word of what is offered, with a weight for the place where it stands, against every word that is looked for. A
# word counts where it, its stem or (from three letters) its beginning stands. A word that stands nowhere is taken for
# a typo: then the words count that differ by one letter, or by two (swapped ones) in a word that looks much alike.
_SEARCH = f"""
WITH wanted AS (
    SELECT q.n, {_FOLDED.format("q.word")} AS word FROM unnest(%(words)s::text[]) WITH ORDINALITY AS q(word, n)
), looked AS (
    SELECT n, word, stem[1] AS stem
    FROM (SELECT n, word, ts_lexize('english_stem', word) AS stem FROM wanted) AS stemmed
    WHERE stem <> '{{}}' OR stem IS NULL
), offered AS (
    SELECT c.id, c.code, c.current_version_id AS version_id FROM credentials_credential c WHERE c.status = %(offered)s
), texts AS (
    SELECT o.id, 8 AS weight, v.title || ' ' || o.code AS body
    FROM offered o JOIN credentials_credentialversion v ON v.id = o.version_id
    UNION ALL
    SELECT o.id, 4, v.theme || ' ' || v.summary || ' ' || array_to_string(v.assessment_methods, ' ')
    FROM offered o JOIN credentials_credentialversion v ON v.id = o.version_id
    UNION ALL
    SELECT o.id, 4, k.code || ' ' || k.short_name
    FROM offered o JOIN credentials_alignment a ON a.version_id = o.version_id
    JOIN credentials_competency k ON k.id = a.competency_id
    UNION ALL
    SELECT o.id, 4, s.specialty FROM offered o JOIN credentials_specialtyclaim s ON s.credential_id = o.id
    UNION ALL
    SELECT o.id, 2, t.text FROM offered o JOIN credentials_outcome t ON t.version_id = o.version_id
), words AS (
    SELECT id, word, max(weight) AS weight
    FROM texts, regexp_split_to_table({_FOLDED.format("body")}, '[^[:alnum:]]+') AS word
    WHERE word <> ''
    GROUP BY id, word
), stemmed AS (
    SELECT word, (ts_lexize('english_stem', word))[1] AS stem FROM (SELECT DISTINCT word FROM words) AS each
), known AS (
    SELECT l.n, s.word, 1.0 AS likeness
    FROM looked l JOIN stemmed s
    ON s.word = l.word OR s.stem = l.stem OR (length(l.word) > 2 AND starts_with(s.word, l.word))
), guessed AS (
    SELECT l.n, s.word, similarity(s.word, l.word)::numeric AS likeness
    FROM looked l JOIN stemmed s ON abs(length(s.word) - length(l.word)) < 3
    WHERE length(l.word) BETWEEN 4 AND 60 AND length(s.word) < 60 AND NOT EXISTS (SELECT FROM known k WHERE k.n = l.n)
    AND (levenshtein(s.word, l.word) < 2
         OR length(l.word) > 4 AND similarity(s.word, l.word) >= 0.25 AND levenshtein(s.word, l.word) = 2)
)
SELECT NULL AS id, n, 0 AS score FROM looked
UNION ALL
SELECT w.id, m.n, max(w.weight * m.likeness)
FROM (SELECT * FROM known UNION ALL SELECT * FROM guessed) AS m JOIN words w USING (word)
GROUP BY w.id, m.n
"""  # noqa: S608 - made of the text above; what people write is a parameter


def search(q: str) -> tuple[dict[int, float], dict[int, float]]:
    """What is offered and fits: (those in which every word is found, those in which at least one is), with scores.

    Words that carry no meaning ("of", "the") are left out. One query.
    """
    words = [word for word in _split(q) if word][:WORDS_MAX]
    if not words:
        return {}, {}
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, {"words": words, "offered": CredentialStatus.OFFERED.value})
        rows = cursor.fetchall()
    wanted = {n for pk, n, _score in rows if pk is None}
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for pk, n, score in rows:
        if pk is not None:
            found[pk][n] = float(score)
    some = {pk: sum(scores.values()) for pk, scores in found.items()}
    return {pk: some[pk] for pk, scores in found.items() if scores.keys() == wanted}, some


def _split(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text).split()
