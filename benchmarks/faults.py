"""The fault campaign: many books through emulated providers while everything fails; then the books are balanced.

Workers, several at once, make paid artefacts of a passage of the sample book, each time with other words, so that
nothing is known beforehand. Every run meets a fault of some kind; runs, the API (which takes the webhooks) and
PostgreSQL are killed with SIGKILL in between. A run that died is started again, as the platform would. Payments that
nobody knows the end of are decided as an operator does: by the provider's own account.

Then: no request billed twice, no item lost, nothing done that is not whole, ledger equal to the bill to the last place.

    python benchmarks/faults.py [--runs 300] [--seed 1] [--minutes 600] [--workers 3] [--write] [--json] [--quick]
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from _report import ROOT, Goal, finish, options, table

sys.path.insert(0, str(ROOT))

from _campaign import LOGS, WORKERS, Campaign, Run
from _campaign_balance import Balance, balance
from _campaign_faults import FAULTS

DOCUMENT = ROOT / "docs/faults.md"
QUICK_RUNS = 9

GOALS = {
    "billed_twice": Goal("<=", 0),
    "items_lost": Goal("<=", 0),
    "false_done": Goal("<=", 0),
    "unexplained_runs": Goal("<=", 0),
    "off_by_usd": Goal("<=", 0),
    "lines_unequal": Goal("<=", 0),
    "budgets_off": Goal("<=", 0),
}


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT, runs=300, seed=1, minutes=600, workers=WORKERS)
    count = QUICK_RUNS if chosen.quick else chosen.runs
    kinds = list(FAULTS)
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="litink-campaign-") as name:
        Path(name).chmod(0o755)
        with Campaign(Path(name), chosen.seed).opened() as campaign:
            killer = threading.Thread(target=campaign.kill_servers, args=(6.0 if chosen.quick else 20.0,), daemon=True)
            killer.start()
            with concurrent.futures.ThreadPoolExecutor(chosen.workers) as pool:
                made = []
                end = time.monotonic() + 60 * chosen.minutes  # none is begun after that

                def make(number: int) -> Run | None:
                    return campaign.make(number, kinds[number % len(kinds)]) if time.monotonic() < end else None

                for run in filter(None, pool.map(make, range(count))):
                    made.append(run)
                    told = "finished" if run.finished else f"ended: {dict(run.reasons)}"
                    print(f"  {run.number:4} {run.kind:45} {run.attempts} starts {told}", file=sys.stderr)
            campaign.stop.set()
            killer.join()
            campaign.decide_the_rest()
            found = balance(campaign, made)
            print("\n".join(found.lines.unequal), file=sys.stderr)
            report(chosen, campaign, made, found)


def report(chosen: argparse.Namespace, campaign: Campaign, runs: list[Run], found: Balance) -> None:
    rows = []
    for kind in FAULTS:
        mine = [run for run in runs if run.kind == kind]
        if mine:
            reasons = sum((run.reasons for run in mine), collections.Counter[str]())
            rows.append(
                (
                    kind,
                    len(mine),
                    sum(run.attempts for run in mine),
                    sum(run.kills for run in mine),
                    sum(run.finished for run in mine),
                    ", ".join(f"{code} {n}" for code, n in reasons.most_common(3)) or "–",
                )
            )
    unexplained = sum(not run.finished and not run.reasons for run in runs)
    lines = found.lines
    unknown_usd = lines.set_aside_usd - lines.billed_usd
    figures = {
        "billed_twice": found.twice,
        "items_lost": found.lost,
        "false_done": found.false_done,
        "unexplained_runs": unexplained,
        "off_by_usd": float(abs(found.ledger_usd - unknown_usd - found.billed_usd)),
        "lines_unequal": len(lines.unequal),
        "budgets_off": found.imbalances,
    }
    text = "\n".join(
        [
            table(("fault", "runs", "starts", "killed", "finished", "items that failed, by reason"), rows),
            "",
            f"{len(runs)} runs by {chosen.workers} workers; SIGKILL of {sum(run.kills for run in runs)} runs, of "
            f"PostgreSQL {campaign.database_kills} times, of the API {campaign.api_kills} times. "
            f"{found.calls} paid calls, {found.items} items; {campaign.operator.decided} lost answers were decided "
            "by hand.",
            "",
            table(
                ("", "measured", "goal"),
                [
                    ("requests billed twice", found.twice, 0),
                    ("items lost", found.lost, 0),
                    ("done, and not whole", found.false_done, 0),
                    ("runs without a stated reason", unexplained, 0),
                    ("budgets that are not the sum of their payments", found.imbalances, 0),
                    ("lines of ledger or bill that the other has not", len(lines.unequal), 0),
                    ("ledger / bill, USD", f"{found.ledger_usd} / {found.billed_usd}", "equal, but for the next line"),
                    (
                        "answers that told no id and no cost: set aside / billed, USD",
                        f"{lines.untold}: {lines.set_aside_usd} / {lines.billed_usd}",
                        "listed",
                    ),
                ],
            ),
        ]
    )
    finish(chosen, DOCUMENT, text, figures, GOALS)


if __name__ == "__main__":
    main()
