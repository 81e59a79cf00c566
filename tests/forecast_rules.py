"""The author's numbers as the method states them, for tests of his estimator and of form."""

from __future__ import annotations

from hippique.forecast.form_scores import FormRules, ProfileRules
from hippique.forecast.gpi51_factors import DriftRules, Gpi51Rules, Step
from hippique.racing.card import Discipline

FORM_RULES = FormRules(
    top_three=2.0,
    top_five=1.0,
    mean_weight=3.0,
    disqualified_malus=2.0,
    floor=-5.0,
    volatile_runs_above=2,
    volatile_spread_above=5.0,
    volatile_worst_above=5.0,
    volatile_mean_above=6.0,
    safe_mean=3.0,
    safe_share=0.60,
)
PROFILE_RULES = ProfileRules(
    favourite_p_place_above=0.25,
    outsider_odds_from=8.0,
    outsider_odds_to=14.0,
    outsider_last_two=3,
    forgotten_mean=4.0,
    forgotten_runs=3,
    forgotten_p_place_below=0.10,
)
DRIFT_RULES = DriftRules(
    on="chance",
    chance_move=0.04,
    steam=1.03,
    favourite_drift=0.97,
    odds_move=0.07,
    k=0.70,
    favourite_k=0.90,
    outsider_k=0.85,
    outsider_odds=8.0,
    least=0.8,
    most=1.2,
)
GPI51_RULES = Gpi51Rules(
    floor=0.01,
    ceiling=0.80,
    total=1.8,
    h30_weight=0.35,
    jockey_high=0.12,
    trainer_high=0.15,
    jockey_low=0.06,
    trainer_low=0.08,
    people_bonus=1.06,
    people_malus=0.94,
    people_weight=0.9,
    people_weighted=(Discipline.TROT_MOUNTED, Discipline.FLAT),
    recent_places=Step(high=0.60, bonus=1.04, low=0.20, malus=0.96),
    career_places=Step(high=0.50, bonus=1.02, low=0.25, malus=0.98),
    trot_limit_s_km=74.5,
    last_600m_limit_s=34.0,
    time_gain=0.08,
    time_cap=0.04,
    drift=DRIFT_RULES,
)
