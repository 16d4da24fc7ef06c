"""Currency signs and words as schools write them, and the ISO 4217 codes they stand for."""

from __future__ import annotations

from typing import Any

from mzi_bridge.mapping.values import FaultCode, Unfit

_ISO_4217 = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG
XOF XPF YER ZAR ZMW ZWG
"""
ISO_CODES: frozenset[str] = frozenset(_ISO_4217.split())

_DOLLARS = """
USD AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD MXN NAD NZD SGD SRD TTD TWD
"""

SIGNS: dict[str, str] = {
    "$": "USD",
    "us$": "USD",
    "a$": "AUD",
    "c$": "CAD",
    "€": "EUR",
    "£": "GBP",
    "₺": "TRY",
    "tl": "TRY",
    "jd": "JOD",
    "د.أ": "JOD",
    "د.ا": "JOD",
    "دينار أردني": "JOD",
    "ر.س": "SAR",
    "sr": "SAR",
    "د.إ": "AED",
    "dhs": "AED",
    "د.ك": "KWD",
    "kd": "KWD",
    "د.ب": "BHD",
    "bd": "BHD",
    "ر.ع": "OMR",
    "ر.ق": "QAR",
    "qr": "QAR",
    "د.ع": "IQD",
    "ج.م": "EGP",
    "l.e.": "EGP",
    "ل.ل": "LBP",
    "ل.س": "SYP",
    "₪": "ILS",
    "₹": "INR",
    "₽": "RUB",
    "₦": "NGN",
    "₩": "KRW",
}
"""Sign or word, in lower case without a closing full stop → the code it is read as."""

SHARED: dict[str, frozenset[str]] = {
    "$": frozenset(_DOLLARS.split()),
    "£": frozenset({"GBP", "EGP", "LBP", "SYP", "FKP", "GIP", "SHP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "دينار": frozenset({"JOD", "KWD", "BHD", "IQD", "LYD", "DZD", "TND"}),
    "dinar": frozenset({"JOD", "KWD", "BHD", "IQD", "LYD", "DZD", "TND"}),
    "ريال": frozenset({"SAR", "QAR", "OMR", "YER"}),
    "درهم": frozenset({"AED", "MAD"}),
    "ليرة": frozenset({"TRY", "SYP", "LBP"}),
    "lira": frozenset({"TRY", "SYP", "LBP"}),
    "جنيه": frozenset({"EGP", "SDG", "GBP"}),
}
"""Signs that several currencies use. Beside an amount they are fine; alone only `SIGNS` decides."""


def codes_meant(word: str) -> frozenset[str] | None:
    """The codes a sign, word or code may stand for; None when it is none of them."""
    folded = _fold(word)
    if folded in SHARED:
        return SHARED[folded]
    if folded in SIGNS:
        return frozenset({SIGNS[folded]})
    code = folded.upper()
    return frozenset({code}) if code in ISO_CODES else None


def currency_code(value: Any) -> str | None:
    """Three capital letters. A known sign becomes its code, any other three letters are kept.

    A word shared by several currencies ("dinar") says too little and is refused.
    """
    if not isinstance(value, str):
        raise Unfit(FaultCode.WRONG_TYPE, "a currency code was expected")
    folded = _fold(value)
    if not folded:
        return None
    if folded in SIGNS:
        return SIGNS[folded]
    if folded in SHARED:
        raise Unfit(FaultCode.AMBIGUOUS, "several currencies use this sign or word")
    code = folded.upper()
    if len(code) == 3 and code.isascii() and code.isalpha():
        return code
    raise Unfit(FaultCode.INVALID_VALUE, "a currency code of three letters was expected")


def _fold(word: str) -> str:
    folded = word.strip().casefold()
    return folded if folded in SIGNS else folded.rstrip(".")
