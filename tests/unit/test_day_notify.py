"""The slip and its withdrawal reach the bettor, each once; a dead channel costs nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from desks import DAY, NAMES, OFF, R1C1, Bench, card, minutes, race_day_bench
from hippique.betting.policy import packaged
from hippique.betting.slip import ExpectedDividend
from hippique.day import addresses
from hippique.day.desk import Desk
from hippique.day.duties import Due, Duty
from hippique.day.notify import Fate, sent_of, tell_bettor
from hippique.day.race_day import decision_of, latest_plan
from hippique.day.samples import withdraw
from hippique.day.service import DayService
from hippique.day.slip_words import slip_message
from hippique.day.verify import verify_day
from hippique.runtime.memory import MemoryChannel

H5 = OFF - minutes(5)


class Told:
    """A bench whose desk has a channel."""

    def __init__(self, refusals: int = 0, mode: str = "simulated", **facts: object) -> None:
        self.bench: Bench = race_day_bench()
        self.bench.mode = mode
        self.channel = MemoryChannel(refusals)
        options = replace(self.bench.desk.options, service_url="https://our.example/", **facts)
        self.desk: Desk = replace(self.bench.desk, channel=self.channel, options=options)
        self.service = DayService(self.desk, lambda: 0.0)

    def decide(self) -> None:
        """The day up to H-5, the slip included."""
        self.service.schedule(DAY)
        self.to(OFF - minutes(30))
        self.to(H5)

    def to(self, instant: dt.datetime) -> None:
        """Move the clock and deliver what is due."""
        self.bench.clock.advance_to(instant)
        for task in self.bench.queue.live():
            if task.due <= instant:
                self.bench.queue.cancel(task.name)
                self.service.deliver(task)

    def titles(self) -> list[str]:
        return [message.title for message in self.channel.sent]


def shorten(told: Told) -> None:
    told.bench.site("zeturf").show_card(R1C1, card("zeturf", non_runners=(1,)))


def test_a_slip_on_trial_says_that_it_is_not_to_be_played():
    told = Told(mode="live", dry=True)
    told.decide()

    (message,) = told.channel.sent
    assert message.title.startswith("À L'ESSAI – Ticket R1C1")
    assert "ne pas jouer" in message.body
    assert decision_of(told.bench.archive, R1C1).dry


# --- once, at once ----------------------------------------------------------------------------


def test_a_slip_goes_out_as_soon_as_it_is_frozen():
    told = Told()
    told.decide()

    assert [message.key for message in told.channel.sent] == [f"{R1C1} slip"]
    assert told.bench.clock.now() == H5


def test_it_holds_all_that_is_needed_to_play_it():
    told = Told(mode="live", simulated=False)
    told.decide()

    (message,) = told.channel.sent
    assert message.title == "Ticket R1C1 Chantilly, à jouer avant 14\u00a0h\u00a014"
    for part in (
        *(
            "Simple gagnant, ZEturf :",
            f"1 ({NAMES[0]}) : 1,00\u00a0€",
            f"cote affichée {2.5:.1f}".replace(".", ","),
        ),
        *("À jouer avant 14\u00a0h\u00a014\u00a0min\u00a030\u00a0s", "départ 14\u00a0h\u00a015"),
        *("Mise totale 1,00\u00a0€", "https://our.example/race/2025-10-16/R1C1", "18+"),
    ):
        assert part in message.body


def test_a_simulated_slip_says_so_first():
    told = Told()
    told.decide()

    assert told.titles()[0].startswith("SIMULÉ – ")
    assert told.channel.sent[0].body.startswith("SIMULÉ : aucun pari réel")


def test_a_limit_price_and_a_forecast_are_told_as_such():
    told = Told()
    told.decide()
    decision = decision_of(told.bench.archive, R1C1)
    planned = latest_plan(told.bench.archive, DAY)
    assert decision is not None
    assert planned is not None
    (ticket,) = decision.tickets
    priced = replace(
        ticket,
        legs=tuple(replace(leg, limit_dividend=1.9) for leg in ticket.legs),
        expected_dividend=(ExpectedDividend(combination=(1,), mean=2.9, low=2.3, high=3.6),),
    )

    message = slip_message(replace(decision, tickets=(priced,)), planned.races[0], {}, None)

    assert "1 : 1,00\u00a0€, pas sous 1,9, rapport attendu 2,9" in message.body
    assert "our.example" not in message.body


def test_whatever_comes_later_it_is_sent_once():
    told = Told()
    told.decide()

    for _ in range(3):
        tell_bettor(told.desk, R1C1)
        told.service.tick(DAY)

    assert len(told.channel.sent) == 1


def test_after_a_restart_the_marker_still_says_that_it_was_sent():
    told = Told()
    told.decide()
    other = MemoryChannel()

    tell_bettor(replace(told.desk, channel=other), R1C1)

    assert other.sent == []


def test_a_no_bet_is_not_sent():
    told = Told()
    told.bench.site("zeturf").show_card(R1C1, card("zeturf", pool="geny"))  # no operator's odds
    told.decide()

    assert decision_of(told.bench.archive, R1C1) is not None
    assert told.channel.sent == []


def test_without_a_channel_nothing_is_marked():
    told = Told()
    told.service = DayService(replace(told.desk, channel=None), lambda: 0.0)
    told.decide()

    assert sent_of(told.bench.archive, R1C1, "slip") is None


# --- withdrawn --------------------------------------------------------------------------------


def test_a_sample_that_withdraws_the_slip_tells_it():
    told = Told()
    told.decide()
    shorten(told)
    told.to(OFF - minutes(4))

    assert [message.key for message in told.channel.sent] == [
        f"{R1C1} slip",
        f"{R1C1} withdrawn",
    ]
    assert "Ne pas jouer : le 1 est non-partant." in told.channel.sent[1].body


def test_a_slip_withdrawn_before_it_went_out_is_told_as_withdrawn_only():
    told = Told(refusals=3)
    told.decide()
    withdraw(told.desk, R1C1, "la course est annulée")
    told.service.tick(DAY)

    assert [message.key for message in told.channel.sent] == [f"{R1C1} withdrawn"]


# --- a channel that fails ---------------------------------------------------------------------


def test_a_channel_that_fails_twice_is_asked_again_at_once():
    told = Told(refusals=2)
    told.decide()

    assert len(told.channel.sent) == 1
    assert told.bench.journal.fields_of("Slip not sent") == []


def test_a_channel_that_stays_dead_costs_an_event_and_not_the_decision():
    told = Told(refusals=1000)
    told.decide()

    decision = decision_of(told.bench.archive, R1C1)
    assert decision is not None
    assert decision.tickets
    (event,) = told.bench.journal.fields_of("Slip not sent")
    assert event["race"] == str(R1C1)
    assert "did not take it" in str(event["error"])


@pytest.mark.parametrize("later", [4.0, 2.0])
def test_a_later_sample_sends_what_could_not_go_out(later):
    told = Told(refusals=3)
    told.decide()
    told.to(OFF - minutes(later))

    assert [message.key for message in told.channel.sent] == [f"{R1C1} slip"]


def test_past_its_hour_it_is_given_up_once():
    told = Told(refusals=1000)
    told.decide()
    told.channel.refusals = 0
    told.bench.clock.advance_to(OFF)

    for _ in range(2):
        tell_bettor(told.desk, R1C1)

    marker = sent_of(told.bench.archive, R1C1, "slip")
    assert told.channel.sent == []
    assert marker is not None
    assert marker.fate is Fate.TOO_LATE
    assert len(told.bench.journal.fields_of("Slip never sent")) == 1


def test_while_another_worker_is_sending_nothing_is_sent():
    told = Told(refusals=3)
    told.decide()
    told.desk.claims.acquire(f"{R1C1}/sent")

    tell_bettor(told.desk, R1C1)

    assert told.channel.sent == []


def test_the_archive_stays_whole_with_the_markers_in_it():
    told = Told()
    told.decide()

    found = verify_day(told.bench.archive, DAY)
    assert found.ok
    assert not [name for name in found.left_over if "/sent/" in name]
    assert told.bench.archive.read(f"{addresses.sent_folder(R1C1, 'slip')}/{addresses.SENT}")


# --- the evening ------------------------------------------------------------------------------


def close(told: Told, hours: float = 9) -> None:
    told.bench.clock.advance_to(OFF + dt.timedelta(hours=hours))
    told.service.do(Due(told.bench.clock.now(), Duty.CLOSE, DAY))


def test_the_digest_of_a_sealed_day_goes_out_once():
    told = Told()
    told.decide()
    told.to(OFF + minutes(15))
    close(told, 9)
    close(told, 10)

    (digest,) = [one for one in told.channel.sent if "Journée" in one.title]
    # The favourite won at 2.60 for 1 €.
    assert digest.title == "SIMULÉ – Journée du 16/10/2025 : 1 ticket, 0 abstention"
    lines = [" ".join(line.split()) for line in digest.body.splitlines()]
    assert "R1C1 Chantilly : 1,00 € misés, 2,60 € rendus" in lines
    assert "En tout 1,00 € misés, 2,60 € rendus." in lines
    assert verify_day(told.bench.archive, DAY).ok


def test_a_day_without_slips_tells_its_no_bets_by_condition():
    told = Told()
    told.desk = replace(told.desk, policy=packaged("gpi-5.1"))
    told.service = DayService(told.desk, lambda: 0.0)
    told.decide()
    told.to(OFF + minutes(15))
    close(told)

    (digest,) = told.channel.sent
    assert "0 ticket, 1 abstention" in digest.title
    assert "Rien n'a été misé." in digest.body
    assert "1 abstention faute de : " in digest.body


def test_no_digest_before_the_day_is_sealed_and_a_dead_channel_is_tried_again_at_the_next_hour():
    told = Told()
    told.decide()
    close(told, 6)  # the result is not in
    assert len(told.channel.sent) == 1

    told.to(OFF + dt.timedelta(hours=6, minutes=15))
    told.channel.refusals = 1
    close(told, 9)
    assert "Digest not sent" in told.bench.journal.messages("WARNING")
    close(told, 10)
    assert "Journée" in told.channel.sent[-1].title
