"""Reading rules for what is written in figures: dates, times, money, measures, ordinals, fractions, numbers."""

from __future__ import annotations

from litink.media.spoken.number_words import cardinal, decimal, digits, ordinal, plural, year
from litink.media.spoken.rule import Match, any_of, ends_sentence, rule, words

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MONTHS = words("January February March April May June July August September October November December")
_MONTH_OF = {month[:3].lower(): month for month in _MONTHS}
_MONTH = rf"(?:{any_of(_MONTHS)})\b|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"


# --- dates and times ----------------------------------------------------------------------------------------------


def _half_day(match: Match) -> str:
    """ "p" -> "P.M", read letter by letter; with a full stop if the sentence ends there."""
    return f"{match['half'].upper()}.M" + ("." if match.group().endswith(".") and ends_sentence(match) else "")


def _time(match: Match) -> str | None:
    hour, minute = int(match["h"]), int(match["m"] or 0)
    if hour > 24 or minute > 59:
        return None
    words = cardinal(hour) + (f" {'oh ' if minute < 10 else ''}{cardinal(minute)}" if minute else "")
    if match["half"]:
        return f"{words} {_half_day(match)}"
    return words if minute else f"{words} o'clock"


def _date(day: str, month: str, order: str) -> str | None:
    if not 1 <= int(day) <= 31:
        return None
    return order.format(day=ordinal(int(day)), month=_MONTH_OF[month[:3].lower()])


def _numeric_date(match: Match) -> str | None:
    """Month first, as printed in the United States and in ISO 8601, unless that cannot be."""
    first, second = int(match["a"]), int(match["b"])
    month, day = (first, second) if first <= 12 else (second, first)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{_MONTHS[month - 1]} {ordinal(day)}, {year(int(match['y']))}"


DATES_AND_TIMES = (
    rule(r"\b(?P<h>\d{1,2})(?:[:.](?P<m>\d\d))?\s?(?P<half>[AaPp])(?:\.\s?[Mm]\.|[Mm]\b)", _time),
    rule(r"(?<![\d:])(?P<h>\d{1,2}):(?P<m>\d\d)(?P<half>)(?![\d:])", _time),
    rule(r"(?<![\w.])(?P<half>[AaPp])\.\s?[Mm]\.", _half_day),
    rule(r"\b(?P<y>\d{4})-(?P<a>\d\d)-(?P<b>\d\d)\b", _numeric_date),
    rule(r"\b(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4})\b", _numeric_date),
    rule(
        rf"\b(?P<month>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:%/]|[.,]\d)",
        lambda m: _date(m["d"], m["month"], "{month} {day}"),
    ),
    rule(
        rf"(?<!\w)(?P<the>[Tt]he )(?P<x>(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH}))",
        lambda m: _date(m["d"], m["month"], "{day} of {month}"),
    ),
    rule(
        rf"(?<![\w.,:])(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})",
        lambda m: _date(m["d"], m["month"], "the {day} of {month}"),
    ),
    rule(r"\b(?:Jan|Feb|Aug|Sept|Sep|Oct|Nov|Dec)\.(?=\s|,|$)", lambda m: _MONTH_OF[m.group()[:3].lower()]),
)


# --- money and measures -------------------------------------------------------------------------------------------

_COINS = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
}
_BIG = {"k": "thousand", "m": "million", "bn": "billion"}
_UNITS = {
    "km": "kilometre", "cm": "centimetre", "mm": "millimetre", "m": "metre", "kg": "kilogram", "g": "gram",
    "mg": "milligram", "ml": "millilitre", "lb": "pound", "lbs": "pound", "lb.": "pound", "lbs.": "pound",
    "oz": "ounce", "oz.": "ounce", "ft": "foot", "ft.": "foot", "yd": "yard", "yds": "yard",
    "mi": "mile", "hr": "hour", "hrs": "hour",
    "min": "minute", "mins": "minute", "sec": "second", "kW": "kilowatt", "kWh": "kilowatt hour", "MB": "megabyte",
    "GB": "gigabyte", "°": "degree",
}  # fmt: skip
_FIXED_UNITS = {
    "%": "percent", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "mph": "miles an hour",
    "km/h": "kilometres an hour", "°C": "degrees Celsius", "°F": "degrees Fahrenheit",
}  # fmt: skip


def _counted(number: str, one: str, many: str) -> str:
    return f"{decimal(number)} {one if number == '1' else many}"


def _money(match: Match) -> str:
    number, (one, many, small_one, small_many) = match["n"], _COINS[match["coin"]]
    if match["big"]:
        big = match["big"].lower()
        return f"{decimal(number)} {_BIG.get(big, big)} {many}"
    whole, _, cents = number.replace(",", "").partition(".")
    if len(cents) != 2:
        return _counted(number, one, many)
    parts = [_counted(whole, one, many)] if int(whole) or not int(cents) else []
    if int(cents):
        parts.append(_counted(str(int(cents)), small_one, small_many))
    return " and ".join(parts)


def _old_money(match: Match) -> str:
    """Pounds, shillings and pence, as British money was counted before 1971."""
    units = (("l", "pound", "pounds"), ("s", "shilling", "shillings"), ("d", "penny", "pence"))
    return " and ".join(_counted(match[unit], one, many) for unit, one, many in units if match[unit])


def _measure(match: Match) -> str:
    unit = match["unit"]
    if unit in _FIXED_UNITS:
        return f"{decimal(match['n'])} {_FIXED_UNITS[unit]}"
    one = _UNITS[unit]
    return _counted(match["n"], one, "feet" if one == "foot" else f"{one}s")


MONEY_AND_MEASURES = (
    rule(r"£\s?(?P<l>\d[\d,]*)\.?,? (?P<s>\d{1,2})s\.(?: ?(?P<d>\d{1,2})d\.)?", _old_money),
    rule(r"(?<![\w.])(?P<l>)(?P<s>\d{1,2})s\. ?(?P<d>\d{1,2})d\.", _old_money),
    rule(r"(?<![\w.])(?P<l>)(?P<s>)(?P<d>\d{1,2})d\.", _old_money),
    rule(
        rf"(?:US)?(?P<coin>[$£€¥])\s?(?P<n>{_NUMBER})"
        r"(?:\s?(?P<big>(?i:hundred|thousand|million|billion|trillion)|k|m|bn)\b)?",
        _money,
    ),
    rule(rf"(?<![\w.])(?P<n>{_NUMBER})\s?¢", lambda m: _counted(m["n"], "cent", "cents")),
    rule(
        r"(?<![\w.])(?P<feet>\d+)\s?[′'’]\s?(?P<inches>\d+)\s?(?:[″\"”]|'')",
        lambda m: f"{cardinal(int(m['feet']))} foot {cardinal(int(m['inches']))}",
    ),
    rule(rf"(?<![\w.,])(?P<n>{_NUMBER})\s?(?P<unit>{any_of([*_UNITS, *_FIXED_UNITS])})(?!\w)", _measure),
)


# --- numbers ------------------------------------------------------------------------------------------------------

_DENOMINATORS = {2: "half", 4: "quarter"}
_YEAR = r"1[0-9]\d\d|20\d\d"


def _fraction(match: Match) -> str | None:
    above, below = int(match["a"]), int(match["b"])
    if not 0 < above < below <= 100:
        return f"{cardinal(above)} over {cardinal(below)}"
    name = _DENOMINATORS.get(below, ordinal(below))
    if above == 1:
        return f"{'a' if below in _DENOMINATORS else 'one'} {name}"
    return f"{cardinal(above)} {'halves' if below == 2 else name + 's'}"


def _mixed(match: Match) -> str | None:
    return f"{cardinal(int(match['n']))} and {_fraction(match)}" if int(match["a"]) < int(match["b"]) else None


def _integer(text: str) -> str:
    if (len(text) > 1 and text[0] == "0") or len(text) > 9:
        return digits(text)
    return year(int(text)) if len(text) == 4 and 1100 <= int(text) < 2100 else cardinal(int(text))


def _number(match: Match) -> str:
    text = match.group()
    return decimal(text) if "," in text or "." in text else _integer(text)


def _groups(match: Match) -> str:
    """Telephone and catalogue numbers: digit by digit, a breath between the groups."""
    return ", ".join(digits(group) for group in match.group().lstrip("+").split("-"))


def _decades(match: Match) -> str:
    return plural(_integer(match["n"]))


def _range(match: Match) -> str:
    first, last = match["a"], match["b"]
    full = first[: len(first) - len(last)] + last  # 1914–18
    last_words = _integer(full) if len(first) == 4 and len(last) == 4 else _integer(last)
    return f"{_integer(first)} to {last_words}"


NUMBERS = (
    rule(r"(?<!\w)['’]?(?P<n>\d0|1[1-9]00|(?:1\d|20)\d0)['’]?s\b", _decades),
    rule(r"\b(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b", lambda m: ordinal(int(m["n"].replace(",", "")))),
    rule(r"(?<![\w.,/])(?P<n>\d{1,3}) (?P<a>\d{1,2})[/⁄](?P<b>\d{1,3})(?![\w/])", _mixed),
    rule(r"(?<![\w.,/])(?P<a>\d{1,3})[/⁄](?P<b>\d{1,3})(?![\w/])", _fraction),
    rule(r"(?<![\w.-])\+?(?:\d+(?:-\d+){2,}|\d{3}-\d{4})(?![\w-])", _groups),
    rule(r"(?<![\w.,-])(?P<a>\d{1,4})\s?[-–—]\s?(?P<b>\d{1,4})(?![\w-]|[.,]\d)", _range),
    rule(r"(?<!\w)#\s?(?=\d)", "number "),
    rule(r"(?:(?<=^)|(?<=\s)|(?<=\())[-−](?=\d)", "minus "),
    rule(r"(?<=\d):(?=\d)", " to "),
    rule(r"(?<=[A-Za-z])-?(?=\d)|(?<=\d)(?=[A-Za-z])", " "),  # R2D2, 3a
    rule(_NUMBER, _number),
)
