"""Reports full of what plans may hold: quotes, fences, mentions, commands, controls, unicode."""

from __future__ import annotations

from hypothesis import strategies as st

from tfswap.verify.model.report_data import (
    ChecklistItem,
    Counts,
    ExplainedChange,
    Finding,
    LeafKind,
    LeafNote,
    LinkRole,
    LinkStanding,
    Location,
    PlanLink,
    RenamedTable,
    Report,
    Severity,
    Status,
    Verdict,
)

TABLE = "aws_dynamodb_table.lpas_table"
TFVARS = Location("terraform/environment/terraform.tfvars.json", 7)

WORDS = (
    'module.a["x\\"]; end"].aws_x.y["e|n`d"]',
    'aws_x.y["@octocat #12 GH-3 <script>alert(1)</script> ](http://evil.example)"]',
    "end",
    "aws_lambda.ünï→日本語",
    "graph TD; n0-->n1",
    '%%{init: {"theme":"dark"}}%%',
    "aws_x.**bold**_it_ fa:fa-car :smile:",
    "1. list",
    "- list",
    "aws_y.`code` $x^2$ \\\\",
    '"]:::failing click n0 href "javascript:alert(1)"',
    "one\n::error::two\r\n```\n</details>",
    "::set-output name=a::b ##[error]c",
    "\x1b[2K\x00\x0b\ufffe\uffff\ud800\u202e]]> <!-- -->",
    "[link](http://evil.example) {0} ![i](x)",
    "a\\|b\\",
    "",
    "   ",
)


def report(
    words: tuple[str, ...] = WORDS, verdict: Verdict = Verdict.REJECTED, times: int = 1
) -> Report:
    """A report in which every foreign text is one of ``words``."""
    words = words * times
    standings = list(LinkStanding)
    return Report(
        verdict=verdict,
        summary="Do not apply this plan: many things wrong.",
        tables=(RenamedTable("production-Lpas", "production-Lpas-20240715", TABLE, TFVARS),),
        checklist=tuple(
            ChecklistItem(f"k{n}", f"Title {n}", list(Status)[n % 4], (f"{word}: bad", word), 1)
            for n, word in enumerate(words[:20])
        ),
        findings=tuple(
            Finding(
                rule="TFS401",
                severity=list(Severity)[n % 4],
                message=f"It stays: {word}",
                address=word,
                path=word,
                evidence=f"{word} -> {word}",
                hint=f"See {word}",
                also=words[:9],
                location=Location("a b/ü,:%.tf", 3) if n % 2 else None,
            )
            for n, word in enumerate(words)
        ),
        changes=tuple(
            ExplainedChange(w, "update in place", False, (LeafNote(w, LeafKind.RENAMED, w),), w)
            for w in words
        ),
        counts=Counts(noop=1),
        notes=words,
        environment="production",
        links=(
            PlanLink(TABLE, "", LinkRole.TABLE, LinkStanding.CHANGED),
            PlanLink("aws_a.b", TABLE, LinkRole.CONSUMER, LinkStanding.CHANGED),
            *(
                PlanLink(f"{w}{n}", TABLE, LinkRole.CONSUMER, standings[n % 3], n)
                for n, w in enumerate(words)
            ),
        ),
    )


def any_report() -> st.SearchStrategy[Report]:
    """Reports with any text anywhere."""
    words = st.lists(st.text(max_size=40), min_size=1, max_size=6).map(tuple)
    return st.builds(report, words, st.sampled_from(Verdict))
