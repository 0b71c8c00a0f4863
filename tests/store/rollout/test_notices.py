"""Notices: written with the change they tell of, signed, tried again, never sent twice at once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from gatehouse.base.errors import Misconfigured
from gatehouse.rollout import failpoints, notices
from gatehouse.rollout.delivery import Delivery, deliver
from gatehouse.rollout.outlets import senders, signed_headers, signing_secret
from tests.store.rollout.control_room import ANNA, ControlRoom
from tests.store.rollout.receivers import Hook, hook, mail_server

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver() -> Iterator[Hook]:
    with hook() as made:
        yield made
    failpoints.armed.clear()


def room_of(clean: str, **settings: str) -> ControlRoom:
    return ControlRoom.of(clean, **settings)


def send(room: ControlRoom) -> Delivery:
    return deliver(room.connect, senders(room.settings))


def paused(room: ControlRoom) -> None:
    room.submit()
    room.desk.pause(actor=ANNA, reason="lunch")


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The example of standardwebhooks.com."""
    body = b'{"test": 2432232314}'
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body=body, key=signing_secret(SECRET)
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_short", "whsec_!!!!", "change-me"])
def test_a_secret_that_signs_nothing_is_refused(secret: str) -> None:
    with pytest.raises(Misconfigured, match="NOTIFY_WEBHOOK_SECRET"):
        signing_secret(secret)


def test_a_webhook_is_signed_over_its_id_time_and_body(clean: str, receiver: Hook) -> None:
    room = room_of(clean, notify_webhook_url=receiver.url, notify_webhook_secret=SECRET)
    paused(room)
    assert send(room) == Delivery(sent=1)
    _, headers, body = receiver.posts[0]
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(SECRET[6:]), content, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    told = receiver.bodies[0]
    assert (told["type"], told["data"]["held"], told["data"]["reason"]) == (
        "rollout.held", "manual", "lunch",
    )  # fmt: skip


def test_slack_and_grafana_get_one_line_for_people(clean: str, receiver: Hook) -> None:
    room = room_of(clean, notify_slack_url=f"{receiver.url}/slack", grafana_url=receiver.url)
    paused(room)
    assert send(room) == Delivery(sent=2)
    by_path = {
        path: body for (path, _, _), body in zip(receiver.posts, receiver.bodies, strict=True)
    }
    assert "held: manual" in by_path["/slack"]["text"]
    assert by_path["/api/annotations"]["tags"] == ["gatehouse", "rollout", "held"]


def test_a_mail_reaches_everybody_on_the_list(clean: str) -> None:
    with mail_server() as (url, mails):
        room = room_of(clean, notify_email_to="a@example.org, b@example.org", smtp_url=url)
        paused(room)
        assert send(room) == Delivery(sent=1)
    assert "To: a@example.org, b@example.org" in mails[0]
    assert "lunch" in mails[0]


def test_what_was_not_taken_is_tried_again_later(clean: str, receiver: Hook) -> None:
    room = room_of(clean, notify_slack_url=receiver.url)
    paused(room)
    receiver.status = 500
    assert send(room) == Delivery(failed=1)
    assert send(room) == Delivery(), "not before its pause is over"
    room.sql("UPDATE rollout_notice SET due_at = now()")
    receiver.status = 204
    assert send(room) == Delivery(sent=1)
    assert send(room) == Delivery()
    with room.connect() as connection:
        assert "delivered" in notices.log(connection, 5)[-1]


def test_a_receiver_that_never_answers_is_given_up_after_all_attempts(clean: str) -> None:
    room = room_of(clean, notify_slack_url="http://127.0.0.1:1/nobody")
    paused(room)
    room.sql("UPDATE rollout_notice SET attempts = 59")
    send(room)
    row = room.sql("SELECT due_at = 'infinity' AS is_over, trouble FROM rollout_notice")[0]
    assert row["is_over"]
    assert "ConnectError" in row["trouble"]


def test_a_notice_at_which_processes_die_is_given_up_as_well(clean: str, receiver: Hook) -> None:
    """Whoever dies counts no failure; the claim itself does."""
    room = room_of(clean, notify_slack_url=receiver.url)
    paused(room)
    room.sql("UPDATE rollout_notice SET attempts = 60, lease_until = now() - interval '1 hour'")
    assert send(room) == Delivery()


def test_many_processes_send_each_notice_once(clean: str, receiver: Hook) -> None:
    room = room_of(clean, notify_slack_url=receiver.url)
    with room.connect() as connection:
        for number in range(12):
            notices.queue(connection, "test", {"reason": str(number)}, outlets=("slack",))
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            list(pool.map(lambda _: send(room), range(4)))
    assert len(receiver.posts) == 12


def test_a_process_that_dies_after_sending_sends_it_again_under_the_same_id(
    clean: str, receiver: Hook
) -> None:
    """At least once: the receiver knows a repeat by its id."""
    room = room_of(clean, notify_webhook_url=receiver.url, notify_webhook_secret=SECRET)
    paused(room)

    def die() -> None:
        raise KeyboardInterrupt

    failpoints.armed["after_send"] = die
    with pytest.raises(KeyboardInterrupt):
        send(room)
    failpoints.armed.clear()
    assert send(room) == Delivery(), "another one still holds it"
    room.sql("UPDATE rollout_notice SET lease_until = now() - interval '1 second'")
    assert send(room) == Delivery(sent=1)
    assert len({headers["webhook-id"] for _, headers, _ in receiver.posts}) == 1


def test_a_change_that_failed_leaves_no_notice(clean: str, receiver: Hook) -> None:
    room = room_of(clean, notify_slack_url=receiver.url)
    room.submit()

    def die() -> None:
        raise KeyboardInterrupt

    failpoints.armed["before_commit"] = die
    with pytest.raises(KeyboardInterrupt):
        room.desk.pause(actor=ANNA, reason="lunch")
    assert not room.sql("SELECT 1 FROM rollout_notice")


def test_a_slow_receiver_is_not_told_twice_by_others_meanwhile(
    clean: str, receiver: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each notice is claimed for itself: with ten at once the last leases would run out."""
    room = room_of(clean, notify_slack_url=receiver.url)
    with room.connect() as connection:
        for number in range(3):
            notices.queue(connection, "test", {"reason": str(number)}, outlets=("slack",))

    def free() -> None:
        row = room.sql("SELECT count(*) AS n FROM rollout_notice WHERE lease_until IS NULL")[0]
        seen.append(row["n"])

    seen: list[int] = []
    failpoints.armed["after_claim"] = free
    assert send(room) == Delivery(sent=3)
    assert seen == [2, 2, 2]


def test_an_answer_without_an_end_is_not_waited_for(clean: str, receiver: Hook) -> None:
    room = room_of(clean, notify_slack_url=receiver.url)
    paused(room)
    receiver.is_endless = True
    assert send(room) == Delivery(sent=1)


def test_a_reason_breaks_no_line_and_calls_nobody(clean: str, receiver: Hook) -> None:
    with mail_server() as (url, mails):
        room = room_of(
            clean, notify_slack_url=receiver.url, notify_email_to="a@example.org", smtp_url=url
        )
        with room.connect() as connection:
            told = {
                "reason": "look\r\nBcc: all@example.org <!channel> <https://x.example|here> & go"
            }
            notices.queue(connection, "test", told, outlets=("slack", "email"))
        assert send(room) == Delivery(sent=2)
    assert "\nBcc:" not in mails[0].partition("\r\n\r\n")[0]
    text = receiver.bodies[0]["text"]
    assert ("<" not in text, "\n" not in text) == (True, True)
    assert text.endswith("&lt;!channel&gt; &lt;https://x.example|here&gt; &amp; go")
