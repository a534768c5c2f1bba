"""Currencies as news writes them: symbols, codes and words, with their ISO 4217 codes.

Written by hand from ISO 4217 and the CLDR names; currencies that were withdrawn keep their code,
for older articles speak of them. ``XBT`` is bitcoin's code in the style of the standard.
"""

from __future__ import annotations

from pipeline.text.wordset import word_set

# A symbol that several countries use stands for the one that news means by it, as an assumption.
SYMBOLS = {
    "$": "USD",
    "£": "GBP",
    "€": "EUR",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW",
    "₦": "NGN",
    "₺": "TRY",
    "₪": "ILS",
    "₫": "VND",
    "฿": "THB",
    "₿": "XBT",
    "₱": "PHP",
    "₴": "UAH",
    "₾": "GEL",
    "₭": "LAK",
    "₡": "CRC",
    "₸": "KZT",
    "₲": "PYG",
    "₵": "GHS",
    "￥": "JPY",
    "￡": "GBP",
    "＄": "USD",
}
ASSUMED = frozenset("$¥＄￥")

# Letters beside a dollar sign, in lower case: "US$", "$US", "A$", "$A", "NZ $".
DOLLARS = {
    "us": "USD",
    "u.s.": "USD",
    "usd": "USD",
    "a": "AUD",
    "au": "AUD",
    "aud": "AUD",
    "aus": "AUD",
    "c": "CAD",
    "ca": "CAD",
    "can": "CAD",
    "cad": "CAD",
    "cdn": "CAD",
    "nz": "NZD",
    "nzd": "NZD",
    "hk": "HKD",
    "hkd": "HKD",
    "s": "SGD",
    "sg": "SGD",
    "sgd": "SGD",
    "nt": "TWD",
    "r": "BRL",
    "mex": "MXN",
    "mx": "MXN",
    "z": "ZWL",
    "j": "JMD",
    "tt": "TTD",
    "fj": "FJD",
    "b": "BND",
    "bds": "BBD",
    "ec": "XCD",
    "n": "NAD",
    "g": "GYD",
    "wst": "WST",
    "cl": "CLP",
    "co": "COP",
    "arg": "ARS",
}

# Letters before a number that are no code of the standard.
PREFIXES = {
    "rs": "INR",
    "rs.": "INR",
    "re.": "INR",
    "rm": "MYR",
    "rp": "IDR",
    "rmb": "CNY",
    "ps": "GBP",
    "y=": "JPY",
    "fr": "CHF",
    "sfr": "CHF",
    "skr": "SEK",
    "nkr": "NOK",
    "dkr": "DKK",
    "dm": "DEM",
    "sh": "KES",
    "shs": "KES",
    "ksh": "KES",
    "kshs": "KES",
    "ush": "UGX",
    "ushs": "UGX",
    "tsh": "TZS",
    "tshs": "TZS",
    "tk": "BDT",
}

# Codes that stand beside a number as they are. Those that are words, names or units elsewhere ("ALL
# 5", "TOP 10", "CUP", "MAD", "AMD", "BAM", "BOB", "SDG", "SOS", "AWG", "NIO") are left out on
# purpose; their currencies have words below.
CODES = word_set(
    """
    USD EUR GBP JPY CNY CNH AUD CAD NZD HKD SGD CHF ILS MYR INR LKR DKK NOK SEK HRK ZAR MXN
    TRY RUB KRW BRL CRC GEL LAK IDR THB PHP VND TWD PLN CZK HUF RON BGN UAH EGP NGN KES GHS
    AED SAR QAR KWD BHD OMR PKR BDT NPR CLP COP ARS PEN UYU ISK KZT XBT BTC FIM NLG DEM ITL
    ESP FRF XAF XOF XDR
    AFN AOA AZN BBD BIF BMD BND BSD BTN BWP BYN BZD CDF DJF DOP DZD ERN ETB FJD FKP GIP GMD
    GNF GTQ GYD HNL HTG IQD IRR JMD JOD KGS KHR KMF KPW KYD LBP LRD LSL LYD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MZN NAD PAB PGK PYG RSD RWF SBD SCR SLE SLL SRD SSP STN SVC SYP
    SZL TJS TND TTD TZS UGX UZS VES VUV WST XCD XPF YER ZMW ZWL GRD ATS BEF IEP PTE LUF TRL
    CFA FCFA
    """
)
SAME_CODE = {"BTC": "XBT", "CNH": "CNY", "CFA": "XOF", "FCFA": "XOF"}
