"""Runs plans: what is ready starts, in parallel; conditions are waited for; events are reported.

It decides nothing: every decision is in the plan.
"""

from composer.scheduler.scheduler import Scheduler

__all__ = ["Scheduler"]
