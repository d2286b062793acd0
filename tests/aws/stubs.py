"""Clients that answer what a test says, checked by botocore against the service's own model."""

from __future__ import annotations

from typing import Any

from botocore.model import ServiceModel
from botocore.session import get_session
from botocore.stub import Stubber

Answer = dict[str, Any] | str
"""A response, or the code of an error."""


def client(service: str, operation: str, *answers: Answer) -> Any:
    """Return a client that gives these answers to an operation, in this order, and no others."""
    made = get_session().create_client(
        service, "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    stubber = Stubber(made)
    add(stubber, operation, *answers)
    stubber.activate()
    made.stubber = stubber
    return made


def add(stubber: Stubber, operation: str, *answers: Answer) -> None:
    """Add further answers."""
    for answer in answers:
        if isinstance(answer, str):
            stubber.add_client_error(operation, answer, f"{answer} told", 400)
        else:
            stubber.add_response(operation, answer)


def enum(service: str, shape: str) -> list[str]:
    """Return a closed choice as botocore's model of the service lists it."""
    session = get_session()
    model = ServiceModel(session.get_service_data(service))
    return list(model.shape_for(shape).enum)


def operations(service: str) -> list[str]:
    """Return every operation of a service, by botocore's model."""
    return list(ServiceModel(get_session().get_service_data(service)).operation_names)
