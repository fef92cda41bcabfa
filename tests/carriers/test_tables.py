"""What every documented code means, carrier by carrier: the tables, held from outside."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from relevo.carriers import registry
from relevo.carriers.values import HttpReply, Notice
from relevo.domain.outcome import Accepted, Ambiguous, Cause, Outcome, Reason, Refused, Retryable
from relevo.domain.words import State
from tests.carriers.test_contract import opened

R, C, S = Reason, Cause, State
STOPPING = {R.INVALID_NUMBER, R.LANDLINE, R.OPTED_OUT}

PERMANENT, CONFIG, AUTH, NO_CREDIT = C.PERMANENT, C.CONFIG, C.AUTH, C.NO_CREDIT
THROTTLED, TRANSIENT = C.THROTTLED, C.TRANSIENT
UNSURE = None
"""Nobody knows whether it was taken."""


def rows(table: str) -> Iterator[tuple[str, Cause | None, Reason]]:
    """Read `codes | cause | reason`, a line for each meaning."""
    for line in filter(None, map(str.strip, table.splitlines())):
        codes, cause, reason = (cell.strip() for cell in line.split("|"))
        meant = None if cause == "ambiguous" else Cause(cause)
        for code in codes.split():
            yield code, meant, Reason(reason)


REPLIES = {
    "twilio": """
        20003                                | auth      | unknown
        20404 21602 21603 21604 21617 21609  | config    | unknown
        20429 21611 14107                    | throttled | throttled
        20500                                | ambiguous | unknown
        20503                                | transient | unknown
        21211                                | permanent | invalid-number
        21614 21635                          | permanent | landline
        21610                                | permanent | opted-out
        21612                                | permanent | unreachable
        21408 21606 21212 21659 21703        | config    | carrier-rejected
        21704 21705 21608                    | config    | carrier-rejected
        30001 30017 30022 30023              | throttled | throttled
        30002                                | no-credit | no-credit
        30005                                | permanent | invalid-number
        30006                                | permanent | landline
        30007 30450                          | permanent | blocked-spam
        30034                                | config    | carrier-rejected
        99999                                | config    | unknown
    """,
    "vonage": """
        1 10               | throttled | throttled
        2 3 12 11 22 23    | config    | unknown
        4 14 32 8          | auth      | unknown
        5                  | transient | unknown
        6 33               | permanent | invalid-number
        7                  | permanent | blocked-spam
        9                  | no-credit | no-credit
        15 29              | config    | carrier-rejected
        77                 | permanent | unknown
    """,
    "vonage-messages": """
        1000                               | throttled | throttled
        1010 1020 1021 1022 1090 1130      | config    | unknown
        1030                               | transient | unknown
        1040                               | permanent | invalid-number
        1050                               | permanent | blocked-spam
        1060                               | auth      | unknown
        1070                               | no-credit | no-credit
        1120                               | config    | carrier-rejected
        1999                               | config    | unknown
    """,
    "infobip": """
        6 19 99 100   | permanent | carrier-rejected
        8 51 52       | permanent | invalid-number
        10 14         | permanent | opted-out
        11 13 18      | config    | carrier-rejected
        12 17         | no-credit | no-credit
        20            | throttled | throttled
        21            | transient | unknown
        24 25         | config    | unknown
        999           | permanent | unknown
    """,
    "sinch": """
        syntax_invalid_json syntax_invalid_parameter_format | config    | unknown
        syntax_constraint_violation unknown_group           | config    | unknown
        missing_callback_url made_up                        | config    | unknown
        illegal_number_type                                 | permanent | invalid-number
        blocked_account                                     | auth      | unknown
    """,
    "telnyx": """
        10009 10010 40314                    | auth      | unknown
        10005 10007 10015                    | config    | unknown
        10011 40318 40011 40016 40018        | throttled | throttled
        20002 20006 20012 20013 20014 20100  | no-credit | no-credit
        40333                                | no-credit | no-credit
        40300                                | permanent | opted-out
        40310 40012                          | permanent | invalid-number
        40001                                | permanent | landline
        40305 40013 40306 40308 40311 40312  | config    | carrier-rejected
        40313 40315 40329 40010 40309        | config    | carrier-rejected
        40302 40316 40304 40009              | config    | carrier-rejected
        40322 40002 40003 40015 40017        | permanent | blocked-spam
        99999                                | config    | unknown
    """,
    "tencent": """
        FailedOperation.PhoneNumberInBlacklist                     | permanent | opted-out
        InvalidParameterValue.IncorrectPhoneNumber                 | permanent | invalid-number
        FailedOperation.PhoneNumberParseFail                       | permanent | invalid-number
        FailedOperation.ContainSensitiveWord                       | permanent | blocked-spam
        InvalidParameterValue.TemplateParameterFormatError         | permanent | blocked-spam
        InvalidParameterValue.ProhibitedUseUrlInTemplateParameter  | permanent | blocked-spam
        FailedOperation.SignatureIncorrectOrUnapproved             | config    | carrier-rejected
        FailedOperation.TemplateIncorrectOrUnapproved              | config    | carrier-rejected
        UnsupportedOperation.ContainDomesticAndInternationalPhone  | config    | carrier-rejected
        InvalidParameterValue.SdkAppIdNotExist                     | config    | carrier-rejected
        LimitExceeded.AppCountryOrRegionInBlacklist                | config    | carrier-rejected
        LimitExceeded.PhoneNumberCountLimit                        | config    | carrier-rejected
        FailedOperation.InsufficientBalanceInSmsPackage            | no-credit | no-credit
        UnauthorizedOperation.ServiceSuspendDueToArrears           | no-credit | no-credit
        LimitExceeded.DeliveryFrequencyLimit                       | throttled | throttled
        LimitExceeded.PhoneNumberDailyLimit                        | throttled | throttled
        LimitExceeded.PhoneNumberSameContentDailyLimit             | throttled | throttled
        LimitExceeded.AppMainlandChinaDailyLimit                   | throttled | throttled
        RequestLimitExceeded                                       | throttled | throttled
        FailedOperation.MarketingSendTimeConstraint                | throttled | carrier-rejected
        InternalError.Timeout InternalError.SendAndRecvFail        | ambiguous | unknown
        InternalError.OtherError Made.Up                           | ambiguous | unknown
        AuthFailure.SignatureExpire UnauthorizedOperation.X        | auth      | unknown
        InternalError.RequestTimeException                         | auth      | unknown
    """,
    "alibaba": """
        isv.BUSINESS_LIMIT_CONTROL isv.DAY_LIMIT_CONTROL           | throttled | throttled
        isv.MONTH_LIMIT_CONTROL Throttling.User                    | throttled | throttled
        isv.AMOUNT_NOT_ENOUGH isv.OUT_OF_SERVICE                   | no-credit | no-credit
        isv.MOBILE_NUMBER_ILLEGAL                                  | permanent | invalid-number
        isv.SMS_CONTENT_ILLEGAL isv.BLACK_KEY_CONTROL_LIMIT        | permanent | blocked-spam
        isv.PARAM_NOT_SUPPORT_URL                                  | permanent | blocked-spam
        isv.SMS_TEMPLATE_ILLEGAL isv.SMS_SIGNATURE_ILLEGAL         | config    | carrier-rejected
        isv.SMS_SIGN_ILLEGAL isv.TEMPLATE_MISSING_PARAMETERS       | config    | carrier-rejected
        isv.INVALID_JSON_PARAM isv.PARAM_LENGTH_LIMIT              | config    | carrier-rejected
        isv.MOBILE_COUNT_OVER_LIMIT isv.DENY_IP_RANGE              | config    | carrier-rejected
        isv.DOMESTIC_NUMBER_NOT_SUPPORTED                          | config    | carrier-rejected
        isv.ACCOUNT_NOT_EXISTS isv.ACCOUNT_ABNORMAL                | auth      | unknown
        isv.PRODUCT_UN_SUBSCRIPT isp.RAM_PERMISSION_DENY           | auth      | unknown
        SignatureDoesNotMatch InvalidAccessKeyId.NotFound          | auth      | unknown
        isp.SYSTEM_ERROR                                           | transient | unknown
        isv.MADE_UP                                                | config    | unknown
        MADE_UP                                                    | ambiguous | unknown
    """,
    "alibaba-intl": """
        MOBILE_NUMBER_ILLEGAL                                    | permanent | invalid-number
        AMOUNT_NOT_ENOUGH OUT_OF_SERVICE                         | no-credit | no-credit
        QPS_LIMIT_CONTROL                                        | throttled | throttled
        SYSTEM_ERROR ONLINE_BILLING_FAILED                       | transient | unknown
        SMS_CONTENT_ILLEGAL SMS_SECURITY_INTERCEPTED             | permanent | blocked-spam
        BLACK_KEY_CONTROL_LIMIT                                  | permanent | blocked-spam
        INVALID_SENDERID NOT_SUPPORTED_COUNTRY FORBIDDEN_ACTION  | config    | carrier-rejected
        ACCOUNT_ILLEGAL RAM_PERMISSION_DENY                      | auth      | unknown
        ACCOUNT_NOT_EXISTS PRODUCT_NOT_SUBSCRIBED                | auth      | unknown
    """,
    "aws-eum": """
        ThrottlingException                                         | throttled | throttled
        InternalServerException                                     | transient | unknown
        AccessDeniedException ACCOUNT_DISABLED                      | auth      | unknown
        INSUFFICIENT_ACCOUNT_REPUTATION ExpiredTokenException       | auth      | unknown
        DESTINATION_PHONE_NUMBER_OPTED_OUT                          | permanent | opted-out
        DESTINATION_PHONE_NUMBER_NOT_VERIFIED                       | config    | carrier-rejected
        NO_ORIGINATION_IDENTITIES_FOUND RESOURCE_NOT_ACTIVE         | config    | carrier-rejected
        MESSAGE_TYPE_MISMATCH NUMBER_CAPABILITIES_MISMATCH          | config    | carrier-rejected
        MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT                        | no-credit | no-credit
        DESTINATION_COUNTRY_BLOCKED COUNTRY_NOT_ENABLED             | config    | carrier-rejected
        SENDER_ID_NOT_SUPPORTED SENDER_ID_REQUIRES_REGISTRATION     | config    | carrier-rejected
        SENDER_ID_NOT_REGISTERED PRICE_OVER_THRESHOLD               | config    | carrier-rejected
        INVALID_IDENTITY_FOR_DESTINATION_COUNTRY                    | config    | carrier-rejected
        INTERNATIONAL_SENDING_NOT_SUPPORTED                         | config    | carrier-rejected
        ResourceNotFoundException ValidationException MadeUp        | config    | unknown
    """,
}


def refusal(carrier: str, code: str) -> HttpReply:
    """Give the answer in which this carrier names this code."""
    bodies: dict[str, tuple[int, Any]] = {
        "twilio": (400, {"code": code, "message": "m"}),
        "vonage": (200, {"message-count": "1", "messages": [{"status": code}]}),
        "vonage-messages": (422, {"title": code, "detail": "d"}),
        "infobip": (
            200,
            {"messages": [{"messageId": "m", "status": {"groupId": 5, "id": code}}]},
        ),
        "sinch": (400, {"code": code, "text": "t"}),
        "telnyx": (400, {"errors": [{"code": code}]}),
        "tencent": (200, {"Response": {"SendStatusSet": [{"Code": code, "SerialNo": ""}]}}),
        "alibaba": (200, {"Code": code, "Message": "m"}),
        "alibaba-intl": (200, {"ResponseCode": code}),
        "aws-eum": (400, {"__type": f"com.amazonaws#{code}", "Reason": code}),
    }
    status, body = bodies[carrier]
    return HttpReply(status=status, body=json.dumps(body).encode())


REFUSALS = [(carrier, *row) for carrier, table in REPLIES.items() for row in rows(table)]


@pytest.mark.parametrize(("carrier", "code", "cause", "reason"), REFUSALS)
def test_a_refusal_means_what_its_code_says(
    carrier: str, code: str, cause: Cause | None, reason: Reason
) -> None:
    outcome = registry.adapter(carrier).parse_reply(refusal(carrier, code))

    assert not isinstance(outcome, Accepted)
    assert (cause_of(outcome), outcome.reason, outcome.code) == (cause, reason, code)
    if isinstance(outcome, Refused):
        assert outcome.stop is (cause is PERMANENT and reason in STOPPING)


def cause_of(outcome: Outcome) -> Cause | None:
    return outcome.cause if isinstance(outcome, Refused | Retryable) else None


@pytest.mark.parametrize(
    "reason",
    [
        "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
        "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE",
    ],
)
def test_our_own_ban_at_aws_is_not_gone_round(reason: str) -> None:
    outcome = registry.adapter("aws-eum").parse_reply(refusal("aws-eum", reason))

    assert isinstance(outcome, Refused)
    assert (outcome.stop, outcome.cause, outcome.reason) == (True, PERMANENT, R.CARRIER_REJECTED)


PLAIN = (
    ("kannel", 202, "0: Accepted for delivery", Accepted, None),
    ("kannel", 202, "3: Queued for later delivery", Accepted, None),
    ("kannel", 202, "Sent. Message splits: 2", Accepted, None),
    ("kannel", 202, "Sent. Denied receivers are: 34600000001", Refused, PERMANENT),
    ("kannel", 202, "Something else", Ambiguous, None),
    ("kannel", 200, "0: Accepted for delivery", Ambiguous, None),
    ("kannel", 403, "Authorization failed for sendsms", Refused, AUTH),
    ("kannel", 403, "Not routable. Do not try again.", Refused, PERMANENT),
    ("kannel", 503, "Temporal failure, try again later.", Retryable, TRANSIENT),
    ("kannel", 503, "<html>proxy</html>", Ambiguous, None),
    ("kannel", 500, "Sending failed.", Retryable, TRANSIENT),
    ("kannel", 400, "Charset or body misformed, rejected", Refused, CONFIG),
    ("kannel", 404, "Unknown request.", Refused, CONFIG),
    ("jasmin", 200, 'Success "07033084-5cfd"', Accepted, None),
    ("jasmin", 200, 'Success "07033084-5c', Ambiguous, None),
    ("jasmin", 400, 'Error "Argument [to] has an invalid value: [abc]."', Refused, PERMANENT),
    ("jasmin", 400, 'Error "Argument [coding] has an invalid value."', Refused, CONFIG),
    ("jasmin", 403, 'Error "Authentication failure for username:x"', Refused, AUTH),
    ("jasmin", 403, 'Error "User throughput exceeded"', Retryable, THROTTLED),
    ("jasmin", 403, 'Error "Cannot charge submit_sm, check"', Refused, NO_CREDIT),
    ("jasmin", 412, 'Error "No route found"', Refused, CONFIG),
    ("jasmin", 412, 'Error "Failover route has no bound connectors"', Retryable, TRANSIENT),
    ("jasmin", 500, 'Error "Cannot send submit_sm"', Retryable, TRANSIENT),
    ("jasmin", 503, 'Error "Failed connecting to InterceptorPB"', Retryable, TRANSIENT),
    ("jasmin", 503, "<html>proxy</html>", Ambiguous, None),
    ("plivo", 400, '{"error": "dst is invalid"}', Refused, CONFIG),
    ("plivo", 402, '{"error": "no money"}', Refused, NO_CREDIT),
    ("plivo", 403, '{"error": "geo permission"}', Refused, CONFIG),
    ("plivo", 404, '{"error": "not found"}', Refused, CONFIG),
    ("plivo", 500, '{"error": "internal"}', Ambiguous, None),
    ("infobip", 400, '{"errorCode": "E400", "description": "d"}', Refused, CONFIG),
    ("infobip", 403, '{"errorCode": "E403"}', Refused, AUTH),
    ("infobip", 500, '{"errorCode": "E500"}', Ambiguous, None),
    ("sinch", 403, '{"code": "blocked_account"}', Refused, AUTH),
    ("sinch", 404, "", Refused, CONFIG),
    ("sinch", 503, '{"code": "service_unavailable", "text": "t"}', Retryable, TRANSIENT),
    ("vonage-messages", 402, '{"title": "Low balance"}', Refused, NO_CREDIT),
    ("aws-eum", 500, "", Ambiguous, None),
)


@pytest.mark.parametrize(("carrier", "status", "body", "kind", "cause"), PLAIN)
def test_an_answer_means_what_its_status_and_words_say(
    carrier: str, status: int, body: str, kind: type, cause: Cause | None
) -> None:
    reply = HttpReply(status=status, body=body.encode())

    outcome = registry.adapter(carrier).parse_reply(reply)

    assert isinstance(outcome, kind), outcome
    assert cause_of(outcome) is cause


def test_infobips_duplicate_was_taken_before() -> None:
    outcome = registry.adapter("infobip").parse_reply(refusal("infobip", "23"))

    assert outcome == Accepted(reference="m")


def test_aws_names_the_field_that_it_cannot_read() -> None:
    for field, stop in (("DestinationPhoneNumber", True), ("MessageBody", False)):
        body = {
            "__type": "ValidationException",
            "Reason": "FIELD_VALIDATION_FAILED",
            "Fields": [{"Name": field, "Message": "m"}],
        }
        reply = HttpReply(status=400, body=json.dumps(body).encode())
        outcome = registry.adapter("aws-eum").parse_reply(reply)
        assert isinstance(outcome, Refused)
        assert outcome.stop is stop


def test_a_partly_accepted_vonage_message_is_ambiguous() -> None:
    taken = {"status": "0", "message-id": "1"}
    for parts, count in (([taken, {"status": "9"}], "2"), ([taken], "2"), ([{"status": "0"}], "1")):
        body = json.dumps({"message-count": count, "messages": parts}).encode()
        outcome = registry.adapter("vonage").parse_reply(HttpReply(status=200, body=body))
        assert isinstance(outcome, Ambiguous)


RECEIPTS = {
    "twilio": """
        accepted queued scheduled sending           | accepted    | -
        sent                                        | sent        | -
        delivered read                              | delivered   | -
        canceled                                    | failed      | unknown
        failed/30001 failed/30017                   | failed      | throttled
        failed/30022 failed/30023                   | failed      | throttled
        failed/30002                                | failed      | no-credit
        undelivered/30003                           | undelivered | unreachable
        undelivered/30004 failed/30010 failed/30018 | -           | carrier-rejected
        failed/30024 failed/30019 failed/30032      | failed      | carrier-rejected
        failed/30034 failed/30035                   | failed      | carrier-rejected
        undelivered/30005                           | undelivered | invalid-number
        undelivered/30006                           | undelivered | landline
        undelivered/30007 failed/30450              | -           | blocked-spam
        undelivered/30008 failed/30410 failed/99999 | -           | unknown
        failed/30036                                | expired     | expired
        failed/21610                                | failed      | opted-out
        partially_delivered made_up                 | unknown     | -
    """,
    "vonage": """
        accepted buffered                  | sent        | -
        delivered/0                        | delivered   | -
        expired/1                          | expired     | expired
        failed/1 failed/99 failed/77       | undelivered | unknown
        failed/2 failed/7                  | undelivered | absent-subscriber
        failed/3                           | undelivered | invalid-number
        failed/4                           | undelivered | opted-out
        failed/5 failed/10 failed/11       | undelivered | carrier-rejected
        failed/13 failed/15 failed/50      | undelivered | carrier-rejected
        failed/51 failed/52 failed/53      | undelivered | carrier-rejected
        rejected/54                        | rejected    | carrier-rejected
        rejected/6 rejected/14             | rejected    | blocked-spam
        failed/8 failed/12                 | undelivered | unreachable
        unknown made_up                    | unknown     | unknown
    """,
    "sinch": """
        Queued/400                                            | accepted    | -
        Dispatched/401 DISPATCHED/401                         | sent        | -
        Delivered/0 DELIVERED/0                               | delivered   | -
        Failed/11                                             | undelivered | unknown
        Failed/15 Failed/62                                   | undelivered | blocked-spam
        Failed/16 Failed/60 Failed/151 Failed/310             | undelivered | carrier-rejected
        Failed/61 Failed/255 Failed/257                       | undelivered | opted-out
        Failed/64 Failed/107                                  | undelivered | throttled
        Failed/100 Failed/205 Failed/300 Failed/150           | undelivered | invalid-number
        Failed/152                                            | undelivered | landline
        Failed/153 Failed/201 Failed/202 Failed/203           | undelivered | absent-subscriber
        Failed/158 Failed/210                                 | undelivered | absent-subscriber
        Failed/159                                            | undelivered | unreachable
        Failed/403 Failed/404                                 | failed      | unknown
        Failed/405 Failed/410 Failed/411 Failed/413           | failed      | carrier-rejected
        Expired/406                                           | expired     | expired
        Aborted/402 Rejected/408 Rejected/412 Rejected/418    | rejected    | carrier-rejected
        Cancelled/407 Deleted/0                               | failed      | unknown
        Unknown/0 Made/1                                      | unknown     | unknown
    """,
    "telnyx": """
        queued sending                                        | accepted    | -
        sent                                                  | sent        | -
        delivered read                                        | delivered   | -
        delivery_failed/40001                                 | undelivered | landline
        delivery_failed/40002 delivery_failed/40003           | undelivered | blocked-spam
        delivery_failed/40015 delivery_failed/40017           | undelivered | blocked-spam
        delivery_failed/40004 sending_failed/40007            | -           | carrier-rejected
        delivery_failed/40008 sending_failed/40010            | -           | carrier-rejected
        sending_failed/40013                                  | failed      | carrier-rejected
        sending_failed/40005 expired/40014 expired            | -           | expired
        delivery_failed/40006                                 | undelivered | unreachable
        sending_failed/40011 sending_failed/40016             | failed      | throttled
        sending_failed/40018                                  | failed      | throttled
        sending_failed/40012                                  | failed      | invalid-number
        sending_failed/40300                                  | failed      | opted-out
        delivery_failed/49999                                 | undelivered | unknown
        delivery_unconfirmed made_up                          | unknown     | unknown
    """,
    "plivo": """
        queued                                                | accepted    | -
        sent                                                  | sent        | -
        delivered read                                        | delivered   | -
        undelivered/10 undelivered/40 undelivered/60          | undelivered | carrier-rejected
        undelivered/90 undelivered/100 failed/110 failed/201  | -           | carrier-rejected
        failed/450                                            | failed      | carrier-rejected
        undelivered/20 undelivered/80 undelivered/080         | undelivered | unreachable
        rejected/30                                           | rejected    | blocked-spam
        undelivered/50 undelivered/70                         | undelivered | invalid-number
        failed/200                                            | failed      | opted-out
        failed/420                                            | failed      | expired
        failed/300 failed/1000 failed/777 failed              | failed      | unknown
        made_up                                               | unknown     | unknown
    """,
    "aws-eum": """
        TEXT_PENDING TEXT_QUEUED     | accepted    | -
        TEXT_SUCCESSFUL/false        | sent        | -
        TEXT_SUCCESSFUL              | delivered   | -
        TEXT_DELIVERED               | delivered   | -
        TEXT_INVALID                 | failed      | invalid-number
        TEXT_INVALID_MESSAGE         | failed      | carrier-rejected
        TEXT_UNREACHABLE             | undelivered | absent-subscriber
        TEXT_CARRIER_UNREACHABLE     | undelivered | unreachable
        TEXT_BLOCKED                 | rejected    | opted-out
        TEXT_CARRIER_BLOCKED         | rejected    | carrier-rejected
        TEXT_SPAM                    | rejected    | blocked-spam
        TEXT_TTL_EXPIRED             | expired     | expired
        TEXT_PROTECT_BLOCKED         | rejected    | carrier-rejected
        TEXT_UNKNOWN TEXT_MADE_UP    | unknown     | unknown
    """,
    "jasmin": """
        ESME_ROK                        | sent        | -
        ESME_RINVDSTADR                 | rejected    | invalid-number
        ESME_RTHROTTLED ESME_RMSGQFUL   | rejected    | throttled
        ESME_RINVSRCADR                 | rejected    | carrier-rejected
        ESME_RSYSERR                    | rejected    | unknown
        DELIVRD                         | delivered   | -
        ACCEPTD ENROUTE                 | sent        | -
        UNDELIV                         | undelivered | unknown
        EXPIRED                         | expired     | expired
        REJECTD                         | rejected    | carrier-rejected
        DELETED                         | failed      | unknown
        UNKNOWN MADEUP                  | unknown     | unknown
    """,
    "kannel": """
        8 4 32                            | sent        | -
        1                                 | delivered   | -
        2 2/stat:UNDELIV                  | undelivered | unknown
        2/stat:EXPIRED                    | expired     | expired
        2/stat:REJECTD                    | rejected    | carrier-rejected
        2/stat:DELETED 2/stat:UNKNOWN     | unknown     | unknown
        16/NACK:11:Invalid                | rejected    | invalid-number
        16/NACK:88:Throttled              | rejected    | throttled
        16/NACK:8:System                  | rejected    | carrier-rejected
        64                                | unknown     | unknown
    """,
    "tencent": """
        SUCCESS/DELIVRD                                       | delivered   | -
        FAIL/UNDELIV FAIL/MI:0090                             | undelivered | unreachable
        FAIL/EXPIRED FAIL/MI:NNNN                             | expired     | expired
        FAIL/REJECTD FAIL/NOROUTE FAIL/CA:0001 FAIL/IC:0055   | rejected    | carrier-rejected
        FAIL/DELETED FAIL/SUBFAIL FAIL/COMFAIL FAIL/WTNFAIL   | failed      | unknown
        FAIL/UNKNOWN                                          | unknown     | unknown
        FAIL/-106 FAIL/MK:0014 FAIL/KEYWORD                   | rejected    | blocked-spam
        FAIL/002 FAIL/MI:0024 FAIL/MI:0017 FAIL/MK:0010       | undelivered | absent-subscriber
        FAIL/MK:0001 FAIL/MI:0210 FAIL/MK:0005 FAIL/CB:0053   | undelivered | invalid-number
        FAIL/DB:0144 FAIL/MBBLACK FAIL/2:70 FAIL/HD:0001      | rejected    | opted-out
        FAIL/IB:0008 FAIL/MK:1041 FAIL/LIMIT                  | rejected    | throttled
        FAIL/MA:0001 FAIL/MK:0012 FAIL/MN:0001 FAIL/ZZ:9      | undelivered | unknown
    """,
    "alibaba": """
        true/DELIVERED                                        | delivered   | -
        false/MI:0024                                         | undelivered | absent-subscriber
        false/MK:0001                                         | undelivered | invalid-number
        false/isv.MOBILE_NUMBER_ILLEGAL                       | undelivered | invalid-number
        false/isv.SMS_CONTENT_ILLEGAL                         | undelivered | blocked-spam
        false/EXPIRED                                         | expired     | expired
    """,
    "alibaba-intl": """
        1/DELIVRD                          | delivered   | -
        2/UNDELIV                          | undelivered | unreachable
        2/REJECTD                          | rejected    | carrier-rejected
        2/WHATEVER                         | failed      | unknown
        6/EXPIRED 6/OTHER                  | expired     | expired
        9/X                                | unknown     | unknown
    """,
    "vonage-messages": """
        submitted                          | sent        | -
        delivered read                     | delivered   | -
        undeliverable/1260                 | failed      | unreachable
        rejected/1040                      | rejected    | invalid-number
        rejected/9999                      | rejected    | unknown
        made_up                            | unknown     | unknown
    """,
}


def report(carrier: str, word: str) -> Notice:
    """Give what the adapter reads in a receipt of this word, which may name a code."""
    status, _, code = word.partition("/")
    form, json_ = "application/x-www-form-urlencoded", "application/json"
    named = {"code": code} if code else {}
    sms: dict[str, tuple[str, Any]] = {
        "twilio": (form, {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code}),
        "vonage": (form, {"messageId": "1", "status": status, "err-code": code}),
        "sinch": (
            json_,
            {
                "type": "recipient_delivery_report_sms",
                "batch_id": "b",
                "status": status,
                "code": code,
            },
        ),
        "telnyx": (
            json_,
            {
                "data": {
                    "event_type": "message.finalized",
                    "payload": {"id": "i", "to": [{"status": status}], "errors": [named]},
                }
            },
        ),
        "plivo": (form, {"MessageUUID": "u", "Status": status, "ErrorCode": code}),
        "aws-eum": (
            json_,
            {"eventType": status, "messageId": "m", "isFinal": code != "false"},
        ),
        "jasmin": (form, {"id": "i", "message_status": status, "level": "2", "err": "000"}),
        "kannel": (form, {"status": status, "reply": code.replace("NACK:", "NACK/", 1)}),
        "tencent": (json_, [{"report_status": status, "errmsg": code, "sid": "s"}]),
        "alibaba": (json_, [{"success": status == "true", "err_code": code, "biz_id": "b"}]),
        "alibaba-intl": (json_, [{"Status": status, "ErrorCode": code, "MessageId": "m"}]),
        "vonage-messages": (
            json_,
            {"message_uuid": "u", "status": status, "error": {"title": code}},
        ),
    }
    kind, body = sms[carrier]
    if carrier == "kannel" and code.startswith("NACK"):
        _, number, name = code.split(":")
        body["reply"] = (
            f"NACK/{number}/{name} Destination Address"
            if number == "11"
            else (f"NACK/{number}/{name}")
        )
    written = (urlencode(body) if kind == form else json.dumps(body)).encode()
    [notice] = registry.adapter(carrier).parse_receipts(opened(carrier, written, kind))
    return notice


def words() -> Iterator[tuple[str, str, str, str]]:
    for carrier, table in RECEIPTS.items():
        for line in filter(None, map(str.strip, table.splitlines())):
            codes, state, reason = (cell.strip() for cell in line.split("|"))
            for one in codes.split():
                yield carrier, one, state, reason


@pytest.mark.parametrize(("carrier", "word", "state", "reason"), list(words()))
def test_a_receipt_means_what_its_words_say(
    carrier: str, word: str, state: str, reason: str
) -> None:
    notice = report(carrier, word)

    said = notice.state.value if notice.state else "unknown"
    assert state in (said, "-")
    assert (notice.reason or "-") == reason
    ended = ("accepted", "sent", "unknown")
    assert notice.final is (said not in ended) or said == "unknown"


UNCERTAIN = (
    ("tencent", "FAIL/MK:0005"),  # suspended for one operator, off for another
    ("vonage", "failed/9"),  # left the service, or is no number
)


@pytest.mark.parametrize(("carrier", "word"), UNCERTAIN)
def test_a_code_that_may_mean_something_else_stops_no_message(carrier: str, word: str) -> None:
    assert not report(carrier, word).stop


STOPS = (
    ("tencent", "FAIL/MK:0001"),
    ("alibaba", "false/isv.MOBILE_NUMBER_ILLEGAL"),
    ("twilio", "undelivered/30006"),
    ("telnyx", "sending_failed/40300"),
    ("aws-eum", "TEXT_INVALID"),
    ("aws-eum", "TEXT_PROTECT_BLOCKED"),  # our own ban: not to be gone round
)


@pytest.mark.parametrize(("carrier", "word"), STOPS)
def test_a_failure_about_the_recipient_stops_the_message(carrier: str, word: str) -> None:
    assert report(carrier, word).stop


INFOBIP = (
    # group, status, error, permanent → state, reason, final, stop
    (0, 3, 0, False, S.ACCEPTED, None, False, False),
    (1, 7, 0, False, S.SENT, None, False, False),
    (1, 26, 0, False, S.ACCEPTED, None, False, False),
    (2, 4, 6, False, S.REJECTED, R.ABSENT_SUBSCRIBER, True, False),
    (2, 9, 1, True, S.UNDELIVERED, R.INVALID_NUMBER, True, True),
    (2, 9, 351, False, S.UNDELIVERED, R.INVALID_NUMBER, True, False),
    (2, 9, 31, False, S.UNDELIVERED, R.ABSENT_SUBSCRIBER, True, False),
    (2, 9, 568, True, S.UNDELIVERED, R.CARRIER_REJECTED, True, False),
    (2, 9, 13, True, S.UNDELIVERED, R.CARRIER_REJECTED, True, False),
    (2, 9, 32, False, S.UNDELIVERED, R.UNREACHABLE, True, False),
    (2, 9, 541, False, S.UNDELIVERED, R.THROTTLED, True, False),
    (2, 9, 607, True, S.UNDELIVERED, R.BLOCKED_SPAM, True, False),
    (2, 9, 573, True, S.UNDELIVERED, R.OPTED_OUT, True, True),
    (2, 9, 581, False, S.UNDELIVERED, R.CARRIER_REJECTED, True, False),
    (2, 9, 255, False, S.UNDELIVERED, R.UNKNOWN, True, False),
    (2, 9, 7777, False, S.UNDELIVERED, R.UNKNOWN, True, False),
    (3, 2, 0, False, S.DELIVERED, None, True, False),
    (3, 5, 0, False, S.DELIVERED, None, True, False),
    (4, 15, 4101, True, S.EXPIRED, R.EXPIRED, True, False),
    (4, 15, 0, False, S.EXPIRED, R.EXPIRED, True, False),
    (4, 29, 0, False, None, R.UNKNOWN, True, False),
    (4, 87, 608, False, S.REJECTED, R.BLOCKED_SPAM, True, False),
    (5, 12, 0, False, S.REJECTED, R.NO_CREDIT, True, False),
    (5, 14, 2052, True, S.REJECTED, R.OPTED_OUT, True, True),
    (9, 777, 0, False, None, R.UNKNOWN, False, False),
)


@pytest.mark.parametrize(
    ("group", "status", "error", "permanent", "state", "reason", "final", "stop"), INFOBIP
)
def test_infobip_says_it_by_group_status_and_error(
    group: int,
    status: int,
    error: int,
    permanent: bool,
    state: State | None,
    reason: Reason | None,
    final: bool,
    stop: bool,
) -> None:
    result = {
        "messageId": "m",
        "messageCount": 2,
        "price": {"pricePerMessage": 0.06, "currency": "EUR"},
        "status": {"groupId": group, "id": status},
        "error": {"id": error, "permanent": permanent},
    }
    body = json.dumps({"results": [result, {"junk": 1}, result]}).encode()

    found = registry.adapter("infobip").parse_receipts(opened("infobip", body, "application/json"))

    assert len(found) == 2
    assert (found[0].state, found[0].reason, found[0].final, found[0].stop) == (
        state,
        reason,
        final,
        stop,
    )
    assert str(found[0].price) == "0.12"
