"""Findings about a lane in plain language, and edits that may help: rules over its history. NumPy only, no torch."""

from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.data import DataFacts
from engine.observation.diagnosis.diagnostician import Diagnostician, diagnose
from engine.observation.diagnosis.rule import Cure, Finding, Rule, Severity, Statement
from engine.observation.diagnosis.rules import RULES

__all__ = [
    "RULES",
    "Case",
    "Cure",
    "DataFacts",
    "Diagnostician",
    "Finding",
    "Rule",
    "Severity",
    "Statement",
    "diagnose",
]
