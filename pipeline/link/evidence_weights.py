"""What each sign says for one study, and for patients in common: log-odds, each with its reason.

The weights are set by judgement from what the signs mean, not fitted to labelled pairs: a sign with weight 3 makes a
relation twenty times as likely. They add up, with the prior, to the log-odds of the likelihood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weight:
    """Log-odds for `study` (two reports of one study) and `cohort` (two studies that share patients)."""

    study: float
    cohort: float
    why: str


WEIGHTS = {
    "prior": Weight(-4.5, -4.0, "of the pairs that share an author, a place or a name and a drug, few are related"),
    "registration": Weight(6.5, 0.0, "one trial has one number"),
    "other registration": Weight(-5.0, -2.0, "two numbers of one register are two trials"),
    "number among several": Weight(-2.0, 6.0, "who takes patients from several trials lists their numbers"),
    "trial name": Weight(5.0, 0.0, "names of trials are made to be unique"),
    "other trial name": Weight(-4.5, -1.5, "companion trials have names or numbers of their own"),
    "names the other's trial": Weight(0.0, 1.5, "a report names the trials that it builds on, or compares with"),
    "pools the other's trial": Weight(-3.0, 6.5, "a pooled analysis names the trials whose patients it takes"),
    "prolongs the other's trial": Weight(-1.0, 4.0, "an extension under its own number takes patients of its parents"),
    "titles equal": Weight(3.0, 0.5, "an abstract and its paper often have one title"),
    "titles alike": Weight(1.2, 0.3, "reports of a study speak of one disease and one drug"),
    "same drugs": Weight(1.0, 1.8, "reports of one study, and cohorts that overlap, test the same regimen"),
    "a drug in common": Weight(0.2, 0.6, "arms may be reported one by one"),
    "other drugs": Weight(-4.0, -5.0, "patients treated otherwise are others, or are not counted twice"),
    "many authors": Weight(3.0, 1.2, "a study has its own group of authors"),
    "several authors": Weight(1.5, 0.8, "groups overlap between studies, too"),
    "an author": Weight(0.2, 0.3, "one name may be of two people"),
    "no author in common": Weight(-2.5, -1.0, "hardly any study has reports without an author in common"),
    "first author": Weight(0.8, 0.3, "the first author of an abstract mostly is that of the paper"),
    "same size": Weight(3.0, 0.3, "two studies seldom have the same number of patients, if it is not small"),
    "same small size": Weight(1.2, 0.2, "small numbers coincide"),
    "other sizes": Weight(-2.0, 0.0, "reports of all patients of a study give one number"),
    "other sizes, explained": Weight(-0.3, 0.0, "an interim report, a follow-up or a part has fewer patients"),
    "same counts": Weight(2.5, 0.0, "the same number of patients responded out of the same number"),
    "same window": Weight(3.5, 0.5, "two studies seldom enrol between the same two months"),
    "windows overlap": Weight(0.3, 2.5, "patients of one centre seen in the same years may be the same patients"),
    "windows apart": Weight(-4.0, -6.0, "nobody is enrolled in both"),
    "same institution": Weight(0.8, 2.2, "patients of one hospital"),
    "same city": Weight(0.1, 0.7, "patients may be referred within a city"),
    "other institutions": Weight(-0.6, -2.0, "no hospital in common"),
    "one centre and many": Weight(-1.5, -1.0, "few patients of a trial of many centres come from one of them"),
    "a later or partial report": Weight(1.5, 0.0, "it says itself that the study has another report"),
    "abstract, then paper": Weight(1.0, 0.0, "studies are shown at meetings before they are published"),
    "same registry": Weight(0.0, 3.5, "a registry's name or number is that of all its extracts"),
    "both registries": Weight(-3.0, 3.0, "a registry gives one extract after another, with patients in common"),
    "pooled": Weight(-3.0, 1.0, "a pooled analysis takes its patients from studies"),
    "other ages": Weight(-3.0, -3.0, "children here, adults there"),
    "other designs": Weight(-3.0, -1.0, "a trial is no retrospective series"),
    "two trials": Weight(0.0, -3.0, "who is randomised in one trial is seldom randomised in another"),
    "few years apart": Weight(0.0, 0.5, "without dates of enrolment, years of publication say a little"),
    "many years apart": Weight(-1.0, -2.0, "the older patients were treated long before"),
}


def likelihood(log_odds: float) -> float:
    """The probability of these log-odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))
