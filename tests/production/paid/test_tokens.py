"""Tokens are never counted too few: a prompt that is said to fit does fit, and what is set aside is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.production.paid.tokens import count_tokens, head

# The most that any of four vocabularies makes of a text: GPT-4's, GPT-4o's, Llama 3's and Claude 2's (measured).
MEASURED = [
    (48, "CHAPTER THE SECOND. IN WHICH MR. PICKWICK SETS FORTH, AND WHAT BEFELL HIM AT THE ROCHESTER BALL; OR, XXVII. "
         "ABCDEFGHIJKLMNOP QWRTZXCVB"),
    (62, "xqzjvk wrtplm Brghvzk xxkcd zzzzzzzz qwfpgj Cthulhu fhtagn R'lyeh wgah'nagl Ph'nglui mglw'nafh Aaaaaaargh "
         "hmmmmm Ssssssh"),
    (64, "1234567890 3.14159265358979 1,234,567.89 2026-11-22T14:38:05 0x7fffdeadbeef +49 (0) 30 / 123-45-67 $99.99 "
         "50% #42"),
    (35, '{"type":"object","properties":{"characters":{"type":"array","items":{"$ref":"#/$defs/Seen"}}},'
         '"required":["characters"],"additionalProperties":false}'),
    (33, "“Well,” said I—“that's—well…” ‘’tis’ —‘Eh?’— “— — —” *** ~~~ ___ ======"),
    (18, "a  b   c    d     e\n\n\n  f\t\tg \n \n h      \n"),
    (58, "Genir pawb yn rhydd ac yn gydradd â'i gilydd mewn urddas a hawliau. "
         "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch."),
    (45, "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja "
         "omatunto."),
    (52, "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"),
    (93, "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।"),
    (85, "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα."),
]  # fmt: skip


@pytest.mark.parametrize(("tokens", "text"), MEASURED)
def test_no_vocabulary_makes_more_of_a_text(tokens: int, text: str) -> None:
    assert count_tokens(text) >= tokens


def test_prose_is_not_counted_at_more_than_twice_its_tokens() -> None:
    text = (
        "It was the third stroke. Night after night I had passed the house (it was vacation time) and studied the "
        "lighted square of window: and night after night I had found it lighted in the same way, faintly and evenly."
    )
    assert 47 <= count_tokens(text) <= 2 * 47


@given(st.text(max_size=300), st.integers(0, 200))
def test_a_head_is_a_beginning_that_fits(text: str, tokens: int) -> None:
    cut = head(text, tokens)
    assert text.startswith(cut)
    assert count_tokens(cut) <= tokens
    if count_tokens(text) <= tokens:
        assert cut == text


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_longer_text_has_no_fewer_tokens_than_its_parts_would_make_it(one: str, other: str) -> None:
    assert count_tokens(f"{one}\n{other}") >= max(count_tokens(one), count_tokens(other)) - 1
