"""What each rule means, why it matters, what to do: one tuple each, in the order of ``Rule``."""

from __future__ import annotations

from tfswap.verify.rules.texts import changes, consumers, plan, pull, stateful, table

TEXTS = (*plan.TEXTS, *stateful.TEXTS, *table.TEXTS, *consumers.TEXTS, *changes.TEXTS, *pull.TEXTS)
