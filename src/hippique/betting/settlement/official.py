"""What a settlement is made from: the official result with the facts that bets' rules ask for."""

from __future__ import annotations

from dataclasses import dataclass

from hippique.racing.result import Dividend, Refund, Result

Combination = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialRace:
    """An official result, ready to settle on.

    declared: horses declared, which fixes the places paid; None where no page says. couplings:
    groups of numbers that run for one owner.
    """

    result: Result
    declared: int | None
    couplings: tuple[tuple[int, ...], ...] = ()

    @property
    def took_part(self) -> int | None:
        """Horses that ran; None where the declared field is not known."""
        if self.declared is None:
            return None
        return self.declared - len(self.result.non_runners)

    @property
    def nobody_finished(self) -> bool:
        """Whether every horse that ran is out of the order: all bets are then paid back."""
        out = {*self.result.disqualified, *self.result.fallen}
        ran = self.took_part
        return not self.result.order and bool(out) and ran is not None and len(out) >= ran

    def dividends(self, operator: str, bet: str) -> tuple[Dividend, ...]:
        """What this operator published for this bet, all ranks."""
        return tuple(d for d in self.result.dividends if d.operator == operator and d.bet == bet)

    def is_paid_back(self, operator: str, bet: str) -> bool:
        """Whether this operator refunded the bet: another operator's refund says nothing of it."""
        return Refund(operator=operator, bet=bet) in self.result.refunded

    def mates(self, number: int) -> tuple[int, ...]:
        """The other horses of the number's coupled entry, none where it is alone."""
        group = next((group for group in self.couplings if number in group), ())
        return tuple(mate for mate in group if mate != number)
