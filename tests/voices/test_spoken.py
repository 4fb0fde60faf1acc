"""What a listener hears for what is written, and where in the source each word came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.media.spoken import to_spoken

READINGS = {
    # titles and abbreviations
    "Mr. Darcy met Dr. Jekyll at St. Paul's": "Mister Darcy met Doctor Jekyll at Saint Paul's",
    "He lived in Baker St.": "He lived in Baker Street.",
    "MR. SHERLOCK HOLMES, who was late": "Mister sherlock holmes, who was late",
    "Pears, etc. Then, e.g. this, i.e. that.": "Pears, et cetera. Then, for example this, that is that.",
    "pears, etc., and A. Smith, Esq.": "pears, et cetera, and A. Smith, Esquire.",
    "Smith & Sons, rags, bottles, &c.": "Smith and Sons, rags, bottles, et cetera.",
    "See no. 5, vol. II, pp. 12–15.": "See number five, volume two, pages twelve to fifteen.",
    "“No. I won't.”": "No. I won't.",
    "in the U.S. Army": "in the U.S Army",
    # Roman numerals
    "Chapter IV": "Chapter four",
    "XIV": "Fourteen",
    "II. The Sign": "Two. The Sign",
    "Henry VIII and Charles I of England": "Henry the eighth and Charles the first of England",
    "Act III, scene ii; World War II": "Act three, scene two; World War two",
    "the book I read, and Charles I think": "the book I read, and Charles I think",
    "The IV fell": "The IV fell",
    "I": "I",
    # dates and times
    "on Jan. 5, 1851, at 10:30 a.m.": "on January fifth, eighteen fifty-one, at ten thirty A.M.",
    "at 5 p.m. He left at 12:00.": "at five P.M. He left at twelve o'clock.",
    "the 5th of November, 1605": "the fifth of November, sixteen oh five",
    "1914–18, the 1920s, the '90s": "nineteen fourteen to eighteen, the nineteen twenties, the nineties",
    "in 44 B.C. once": "in forty-four B.C once",
    "2024-03-05": "March fifth, twenty twenty-four",
    # money and measures
    "$3.2 million, $1.01, £1,250.50, 5¢": (
        "three point two million dollars, one dollar and one cent, one thousand two hundred and fifty pounds and "
        "fifty pence, five cents"
    ),
    "£3 10s. 6d.": "three pounds and ten shillings and six pence",
    "6'2\" tall, 20°C, 50%, 5 km²": "six foot two tall, twenty degrees Celsius, fifty percent, five kilometres squared",
    "3 1/2 miles, 2½ cups, ½ an hour, 3/4": "three and a half miles, two and a half cups, half an hour, three quarters",
    # numbers
    "1,234,567 and 007 and 3.14": (
        "one million two hundred and thirty-four thousand five hundred and sixty-seven and zero zero seven and three "
        "point one four"
    ),
    "21st, 2nd, 3rd-rate": "twenty-first, second, third-rate",
    "-5 and 3:1 and R2D2": "minus five and three to one and R two D two",
    # capitals
    "THE ADVENTURE OF THE SPECKLED BAND": "the adventure of the speckled band",
    "the FBI and the CIA": "the FBI and the CIA",
    "“You ABSOLUTELY must!”": "You absolutely must!",
    # marks
    "“Yes,” he said—“never.”": "Yes, he said — never.",
    "Well. . . I don't know... perhaps…": "Well… I don't know… perhaps…",
    "What?! No!!!": "What? No!",
    "he said (quietly) -- and went [sic].": "he said, quietly — and went, sic.",
    "‘It’s John’s,’ she said": "It's John's, she said",
    "give ’em the boys’ hats, ’tis time": "give em the boys hats, tiz time",
    "word¹ another.² third[3] **bold** _italic_ x²": "word another. third bold italic x squared",
    "The constant π, 2 + 2 = 4, he/she, AT&T": "The constant pi, two plus two equals four, he or she, AT and T",
    "me@example.org or https://www.example.com/a": "me at example dot org or example dot com slash a",
    # lines and paragraphs
    "First line\nSecond line,\nthird line\n\nNew": "First line, Second line, third line\nNew",
    # spelling of the file
    "ﬁnd soft\u00adhyphen e\u0301tude ｆｕｌｌ Ṣàngó": "find softhyphen étude full Sàngó",
}


@pytest.mark.parametrize(("written", "said"), READINGS.items())
def test_written_english_is_read_as_a_reader_would(written: str, said: str) -> None:
    assert to_spoken(written).text == said


@pytest.mark.parametrize("text", ["", " ", "* * *", "—", "…", "🙂 🙂", "Привет, мир", "日本語", "\u200b", "[", "_"])
def test_what_cannot_be_said_is_empty_not_an_error(text: str) -> None:
    assert to_spoken(text).text == ""


@pytest.mark.parametrize(
    ("source", "said", "written"),
    [
        ("He paid $3.2 million.", "three point two million dollars", "$3.2 million"),
        ("It was 1851 then.", "eighteen fifty-one", "1851"),
        ("Then Mr. Hyde came.", "Mister", "Mr."),
        ("In Chapter IV he dies.", "four", "IV"),
        ("On January 5, 1900.", "January", "January"),
        ("On January 5, 1900.", "fifth", "5"),
        ("THE SPECKLED BAND", "speckled", "SPECKLED"),
        ("“Yes,” he said—“no.”", "no", "no"),
        ("so\u00adft", "soft", "so\u00adft"),
    ],
)
def test_what_is_said_points_at_what_was_written(source: str, said: str, written: str) -> None:
    spoken = to_spoken(source)
    at = spoken.text.index(said)
    start, end = spoken.source_span(at, at + len(said))
    assert source[start:end] == written


def test_a_respelling_is_read_in_place_of_the_word_and_points_at_it() -> None:
    spoken = to_spoken("“Hermione’s here,” HERMIONE said; hermiones wait.", {"Hermione": "her my oh nee"})
    assert spoken.text == "her my oh nee's here, her my oh nee said; hermiones wait."
    assert spoken.source_span(0, len("her my oh nee")) == (1, 9)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_read_and_mapped_without_going_backwards(text: str) -> None:
    spoken = to_spoken(text)
    assert len(spoken.source_map) == len(spoken.text)
    assert all(0 <= start <= end <= len(text) for start, end in spoken.source_map)
    pairs = zip(spoken.source_map, spoken.source_map[1:], strict=False)
    assert all(one[0] <= next_[0] and one[1] <= next_[1] for one, next_ in pairs)
    assert not any(char in spoken.text for char in '"“”«»()[]*_#$%&\t')


BITS = (
    "Mr. St. Dr. No. vol. IV VIII I XIV Chapter Henry $ £ 5 1,000 1851 3.5 10:30 a.m. p.m. 5th 1/2 ½ - — -- … . , ? ! "
    "( ) [1] ¹ * THE BAND FBI e.g. etc. &c. ’tis ’em & / % °C km 2024-01-02 Jan. 6d. 10s. x² word it's “ ” ‘ ’"
)


@given(st.lists(st.tuples(st.sampled_from(BITS.split()), st.sampled_from(["", " ", "\n"])), max_size=12))
def test_every_figure_becomes_words_whatever_stands_around_it(bits: list[tuple[str, str]]) -> None:
    text = "".join(bit + blank for bit, blank in bits)
    spoken = to_spoken(text)
    assert not any(char.isdigit() for char in spoken.text)
    pairs = zip(spoken.source_map, spoken.source_map[1:], strict=False)
    assert all(one[0] <= next_[0] and one[1] <= next_[1] for one, next_ in pairs)
