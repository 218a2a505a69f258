"""When a quoted mail was sent, out of the date lines that mail programs write."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

__all__ = ["hours_between", "sent_at"]

# The first letters of the months in the languages whose mail programs write them out.
MONTH_NAMES = (
    "jan ene gen janv sty",
    "feb fév fev févr lut",
    "mar mär mrt mars maa",
    "apr avr abr kwi",
    "may mai mag mei maj mayo",
    "jun juin giu cze",
    "jul juil lug lip",
    "aug aoû ago sie",
    "sep set wrz",
    "oct okt ott out paź",
    "nov lis",
    "dec dez déc dic des gru",
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names.split()}
ZONE_HOURS = """Z0 GMT0 UTC0 WET0 WEST1 BST1 CET1 MEZ1 CEST2 MESZ2 EET2 EEST3 EST-5 EDT-4 CST-6 CDT-5
MST-7 MDT-6 PST-8 PDT-7 AEST10 AEDT11"""
ZONES = {zone.rstrip("-0123456789"): int(zone.lstrip("ABCDEGLMPSTUWZ")) for zone in ZONE_HOURS.split()}
CLOCK = (
    r"\D{1,18}?(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\s?(?P<half>[AaPp]\.?[Mm]\b\.?"
    r"))?"
    r"(?:\s?\(?(?P<zone>(?:GMT|UTC)?[+-]\d{1,2}(?::?\d\d)?|(?:GMT|UTC|Z|WES?T|BST|CES?T|MES?Z|EES?T"
    r"|[ECMP][SD]T|AE[SD]T)\b))?"
)
FORMS = tuple(
    re.compile(date + CLOCK)
    for date in (
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?=[T ,])",
        r"(?P<year>\d{4})年 ?(?P<month>\d{1,2})月 ?(?P<day>\d{1,2})日",
        r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?\s(?:de\s"
        r"|of\s)?(?P<name>[^\W\d_]{3,12})\.?,?\s(?:de\s)?(?P<year>\d{4})",
        r"\b(?P<name>[^\W\d_]{3,12})\.?\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year>\d{4})",
        r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d\d)\b",
        r"\b(?P<first>\d{1,2})[/-](?P<second_number>\d{1,2})[/-](?P<year>\d{4}|\d\d)\b",
    )
)


def sent_at(words: str, like: datetime) -> datetime | None:
    """The first moment that the words name with day and time of day.

    Without a zone of its own it is in the zone of `like`, as mail programs quote in local time.
    """
    found = [match for form in FORMS if (match := form.search(words[:2000])) is not None]
    for match in sorted(found, key=lambda m: m.start()):
        moment = _moment(match, like)
        if moment is not None:
            return moment
    return None


def _moment(match: re.Match[str], like: datetime) -> datetime | None:
    parts = match.groupdict()
    day, month = _day_and_month(parts)
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    hour = int(parts["hour"])
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"][0] in "pP" else 0)
    try:
        moment = datetime(year, month, day, hour, int(parts["minute"]), int(parts["second"] or 0))
        return moment.replace(tzinfo=_zone(parts["zone"]) if parts["zone"] else like.tzinfo or UTC)
    except ValueError:
        return None


def _day_and_month(parts: dict[str, str | None]) -> tuple[int, int]:
    if name := parts.get("name"):
        low = name.lower()
        return int(parts["day"] or 0), MONTHS.get(low[:4]) or MONTHS.get(low[:3], 0)
    if parts.get("first"):
        day, month = int(parts["first"] or 0), int(parts["second_number"] or 0)
        # Only American programs write the half of the day in capitals behind slashes.
        is_american = (parts["half"] or "").isupper() and day <= 12
        return (month, day) if month > 12 or is_american else (day, month)
    return int(parts["day"] or 0), int(parts["month"] or 0)


def _zone(words: str) -> timezone:
    if words in ZONES:
        return timezone(timedelta(hours=ZONES[words]))
    sign, hours, minutes = re.findall(r"([+-])(\d{1,2}):?(\d\d)?", words)[0]
    offset = int(hours) * 60 + int(minutes or 0)
    return timezone(timedelta(minutes=offset if sign == "+" else -offset))


def hours_between(sent: datetime, written: datetime) -> float | None:
    """Hours that the client waited; None where the draft would be older than the complaint."""
    try:
        hours = (written - sent).total_seconds() / 3600
    except OverflowError:
        return None
    return round(hours, 1) if hours >= 0 else None
