"""Years of a subscriber who changes their mind, beside a model that knows what they did and the calendar, no more.

The model shares nothing with the product or the emulator: its prices, months, prorations and purses are its own.
"""

from __future__ import annotations

import calendar
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from litink.billing import audit, credits, grants
from litink.errors import PermanentFailure
from litink.generation.paid import settlement
from litink.generation.paid.settlement import Verdict
from tests.billing.conftest import POLICY, TARIFF, intended
from tests.billing.purses import Purses
from tests.billing.subscriber import DAY, FORM, Subscriber

HOUR = 3_600
GRACE = 7 * DAY
RETRIES = [3, 5, 7]  # days from one failed payment to the next try; after the last it is cancelled
PLANS = {
    "basic": (1_800, 1_500),
    "standard": (2_900, 4_800),
    "premium": (7_900, 13_100),
    "professional": (19_900, 33_100),
}  # cents a month, credits a month
ORDER = list(PLANS)
assert FORM["number"] == "4242424242424242"  # a new subscription is paid by a good card


@dataclass
class Invoice:
    number: int
    cents: int
    credits: int
    end: int
    back: bool = False  # its money went back


@dataclass
class Contract:
    """One subscription of the model's. ``charge_at``: when the open invoice is tried (again)."""

    plan: str
    anchor: int
    card: bool = True
    months: int = 0
    later: str | None = None
    leaving: bool = False
    charge_at: int | None = None
    tries: list[int] = field(default_factory=list)
    owing: bool = False  # a payment failed
    invoices: list[Invoice] = field(default_factory=list)

    def boundary(self, months: int) -> int:
        start = datetime.fromtimestamp(self.anchor, UTC)
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        return int(start.replace(year=year, month=month + 1, day=day).timestamp())

    @property
    def start(self) -> int:
        return self.boundary(self.months)

    @property
    def end(self) -> int:
        return self.boundary(self.months + 1)


class LifeModel:
    def __init__(self, now: int) -> None:
        self.now = now
        self.purses = Purses()
        self.contract: Contract | None = None
        self.paid: list[Invoice] = []
        self.gifts = set[str]()  # months whose free credits were given

    # -- what is done --------------------------------------------------------------------------------------------------

    def subscribe(self, plan: str) -> None:
        self.contract = Contract(plan, self.now)
        self._pays(self.contract, PLANS[plan][0], PLANS[plan][1])

    def upgrade(self, plan: str) -> None:
        """The rest of the old plan is given back, that of the new one paid, each to the nearest cent."""
        one = self.contract
        assert one is not None
        cents, given = 0, Fraction(0)
        for sign, name in ((-1, one.plan), (1, plan)):
            price, monthly = PLANS[name]
            part = sign * int(Fraction(price * (one.end - self.now), one.end - one.start) + Fraction(1, 2))
            cents += part
            given += Fraction(part * monthly, price)
        one.plan, one.later, one.leaving = plan, None, False
        self._pays(one, cents, int(given))

    def money_back(self, invoice: Invoice, *, back: bool) -> None:
        invoice.back = back
        self.purses.revoke(f"invoice {invoice.number}", Decimal(invoice.credits if back else 0))

    def _pays(self, one: Contract, cents: int, credits: int) -> None:
        invoice = Invoice(len(self.paid), cents, credits, one.end)
        self.paid.append(invoice)
        one.invoices.append(invoice)
        self.purses.give(f"invoice {invoice.number}", Decimal(credits), one.end + GRACE)

    # -- time ----------------------------------------------------------------------------------------------------------

    def pass_time(self, to: int) -> None:
        while (one := self.contract) is not None and (moment := min(one.charge_at or one.end, one.end)) <= to:
            self.now = moment
            if one.charge_at == moment:
                self._charge(one)
            elif one.leaving:
                self.contract = None
            else:
                one.months += 1
                one.plan, one.later = one.later or one.plan, None
                one.charge_at, one.tries = moment + HOUR, list(RETRIES)
        self.now = to

    def _charge(self, one: Contract) -> None:
        assert one.charge_at is not None
        if one.card:
            one.charge_at, one.owing = None, False
            self._pays(one, *PLANS[one.plan])
        elif one.tries:
            one.owing = True
            one.charge_at += one.tries.pop(0) * DAY
        else:
            self.contract = None

    # -- how it stands -------------------------------------------------------------------------------------------------

    def tier(self) -> str:
        one = self.contract
        if one is None or (one.owing and self.now >= one.start + GRACE):
            return "free"
        return "free" if any(i.back and i.end > one.start for i in one.invoices) else one.plan

    def month(self) -> None:
        """The free tier's credits, which are given when somebody looks."""
        here = datetime.fromtimestamp(self.now, UTC)
        if self.tier() == "free" and f"{here:%Y-%m}" not in self.gifts:
            self.gifts.add(f"{here:%Y-%m}")
            following = datetime(here.year + here.month // 12, here.month % 12 + 1, 1, tzinfo=UTC)
            self.purses.give(f"{here:%Y-%m}", Decimal(300), int(following.timestamp()))


class Life:
    """Does one thing after another to both, with events that come doubled, shuffled, late or never."""

    def __init__(self, alice: Subscriber, seed: int) -> None:
        self.alice = alice
        self.model = LifeModel(alice.now)
        self.dice = random.Random(seed)
        self.counts = Counter[str]()
        self.disputes: list[tuple[str, Invoice]] = []
        service = {"provider": "stripe", "operation": "webhook"}
        alice.emulator.fault("webhook_drop", match={**service, "probability": 0.6}, seed=seed)
        alice.emulator.fault("webhook_double", match={**service, "probability": 0.2}, seed=seed)

    def live(self, months: int) -> None:
        """Ends with a comparison with Stripe, after which everything must be as the model says."""
        for _ in range(months):
            self._wait(self.dice.randrange(20 * DAY, 36 * DAY))
            self._act()
            self._events()
            if self.dice.random() < 0.6:
                self.check()
                self._spend()
        self.check()
        self.invoices_are_as_reckoned()

    def _wait(self, seconds: int) -> None:
        self._to(self.alice.now + seconds)
        one = self.model.contract
        if one is not None and one.end - self.alice.now < 2 * DAY:  # so that no proration is too small to be charged
            self._to(self.alice.now + 3 * DAY)

    def _to(self, moment: int) -> None:
        self.alice.to(moment)
        self.model.pass_time(moment)

    # -- what happens --------------------------------------------------------------------------------------------------

    def _act(self) -> None:
        one = self.model.contract
        if one is None:
            choices = ["subscribe", "subscribe", "nothing"]
        elif one.owing:
            choices = ["mend card", "mend card", "nothing"]
        else:
            choices = ["up", "up", "down", "leave", "break card", "refund", "dispute", "nothing", "nothing"]
            choices += ["stay", "stay"] if one.later or one.leaving else []
        choices += ["decide"] * 2 if self.disputes else []
        act = self.dice.choice(choices)
        self.counts[act] += 1
        getattr(self, f"_{act.replace(' ', '_')}")()

    def _nothing(self) -> None:
        """A month in which nobody does anything."""

    def _subscribe(self) -> None:
        self._follow_all()  # or our refusal would rest on a subscription whose end nobody has told
        plan = self.dice.choice(ORDER)
        self.alice.pays(plan)
        self.model.subscribe(plan)

    def _up(self) -> None:
        one = self.model.contract
        assert one is not None
        better = ORDER[ORDER.index(one.plan) + 1 :]
        if not better or not one.card:
            return
        self._follow_all()
        plan = self.dice.choice(better)
        self.alice.billing.subscribing.change(self.alice.user, plan)
        self.model.upgrade(plan)

    def _down(self) -> None:
        one = self.model.contract
        assert one is not None
        worse = ORDER[: ORDER.index(one.plan)]
        if not worse:
            return
        self._follow_all()
        plan = self.dice.choice(worse)
        self.alice.billing.subscribing.change(self.alice.user, plan)
        one.later, one.leaving = plan, False

    def _leave(self) -> None:
        one = self.model.contract
        assert one is not None
        if one.later is None and self.dice.random() < 0.5:  # in the portal, so that only events tell us
            self._in_portal(cancel_at_period_end=True)
        else:
            self._follow_all()
            self.alice.billing.subscribing.cancel(self.alice.user)
        one.later, one.leaving = None, True

    def _stay(self) -> None:
        one = self.model.contract
        assert one is not None
        if one.leaving and self.dice.random() < 0.5:
            self._in_portal(cancel_at_period_end=False)
        else:
            self._follow_all()
            self.alice.billing.subscribing.reactivate(self.alice.user)
        one.later, one.leaving = None, False

    def _in_portal(self, *, cancel_at_period_end: bool) -> None:
        alice = self.alice
        live = alice.stripe.v1.subscriptions.list({"customer": alice.customer, "status": "active"}).data[0]
        alice.stripe.v1.subscriptions.update(live.id, {"cancel_at_period_end": cancel_at_period_end})

    def _break_card(self) -> None:
        self._card("chargeCustomerFail", good=False)

    def _mend_card(self) -> None:
        self._card("visa", good=True)

    def _card(self, name: str, *, good: bool) -> None:
        assert self.model.contract is not None
        self.alice.card(name)
        self.model.contract.card = good

    def _refund(self) -> None:
        charge, invoice = self._last_paid()
        if invoice is not None:
            self.alice.stripe.v1.refunds.create({"charge": charge})
            self.model.money_back(invoice, back=True)

    def _dispute(self) -> None:
        charge, invoice = self._last_paid()
        if invoice is not None:
            self.disputes.append((self.alice.emulator.dispute(charge)["id"], invoice))
            self.model.money_back(invoice, back=True)

    def _decide(self) -> None:
        dispute, invoice = self.disputes.pop(0)
        outcome = self.dice.choice(["won", "lost"])
        self.alice.emulator.decide(dispute, outcome)
        self.model.money_back(invoice, back=outcome == "lost")

    def _last_paid(self) -> tuple[str, Invoice | None]:
        """The newest charge that was paid, and the model's invoice for it unless its money went back already."""
        charge = next(one for one in self.alice.charges() if one.paid)
        invoice = self.model.paid[-1]
        assert charge.amount == invoice.cents
        return charge.id, None if charge.refunded or charge.disputed else invoice

    def _spend(self) -> None:
        """Three calls: one that is billed by half, one that is not, and one too dear."""
        alice, now = self.alice, self.model.now
        for number, part in enumerate((Fraction(1, 3), Fraction(1, 2), Fraction(2))):
            have = self.model.purses.available(now)
            usd = Decimal(int(Fraction(have) * part)) / 200
            try:
                with alice.engine.begin() as connection:
                    payment = intended(connection, alice.user, usd)
                    at = alice.billing.clock()
                    credits.reserve(connection, alice.user, "free", payment.id, usd, TARIFF, at)
            except PermanentFailure:
                assert have < usd * 200
                continue
            assert self.model.purses.reserve(payment.id, usd * 200, now)
            cost = usd / 2 if number == 0 else Decimal(0)
            with alice.engine.begin() as connection:
                credits.settle(connection, payment.id, cost, alice.billing.clock())
                settlement.settle(connection, payment, Verdict("wrong", cost), POLICY)
            self.model.purses.settle(payment.id, cost * 200, now)

    # -- events --------------------------------------------------------------------------------------------------------

    def _events(self) -> None:
        """Shuffled, some twice and some never; now and then old ones again; now and then nobody follows them up."""
        seed = self.dice.randrange(1_000_000)
        self.counts["posted"] += len(self.alice.emulator.deliver("shuffled", seed))
        if self.dice.random() < 0.2:
            self.counts["posted again"] += len(self.alice.emulator.redeliver(order="shuffled", seed=seed))
        if self.dice.random() < 0.8:
            self.alice.follows_up()

    def _follow_all(self) -> None:
        found = self.alice.billing.reconcile()
        assert found.failed == []
        self.counts["put right by the comparison"] += len(found.news)

    # -- the comparison ------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Tier and every grant are as the model says."""
        self._follow_all()
        alice, model = self.alice, self.model
        assert alice.tier() == model.tier()
        found = alice.balance()
        model.month()
        with alice.engine.connect() as connection:
            ours = sorted((one.unused, one.revoked, one.spent) for one in grants.all_of(connection, alice.user))
            assert audit.imbalances(connection) == []
        assert [one[:2] for one in ours] == sorted((p["left"], p["taken"]) for p in model.purses.purses)
        assert (found.available, found.held) == (model.purses.available(model.now), 0)
        self.counts["checks"] += 1

    def invoices_are_as_reckoned(self) -> None:
        alice = self.alice
        asked = {"customer": alice.customer, "status": "paid", "limit": 100}
        found = list(alice.stripe.v1.invoices.list(asked).auto_paging_iter())[::-1]  # type: ignore[arg-type]
        assert [one.total for one in found] == [one.cents for one in self.model.paid]
