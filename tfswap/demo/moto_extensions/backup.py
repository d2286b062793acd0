"""Stand-in for AWS Backup's selections, which moto 5.2 does not have, and its lists of tags.

A selection is kept as it was sent, under its plan. Request and answer have the shapes of
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupSelection.html.
moto reads a list of tags only when its path ends with a slash; Terraform's ends without.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any
from urllib.parse import unquote

from moto.backup.exceptions import ResourceNotFoundException
from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse


def _selections(backend: BackupBackend, plan_id: str) -> dict[str, dict[str, Any]]:
    """The plan's selections by id; raises ResourceNotFoundException for an unknown plan."""
    plans: dict[str, dict[str, dict[str, Any]]] = backend.__dict__.setdefault(
        "standin_selections", {}
    )
    if plan_id not in backend.plans:
        raise ResourceNotFoundException(msg=f"Cannot find Backup plan with ID {plan_id}")
    return plans.setdefault(plan_id, {})


def _ids(path: str) -> tuple[str, str]:
    """Plan id and selection id out of /backup/plans/<plan>/selections/<selection>."""
    parts = [unquote(part) for part in path.split("?")[0].strip("/").split("/")]
    plan_at = parts.index("plans") + 1
    return parts[plan_at], parts[plan_at + 2] if len(parts) > plan_at + 2 else ""


def _find(response: BackupResponse) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """All selections of the plan in the request's path, and the one it names."""
    plan_id, selection_id = _ids(response.path)
    selections = _selections(response.backup_backend, plan_id)
    if selection_id not in selections:
        raise ResourceNotFoundException(msg=f"Cannot find Backup selection with ID {selection_id}")
    return selections, selections[selection_id]


def _create(self: BackupResponse) -> str:
    body = json.loads(self.body)
    plan_id, _ = _ids(self.path)
    selection = {
        "BackupPlanId": plan_id,
        "SelectionId": str(uuid.uuid4()),
        "CreationDate": time.time(),
        "CreatorRequestId": body.get("CreatorRequestId"),
        "BackupSelection": body["BackupSelection"],
    }
    _selections(self.backup_backend, plan_id)[str(selection["SelectionId"])] = selection
    return json.dumps(
        {key: selection[key] for key in ("BackupPlanId", "SelectionId", "CreationDate")}
    )


def _get(self: BackupResponse) -> str:
    return json.dumps(_find(self)[1])


def _delete(self: BackupResponse) -> str:
    selections, selection = _find(self)
    del selections[selection["SelectionId"]]
    return ""


def _list(self: BackupResponse) -> str:
    selections = _selections(self.backup_backend, _ids(self.path)[0])
    return json.dumps({"BackupSelectionsList": [_listed(each) for each in selections.values()]})


def _listed(selection: dict[str, Any]) -> dict[str, Any]:
    keys = ("BackupPlanId", "SelectionId", "CreationDate", "CreatorRequestId")
    inner = selection["BackupSelection"]
    return {
        **{key: selection[key] for key in keys},
        "SelectionName": inner["SelectionName"],
        "IamRoleArn": inner["IamRoleArn"],
    }


def _list_tags(self: BackupResponse) -> str:
    arn = unquote(self.path.split("?")[0].partition("/tags/")[2].strip("/"))
    return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=arn)})


def install() -> None:
    """Add create, get, list and delete of backup selections to moto's answers, and tags.

    moto finds the method by the operation's name in botocore's model of the service, so
    adding the methods is all it takes.
    """
    for operation, method in (("create", _create), ("get", _get), ("delete", _delete)):
        setattr(BackupResponse, f"{operation}_backup_selection", method)
    for name, listing in (("list_backup_selections", _list), ("list_tags", _list_tags)):
        setattr(BackupResponse, name, listing)
