"""The exception tree: each family has an exit code of its own, all carry words and a hint."""

import json

from commonhold import errors
from commonhold.errors import CommonholdError


def _families() -> list[type[CommonholdError]]:
    return CommonholdError.__subclasses__()


def test_each_family_has_an_exit_code_of_its_own_and_the_head_of_the_module_documents_it() -> None:
    codes = [family.exit_code for family in [CommonholdError, *_families()]]
    assert len(set(codes)) == len(codes)
    assert not {errors.EXIT_DONE, errors.EXIT_INTERRUPTED} & set(codes)
    head = (errors.__doc__ or "").splitlines()
    for family in [CommonholdError, *_families(), errors.StoreError]:
        assert any(family.__name__ in line and f" {family.exit_code} " in line for line in head), family


def test_message_and_hint_are_what_the_person_reads() -> None:
    error = errors.InputError("line 4 is wrong", "write it anew")
    assert (error.message, error.hint, str(error)) == (
        "line 4 is wrong",
        "write it anew",
        "line 4 is wrong\nwrite it anew",
    )
    assert str(errors.ChainError("no answer")) == "no answer"


def test_a_refusal_carries_the_decoded_error() -> None:
    error = errors.RefusedError(
        "refused", contract="LeaseAgreement", error="LeaseTermsInvalid", values={"field": b"\x01", "bound": 3}
    )
    assert json.loads(json.dumps(error.as_json())) == {
        "error": "RefusedError",
        "message": "refused",
        "hint": "",
        "exit_code": 5,
        "contract": "LeaseAgreement",
        "refusal": "LeaseTermsInvalid",
        "values": {"field": "01", "bound": 3},
    }


def test_partly_done_says_how_much() -> None:
    error = errors.PartlyDoneError("some failed", done=3, failed=2)
    assert (error.as_json()["done"], error.as_json()["failed"], error.exit_code) == (3, 2, 7)
