"""What changed in a text: paragraph by paragraph, word by word, and never for long."""

import time

import pytest

from learners.text_changes import changes


def test_a_changed_word_stands_in_its_paragraph():
    assert changes("One two three.\n\nThe second.", "One two four.\n\nThe second.") == [
        [("kept", "One two"), ("removed", "three."), ("added", "four.")],
        [("kept", "The second.")],
    ]


def test_a_new_paragraph_and_one_that_is_gone_stand_whole():
    assert changes("Alpha one.\nBeta two.", "Alpha one.\nGamma, and something else altogether.\nBeta two.") == [
        [("kept", "Alpha one.")],
        [("added", "Gamma, and something else altogether.")],
        [("kept", "Beta two.")],
    ]
    assert changes("Alpha one.\nBeta two.", "Beta two.") == [[("removed", "Alpha one.")], [("kept", "Beta two.")]]


def test_paragraphs_that_share_little_are_not_woven_into_each_other():
    assert changes("I asked the nurse.", "Later somebody else wrote this instead.") == [
        [("removed", "I asked the nurse.")],
        [("added", "Later somebody else wrote this instead.")],
    ]


def test_every_word_of_both_texts_is_told_once():
    old, new = "a b c d e f\n\ng h i", "a x c d f y\n\ng h i j"

    told = changes(old, new)

    for gone, text in (("added", old), ("removed", new)):
        words = [words for paragraph in told for what, words in paragraph if what != gone]
        assert " ".join(words).split() == text.split()


@pytest.mark.parametrize(("old", "new"), [("", "All new."), ("All gone.", " \n ")])
def test_with_an_empty_text_there_is_nothing_to_compare(old, new):
    assert changes(old, new) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 10_000, "a b " * 5_000),
        ("a. " * 6_000, "b. a. " * 3_000),
        ("a\n" * 10_000, "a\nb\n" * 5_000),
        ("\n".join(["x y z w " * 70] * 30), "\n".join(["x w y z " * 70] * 30)),
    ],
)
def test_a_text_made_to_be_slow_is_not(old, new):
    begun = time.process_time()

    changes(old, new)

    assert time.process_time() - begun < 2
