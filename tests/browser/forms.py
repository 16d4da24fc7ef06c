"""What a browser sends when somebody submits a form, for tests that send it themselves."""

from __future__ import annotations

import secrets

from tests.browser.school import LAYLA
from tests.browser.site import Site

Form = dict[str, str | int]


def drop(site: Site, reason: str) -> Form:
    """Layla's request to leave one of her classes, without the session key."""
    student = site.school.student_id(LAYLA)
    places = site.school.records["enrollments"]
    known = next(place["zoho_class_id"] for place in places if place["zoho_student_id"] == student)
    return {
        "_qf__local_mzi_form_request_drop_form": 1,
        f"classes[{site.rows['classes'][known]}]": 1,
        "reason": reason,
        "submission_key": secrets.token_hex(16),
    }
