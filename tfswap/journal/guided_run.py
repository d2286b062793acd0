"""How far a guided run has come, folded from the journal's events. Pure.

Only what was done since the run began counts, and nothing that was undone. A rollback undoes
branch, tfvars and state; a restored table stays restored. Pipeline and maintenance mode may have
been set back by then, so they are offered again: doing either twice harms nothing. A rollback after
an apply is a swap of its own, the other way round: it ends the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tfswap.guide.inputs import GuideInputs
from tfswap.journal import events as e

_ASKED_AGAIN = frozenset({"maintenance", "freeze"})
"""What people may have ended once the swap was rolled back."""


@dataclass(frozen=True)
class GuideProgress:
    """The guided run under way, if any."""

    names: tuple[str, ...] = ()
    """Its restored tables."""
    environment: str = ""
    """Of the last run that began, be it ended or not."""
    again: str = ""
    """The command to continue with, as it was said last."""
    inputs: GuideInputs = field(default_factory=GuideInputs)
    kinds: frozenset[str] = frozenset()
    """Kinds of events that came since it began, and still hold."""
    done: frozenset[str] = frozenset()
    """Phases that ended well."""
    confirmed: frozenset[str] = frozenset()
    """What people confirmed."""
    rolled_back: bool = False
    """Whether it continues is for people to say."""
    under_way: bool = False

    def after(self, event: e.Event) -> GuideProgress:
        """Return the progress after one more event."""
        match event:
            case e.GuideChanged():
                return replace(self, again=event.again, inputs=event.inputs)
            case e.GuideBegun():
                return GuideProgress(
                    event.names, event.environment, event.again, event.inputs, under_way=True
                )
            case e.GuideEnded() | e.RollbackBySwap():
                return GuideProgress(environment=self.environment)
        return self._within(event) if self.under_way else self

    def _within(self, event: e.Event) -> GuideProgress:
        match event:
            case e.RolledBack():
                return replace(
                    self,
                    kinds=self.kinds & {"restored"},
                    done=frozenset(name for name in self.done if name.startswith("restore ")),
                    confirmed=self.confirmed - _ASKED_AGAIN,
                    rolled_back=True,
                )
            case e.PipelineStarted():
                kinds, done = self.kinds - {"pipeline-stopped"}, self.done - {"pipeline"}
                return replace(self, kinds=kinds, done=done)
            case e.PhaseDone():
                return replace(self, done=self.done | {event.phase})
            case e.Confirmed():
                return replace(self, confirmed=self.confirmed | {event.item})
        return replace(self, kinds=self.kinds | {event.kind})

    def about(self, names: Sequence[str] | None, environment: str | None) -> GuideProgress | None:
        """Return the run where one about these names in this environment is under way.

        Args:
            names: The restored tables; None for any.
            environment: None for any.
        """
        same = (names is None or self.names == tuple(names)) and (
            environment is None or self.environment == environment
        )
        return self if self.under_way and same else None
