"""What the guest book adds to a turn's commit: rows made from the turn's effects."""
# ruff: noqa: S608 - composed of constants; every value is a parameter

from __future__ import annotations

_WHO = """nullif(e.payload #>> '{contact,name}', ''), nullif(e.payload #>> '{contact,phone}', ''),
           nullif(e.payload #>> '{contact,email}', '')"""
_UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_SHARED = "turn_id, effect_no, conversation_id, name, phone, email, payload"
_VALUES = f"e.turn_id, e.effect_no, talk.id, {_WHO}, e.payload"


def day_sql(text: str) -> str:
    """The date that an SQL text names as yyyy-mm-dd, or null. A cast would fail the whole commit.

    Adding up the parts never fails; a day that the calendar lacks comes out as another one.
    """
    added = f"""(date '2000-01-01' + make_interval(
        years => left({text}, 4)::int - 2000, months => substr({text}, 6, 2)::int - 1,
        days => right({text}, 2)::int - 1))::date"""
    return f"""CASE WHEN {text} ~ '{_DAY}' THEN
        CASE WHEN to_char({added}, 'YYYY-MM-DD') = {text} THEN {added} END END"""


# Parts of a WITH whose `effect` returns the stored effects and whose `talk` is the conversation.
# A payload without a readable home or day still becomes a row: staff read the rest of it.
FILL_FROM_EFFECTS = f"""lead AS (
    INSERT INTO people_lead ({_SHARED})
    SELECT {_VALUES} FROM effect e, talk WHERE e.kind = 'lead'
), viewing AS (
    INSERT INTO people_viewing_request ({_SHARED}, listing_id, day, time)
    SELECT {_VALUES},
           CASE WHEN e.payload ->> 'listing_id' ~ '{_UUID}'
                THEN (e.payload ->> 'listing_id')::uuid END,
           {day_sql("(e.payload ->> 'day')")},
           e.payload ->> 'time'
    FROM effect e, talk WHERE e.kind = 'viewing_request'
), handover AS (
    INSERT INTO people_handover ({_SHARED}, to_domain)
    SELECT {_VALUES}, e.payload ->> 'to_domain'
    FROM effect e, talk WHERE e.kind = 'handover'
)"""
