"""A report as SARIF 2.1.0 (OASIS), for code scanning.

Rules are those of ``tfswap rules``, all of them, so that an index means the same in every run. A
finding without a place of its own stands on the line of the tfvars that names the restored table.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from tfswap import __version__
from tfswap.report.finding_location import body, fallback, within
from tfswap.report.sanitize import safe
from tfswap.rule_catalogue import RULES
from tfswap.verify.model.report_data import Finding, Location, Report, Severity
from tfswap.verify.rules.registry import Rule

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "SRCROOT"
_LEVELS = {
    Severity.ERROR: "error",
    # "Cannot tell" never passes, and only an error keeps a pull request from being merged.
    Severity.UNKNOWN: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}

Json = dict[str, Any]


def render_sarif(reports: Sequence[tuple[str, Report]]) -> str:
    """Return a SARIF log with one run a plan."""
    runs = [_run(name, report) for name, report in reports]
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}
    return json.dumps(document, indent=2) + "\n"


def _run(name: str, report: Report) -> Json:
    foreign = dict.fromkeys(one.rule for one in report.findings if one.rule not in RULES)
    rules = [*map(_descriptor, RULES.values()), *({"id": rule} for rule in foreign)]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    category = "/".join(filter(None, ("tfswap", report.environment, name)))
    return {
        "tool": {"driver": {"name": "tfswap", "version": __version__, "rules": rules}},
        # What ends in a slash is a category (SARIF 3.17.3): alerts of two plans do not mix.
        "automationDetails": {"id": f"{safe(category)}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top of the repository."}}},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": list(_results(report, index)),
        "properties": _properties(report),
    }


def _properties(report: Report) -> Json:
    pull = {"pull": report.pull.value} if report.pull else {}
    return {"verdict": report.verdict.value, "summary": safe(report.summary), **pull}


def _invocation(report: Report) -> Json:
    return {"executionSuccessful": True, "exitCode": int(report.verdict.exit_code)}


def _descriptor(rule: Rule) -> Json:
    parts = (rule.meaning, rule.why, rule.todo)
    headings = ("Meaning", "Why it matters", "What to do")
    pairs = zip(headings, map(_line, parts), strict=True)
    markdown = "\n\n".join(f"**{heading}.** {part}" for heading, part in pairs)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", rule.title)),
        "shortDescription": {"text": _line(rule.title)},
        "fullDescription": {"text": _line(rule.meaning)},
        "help": {"text": "\n".join(map(_line, parts)), "markdown": markdown},
    }


def _line(text: str) -> str:
    return " ".join(text.split())


def _results(report: Report, index: dict[str, int]) -> Iterator[Json]:
    seen: Counter[str] = Counter()
    for found in report.findings:
        identity = _identity(found)
        seen[identity] += 1
        yield {
            "ruleId": found.rule,
            "ruleIndex": index[found.rule],
            "level": _LEVELS[found.severity],
            "message": {"text": _message(found)},
            "locations": [_location(found, fallback(report))],
            "partialFingerprints": {"tfswap/v1": f"{identity}:{seen[identity]}"},
            "properties": {"severity": found.severity.value},
        }


def _identity(found: Finding) -> str:
    """Return what makes a finding the same one in the next run: neither line, value nor serial."""
    identity = "\0".join((found.rule, found.address, found.path))
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _message(found: Finding) -> str:
    """Return the message; what SARIF would take for a link or a placeholder is escaped (3.11)."""
    text = "\n".join((safe(found.message), *body(found)))
    text = re.sub(r"\{(\d+)\}", r"{{\1}}", text)
    return re.sub(r"\[(?=[^\]\n]*\]\()", r"\\[", text)


def _location(found: Finding, otherwise: Location | None) -> Json:
    address = safe(found.address) or "the plan"
    kind = {"kind": "resource"} if found.address else {}
    whole: Json = {"logicalLocations": [{"fullyQualifiedName": address, **kind}]}
    if place := within(found.location) or otherwise:
        artifact = {"uri": quote(place.file), "uriBaseId": _ROOT}
        whole["physicalLocation"] = {
            "artifactLocation": artifact,
            "region": {"startLine": place.line},
        }
    return whole
