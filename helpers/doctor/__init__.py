"""The doctor: what is wrong with a task before training, and with a training (chapter 9)."""

from helpers.doctor.diagnosis import diagnose
from helpers.doctor.examination import examine
from helpers.doctor.findings import FINDINGS, Finding, tell

__all__ = ["FINDINGS", "Finding", "diagnose", "examine", "tell"]
