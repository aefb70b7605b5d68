"""Durations, moments, shares and names, written in Danish."""

from datetime import date, datetime

from shared.clock import COPENHAGEN

_DAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_MONTHS = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)
_WEEKDAYS = ("man.", "tirs.", "ons.", "tors.", "fre.", "lør.", "søn.")


def wait_text(seconds: float | None) -> str:
    """`under 1 min.`, `12 min.`, `3 t. 10 min.` or `2 dage`; a dash for None."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    if minutes < 1:
        return "under 1 min."
    if minutes < 60:
        return f"{minutes} min."
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} t. {rest} min." if rest else f"{hours} t."
    return f"{round(minutes / 1440)} dage"


def clock_text(moment: datetime | None, now: datetime) -> str:
    """The time of day in Copenhagen; on another day with the weekday, further off with the date."""
    if moment is None:
        return "–"
    local = moment.astimezone(COPENHAGEN)
    days = (local.date() - now.astimezone(COPENHAGEN).date()).days
    time = f"{local:%H.%M}"
    if days == 0:
        return f"kl. {time}"
    if 0 < days < 7:
        return f"{_WEEKDAYS[local.weekday()]} kl. {time}"
    return f"{local.day}.{local.month}.{local.year} kl. {time}"


def moment_text(moment: datetime, now: datetime) -> str:
    """`tirsdag 10. marts kl. 10.00`, with the year when it is another one than now's."""
    local, here = moment.astimezone(COPENHAGEN), now.astimezone(COPENHAGEN)
    year = "" if local.year == here.year else f" {local.year}"
    return f"{_DAYS[local.weekday()]} {local.day}. {_MONTHS[local.month - 1]}{year} kl. {local:%H.%M}"


def iso_day_text(text: str) -> str:
    """`2026-03-09` as a browser's date field has it, written in Danish."""
    return day_text(date.fromisoformat(text))


def share_text(share: float | None) -> str:
    """`84 %`; a dash for None."""
    return "–" if share is None else f"{round(share * 100)} %"


def age_text(moment: datetime, now: datetime) -> str:
    """How long ago the moment was, as a wait is written."""
    return wait_text(max((now - moment).total_seconds(), 0.0))


def iso_text(moment: datetime) -> str:
    """The moment as browsers read it (`datetime` attributes, scripts)."""
    return moment.isoformat()


def day_text(moment: date | None) -> str:
    """The day, of a moment that in Copenhagen: `9.3.2026`; a dash for None."""
    if moment is None:
        return "–"
    local = moment.astimezone(COPENHAGEN) if isinstance(moment, datetime) else moment
    return f"{local.day}.{local.month}.{local.year}"


def number_text(number: float | None, decimals: int = 0) -> str:
    """`12.345,6`, as numbers are written in Danish; a dash for None."""
    if number is None:
        return "–"
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def person_text(subject: str | None, myself: str) -> str:
    """A colleague's name: `dig` for oneself, else the identity provider's subject.

    Development subjects are made of the role and the name, `dev-caseworker-bo`: only the name is written.
    """
    if subject is None:
        return "–"
    if subject == myself:
        return "dig"
    if not subject.startswith("dev-"):
        return subject
    return subject.removeprefix("dev-").partition("-")[2].replace("-", " ").title() or subject
