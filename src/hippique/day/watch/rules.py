"""The table of rules, as docs/reference/alerts.md shows it."""

from __future__ import annotations

from hippique.day.watch import day_rules, heard_rules
from hippique.day.watch.heard_rules import (
    COMPLETE,
    FAILED,
    FAILURES,
    ILL_PREPARED,
    NOT_REPLANNED,
    PLANNED,
    PREPARED,
    SLIP_NOT_SENT,
    SLIP_SENT,
    UNPLANNED,
)
from hippique.day.watch.model import Level
from hippique.day.watch.rule import Rule

_PLANS = frozenset({*PLANNED, UNPLANNED})
_RUNS = frozenset({COMPLETE, FAILED})

RULES = (
    Rule(
        name="schedule_failed",
        level=Level.CRITICAL,
        fr="le plan du jour a échoué, ou manque après 09:05",
        en="any plan of today failed, or there is none after 09:05",
        find=heard_rules.schedule_failed,
        hears=_PLANS,
        on_idle_days=True,
    ),
    Rule(
        name="no_races",
        level=Level.CRITICAL,
        fr="0 course, sans que deux sources s'accordent à le dire",
        en="0 races, and no two sources agree that there are none",
        find=heard_rules.no_races,
        hears=_PLANS,
        on_idle_days=True,
    ),
    Rule(
        name="queue_empty",
        level=Level.CRITICAL,
        fr="après 09:05, une course a une phase à venir et aucune tâche",
        en="after 09:05 a race in scope has a phase ahead and no live task",
        find=day_rules.queue_empty,
        needs_racing=True,
    ),
    Rule(
        name="analyses_failed",
        level=Level.WARNING,
        fr="une analyse a échoué ; critique au-delà de 50 % d'au moins 4 en 60 min",
        en="an analysis failed; critical above 50 % of at least 4 in 60 min",
        find=heard_rules.analyses_failed,
        hears=_RUNS,
    ),
    Rule(
        name="store_full",
        level=Level.CRITICAL,
        fr="le disque est plein, ou presque",
        en="the disk is full, or nearly",
        find=heard_rules.store_full,
        hears=frozenset(FAILURES),
        on_idle_days=True,
    ),
    Rule(
        name="latency_high",
        level=Level.WARNING,
        fr="p95 d'au moins 5 analyses en 15 min au-dessus de 30 s",
        en="p95 of at least 5 runs in 15 min above 30 s",
        find=heard_rules.latency_high,
        hears=_RUNS,
    ),
    Rule(
        name="queue_saturated",
        level=Level.WARNING,
        fr="plus de 100 tâches en retard ; critique au-delà de 200",
        en="more than 100 overdue tasks; critical above 200",
        find=day_rules.queue_saturated,
    ),
    Rule(
        name="decisions_refused",
        level=Level.WARNING,
        fr="au moins 80 % des 5 dernières décisions refusées faute de données",
        en="at least 80 % of the last 5 decisions refused for lack of data",
        find=day_rules.decisions_refused,
        becomes_critical=True,
        needs_racing=True,
    ),
    Rule(
        name="odds_unchanged",
        level=Level.WARNING,
        fr="les cotes de toute une réunion sont les mêmes à deux phases",
        en="odds of a whole meeting unchanged over two phases",
        find=day_rules.odds_unchanged,
        becomes_critical=True,
        needs_racing=True,
    ),
    Rule(
        name="result_missing",
        level=Level.WARNING,
        fr="pas de résultat 90 min après le départ",
        en="a result is missing 90 min after the off",
        find=day_rules.result_missing,
        becomes_critical=True,
        of_today=False,
    ),
    Rule(
        name="field_lost",
        level=Level.WARNING,
        fr="une source ne donne plus un champ qu'elle donnait la veille",
        en="a source's reading lost a field that it had yesterday",
        find=day_rules.field_lost,
        becomes_critical=True,
        needs_racing=True,
    ),
    Rule(
        name="plan_degraded",
        level=Level.WARNING,
        fr="une source n'a pas donné de programme",
        en="a source gave no programme",
        find=day_rules.plan_degraded,
        needs_racing=True,
    ),
    Rule(
        name="preparation_failed",
        level=Level.WARNING,
        fr="la préparation de 08:45 a trouvé un défaut",
        en="the preparation of 08:45 found a fault: archive, disk, queue, model or policy",
        find=heard_rules.preparation_failed,
        hears=frozenset({PREPARED, ILL_PREPARED, PLANNED[0]}),
    ),
    Rule(
        name="replan_failed",
        level=Level.WARNING,
        fr="le plan n'a pu être revu : aucune source ne répond",
        en="the plan was not renewed: no source answers",
        find=heard_rules.replan_failed,
        hears=frozenset({*PLANNED, NOT_REPLANNED}),
        becomes_critical=True,
        needs_racing=True,
    ),
    Rule(
        name="phase_missed",
        level=Level.WARNING,
        fr="une visite avant le départ n'a jamais commencé",
        en="a visit before the off was never begun",
        find=day_rules.phase_missed,
        becomes_critical=True,
    ),
    Rule(
        name="slip_not_sent",
        level=Level.WARNING,
        fr="un ticket, ou son retrait, n'a pas été remis au parieur",
        en="a slip or its withdrawal did not reach the bettor",
        find=heard_rules.slip_not_sent,
        hears=frozenset({SLIP_SENT, *SLIP_NOT_SENT}),
    ),
    Rule(
        name="day_report",
        level=Level.INFO,
        fr="la journée est finie : ses chiffres",
        en="the day is over: its figures",
        find=day_rules.day_report,
        of_today=False,
    ),
)
BY_NAME = {rule.name: rule for rule in RULES}
HEARD = frozenset().union(*(rule.hears for rule in RULES))
