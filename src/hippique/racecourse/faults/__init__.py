"""Faults on demand: what is asked for (schema, file, rough), what comes of it (races, sites)."""

from hippique.racecourse.faults.file import FaultsFor, faults_for, no_faults
from hippique.racecourse.faults.races import with_faults
from hippique.racecourse.faults.rough import rough_faults
from hippique.racecourse.faults.schema import NO_FAULTS, Faults

__all__ = [
    "NO_FAULTS",
    "Faults",
    "FaultsFor",
    "faults_for",
    "no_faults",
    "rough_faults",
    "with_faults",
]
