"""Talks through the prompt-driven handler: whose words are shown, and what the model cannot do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatehouse.llm.scripted import Line
from gatehouse.llm.types import ChatRequest, ModelError
from gatehouse.observe.exposition import samples
from gatehouse.resilience.breaker import Breaker
from gatehouse.resilience.rules import CONTRACT
from gatehouse.talk import speech as speech_module
from gatehouse.talk.degraded import SHORT_FORM
from gatehouse.talk.types import Act, Move
from gatehouse.understanding.types import Budget, Slot
from tests.conversations.scripts import PHONE
from tests.conversations.stock import seeded
from tests.conversations.voices import Visit, answer

WISH = "flat in Girne for 600 pounds a month"
PICK = "I would look at {home:1} for {price:1} first. Tell me which one you like."
ASK_BUDGET = answer("ASK_SLOT", "Girne is a good choice. What is your budget?", needed=["budget"])


def count(name: str) -> float:
    found = samples(name)
    return sum(s.value for s in found if s.name == name and s.labels.get("arm") == "canary")


async def test_the_models_words_are_shown_with_facts_from_the_database() -> None:
    visit = Visit([answer("SEARCH_AND_RECOMMEND", PICK)])
    outcome = await visit.say(WISH)
    assert outcome.decision.act is Act.SEARCH_AND_RECOMMEND
    assert "I would look at “Home 0 in Lapta” for £550 a month first." in outcome.reply.summary
    assert outcome.tier == "enhanced"
    assert len(outcome.reply.cards) == 6
    assert outcome.tokens_in > 0
    assert outcome.tokens_out > 0
    assert outcome.reply.degraded == ()


async def test_what_is_said_early_begins_the_reply() -> None:
    visit = Visit([answer("SEARCH_AND_RECOMMEND", PICK)])
    outcome = await visit.say(WISH)
    assert visit.said[0] == "I'm the agency's automated assistant."
    assert outcome.reply.summary.startswith(" ".join(visit.said))


async def test_the_open_slot_is_asked_in_the_models_words() -> None:
    outcome = await Visit([ASK_BUDGET]).say("Girne")
    assert outcome.decision.ask is Slot.BUDGET
    assert outcome.reply.summary.endswith("Girne is a good choice. What is your budget?")
    assert outcome.state.awaiting is Slot.BUDGET


async def test_a_filled_slot_is_not_asked_in_words_either() -> None:
    """The model asks for the town, which is known; code asks for the budget."""
    bad = answer("ASK_SLOT", "Lovely. Which town would you like?", needed=["location"])
    outcome = await Visit([bad]).say("Girne")
    assert outcome.decision.ask is Slot.BUDGET
    assert "town" not in outcome.reply.summary
    sly = answer("ASK_SLOT", "Lovely. Please tell me the town again.", needed=["budget"])
    outcome = await Visit([sly]).say("Girne")
    assert "town" not in outcome.reply.summary
    assert outcome.reply.summary.count("?") == 1


@pytest.mark.parametrize(
    "lie",
    [
        "I found 57 homes for you.",
        "“Sunset Palace” is the best.",
        "The Moonlight Residence is free.",
        "{home:1} costs £450.",
        "{home:9} is lovely.",
        "All of them have a gym.",
        "They are in Famagusta.",
    ],
)
async def test_what_is_not_true_is_not_shown(lie: str) -> None:
    before = count("llm_ungrounded_total")
    outcome = await Visit([answer("SEARCH_AND_RECOMMEND", lie)]).say(WISH)
    assert outcome.tier == "regular"
    assert outcome.errors == ("json_contract",)
    assert outcome.reply.degraded == ()  # a visitor notices nothing
    assert "Home 0 in Lapta" in outcome.reply.summary  # the house's own words
    assert count("llm_ungrounded_total") == before + 1


async def test_a_lie_after_a_true_sentence_is_replaced_by_the_houses_words() -> None:
    speech = "{home:1} is the first to look at. I found 57 homes for you."
    visit = Visit([answer("SEARCH_AND_RECOMMEND", speech)])
    outcome = await visit.say(WISH)
    assert "57" not in outcome.reply.summary
    assert "“Home 0 in Lapta” is the first to look at." in outcome.reply.summary
    assert outcome.reply.summary.startswith(" ".join(visit.said))
    rest = outcome.reply.summary.removeprefix(" ".join(visit.said))
    assert "24 homes" in rest or "Here are the first 6." in rest
    assert "Home 0 in Lapta" not in rest, "a home is named once"


async def test_a_home_that_is_withdrawn_meanwhile_is_not_named() -> None:
    twin = seeded()

    def script(_: ChatRequest) -> str:
        twin.homes = tuple(home for home in twin.homes if home.title != "Home 0 in Lapta")
        return answer("SEARCH_AND_RECOMMEND", PICK)

    outcome = await Visit(script, twin).say(WISH)
    told = json.dumps([outcome.reply.summary, *outcome.reply.cards], default=str)
    assert "Home 0 in" not in told
    assert outcome.reply.cards


async def test_a_price_that_changes_meanwhile_is_told_as_it_is_now() -> None:
    twin = seeded()

    def script(_: ChatRequest) -> str:
        twin.homes = tuple(
            replace(home, price_month=555.0) if home.title == "Home 0 in Lapta" else home
            for home in twin.homes
        )
        return answer("SEARCH_AND_RECOMMEND", PICK)

    outcome = await Visit(script, twin).say(WISH)
    assert "£555" in outcome.reply.summary
    assert outcome.reply.cards[0]["price"] == 555


async def test_the_model_hears_a_number_that_the_visitor_wrote() -> None:
    """With the visitor's own number and words a delta counts, and code decides anew."""
    heard = answer(
        "SEARCH_AND_RECOMMEND",
        "Tell me which one you like.",
        delta={"budget": {"amount": 580}},
        quotes=["budget: 580 would be my upper bound"],
    )
    visit = Visit([ASK_BUDGET, heard])
    await visit.say("long-term flat in Girne")
    visit.state = replace(visit.state, awaiting=None)
    outcome = await visit.say("hmm 580 would be my upper bound of pain")
    budget = outcome.state.slots[Slot.BUDGET].value
    assert isinstance(budget, Budget)
    assert budget.high == 580


@pytest.mark.parametrize(
    "delta",
    [
        {"budget": {"amount": 99}},
        {"deal": "buy"},
        {"location": ["Famagusta"]},
        {"bedrooms": {"low": 4}},
        {"check_in": "2030-01-01"},
        {"amenities": ["pool"]},
        {"rental_type": "short_term"},
        {"min_nights": 30},
    ],
)
async def test_a_delta_without_the_visitors_words_changes_nothing(delta: dict[str, object]) -> None:
    """As an instruction inside a listing would bring it about."""
    quotes = [f"{name}: as the listing says" for name in delta]
    visit = Visit([answer("SEARCH_AND_RECOMMEND", PICK, delta=delta, quotes=quotes)])
    outcome = await visit.say(WISH)
    control = Visit([answer("SEARCH_AND_RECOMMEND", PICK)])
    assert outcome.state.slots == (await control.say(WISH)).state.slots


async def test_a_model_can_offer_a_person_but_hands_nobody_over() -> None:
    visit = Visit([answer("ESCALATE", "I have called the staff.", to="staff")])
    outcome = await visit.say("qwzx vbnm asdf")
    assert outcome.effects == ()
    assert "called" not in outcome.reply.summary


@pytest.mark.parametrize("kind", ["connect", "timeout", "http_5xx", "budget", "unauthorised"])
async def test_without_the_model_the_rules_answer_and_say_so_once(kind: str) -> None:
    visit = Visit(lambda _: ModelError(kind))  # type: ignore[arg-type]
    outcome = await visit.say("I need an apartment")
    assert outcome.reply.degraded == ("llm",)
    assert SHORT_FORM in outcome.reply.summary
    expected = "circuit_open" if kind == "budget" else "llm_call_failed"
    assert outcome.errors == (expected,)
    assert outcome.decision.ask is Slot.LOCATION
    visit.state = replace(visit.state, modes=outcome.reply.degraded)
    outcome = await visit.say("Kyrenia")
    assert outcome.reply.degraded == ("llm",)
    assert SHORT_FORM not in outcome.reply.summary


async def test_a_model_that_breaks_off_is_continued_by_the_house() -> None:
    text = answer("SEARCH_AND_RECOMMEND", PICK)
    cut = text[: text.index("Tell me")] + "Tell"
    visit = Visit([Line(cut, failure=ModelError("gap"))])
    outcome = await visit.say(WISH)
    assert visit.said[-1] == "I would look at “Home 0 in Lapta” for £550 a month first."
    assert outcome.reply.summary.startswith(" ".join(visit.said))
    assert SHORT_FORM in outcome.reply.summary
    assert outcome.reply.degraded == ("llm",)
    assert outcome.reply.cards


async def test_a_broken_answer_is_asked_again_once() -> None:
    visit = Visit(["Sorry?", answer("SEARCH_AND_RECOMMEND", PICK)])
    before = count("contract_repaired_total")
    outcome = await visit.say(WISH)
    assert outcome.tier == "enhanced"
    assert [request.task for request in visit.model.asked] == ["turn", "repair"]
    assert count("contract_repaired_total") == before + 1


async def test_a_second_broken_answer_ends_in_the_houses_words() -> None:
    visit = Visit(lambda _: "Sorry?")
    outcome = await visit.say(WISH)
    assert len(visit.model.asked) == 2
    assert outcome.errors == ("json_contract",)
    assert outcome.reply.cards


async def test_there_is_no_second_question_when_the_time_is_short() -> None:
    visit = Visit(lambda _: "Sorry?")
    await visit.say(WISH, seconds=3.2)
    assert len(visit.model.asked) == 1


async def test_too_many_broken_answers_bring_simple_mode() -> None:
    breaker = Breaker("llm_contract", rules=CONTRACT)
    visit = Visit(lambda _: "{}", breaker=breaker)
    for _ in range(60):
        visit.turn, visit.state = 0, type(visit.state)()
        outcome = await visit.say("I need an apartment", seconds=3.2)
    assert len(visit.model.asked) == 50
    assert outcome.errors == ("circuit_open",)
    assert SHORT_FORM not in outcome.reply.summary


@pytest.mark.parametrize(
    ("words", "move"),
    [("let me talk to a person", Move.HANDED_OVER), (f"my number is {PHONE}", Move.CONTACT_KEPT)],
)
async def test_no_model_is_asked_where_the_house_states_what_it_did(words: str, move: Move) -> None:
    visit = Visit([])  # any question would raise
    outcome = await visit.say(words)
    assert outcome.decision.move is move


async def test_contact_data_never_reaches_the_model() -> None:
    visit = Visit(lambda _: answer("CLARIFY", "With pleasure."))
    await visit.say(f"I am Johanna Meier, call me at {PHONE} or johanna@example.org")
    await visit.say("thanks a lot, Johanna says")
    await visit.say("how are you?")
    told = json.dumps([m.text for r in visit.model.asked for m in r.messages])
    assert "[phone 1]" in told
    assert "[email 1]" in told
    for secret in (PHONE, PHONE[-7:], "johanna@", "Meier"):
        assert secret not in told


SPEECH = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            ["Which town?", "What is your budget?", "{home:1}", "{price:2}", "£123.", "Lapta", "7",
             "How long will you stay?", "I found 3 homes.", "Please tell me your budget.", "six"]
        ),
        max_size=6,
    ).map(" ".join),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([act.value for act in Act]),
    SPEECH,
    st.lists(st.sampled_from(["location", "budget", "rental_type"]), max_size=2),
)
async def test_whatever_the_model_says_a_filled_slot_is_never_asked(
    act: str, speech: str, needed: list[str]
) -> None:
    assert await wrongs(answer(act, speech, needed=needed)) == []


async def test_negative_control_an_unheard_question_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(speech_module, "asked_slots", lambda *_: frozenset())
    found = await wrongs(answer("SEARCH_AND_RECOMMEND", "What is your budget?"))
    assert "asks for the budget" in found


async def wrongs(output: str) -> list[str]:
    """What three turns with this answer do that no turn may."""
    visit = Visit(lambda _: output)
    found: list[str] = []
    for words in ("Girne", "600 pounds a month", "show more"):
        outcome = await visit.say(words)
        told, filled = outcome.reply.summary, outcome.filled_before
        faults = {
            "decides to ask again": outcome.decision.ask in filled,
            "asks for the town": "Which town?" in told,
            "asks for the budget": Slot.BUDGET in filled and "your budget" in told,
            "invents a price": "123" in told,
            "shows a place-holder": "{" in told,
            "takes back what it said": not told.startswith(" ".join(visit.said)),
        }
        found += [name for name, is_so in faults.items() if is_so]
    return found
