"""The purpose for which a history is opened; intake writes it into its access log."""

from services.desk.form import Form

LEAST_PURPOSE, MOST_PURPOSE = 3, 200


def purpose_of(form: Form) -> str | None:
    """The purpose in words; None unless it is one of the list, or 3 to 200 letters of one's own.

    It travels as a header, whose encoding (Latin-1) has the letters of Western Europe and no others.
    """
    own = " ".join((form.text("own_purpose") or "").split())
    purpose = own or form.text("purpose") or ""
    try:
        purpose.encode("latin-1")
    except UnicodeEncodeError:
        return None
    fits = LEAST_PURPOSE <= len(purpose) <= MOST_PURPOSE and purpose.isprintable()
    return purpose if fits else None
