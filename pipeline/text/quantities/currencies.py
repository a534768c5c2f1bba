"""Currencies as news writes them: symbols, codes and words, with their ISO 4217 codes.

Written by hand from ISO 4217 and the CLDR names; currencies that were withdrawn keep their code,
for older articles speak of them. ``XBT`` is bitcoin's code in the style of the standard.
"""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


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
    "ksh": "KES",
    "p": "PHP",
    "n": "NGN",
    "tk": "BDT",
}

# Codes that stand beside a number as they are. Those that are words or units elsewhere ("ALL 5",
# "TOP 10", "CUP", "MAD") are left out on purpose; their currencies have words below.
CODES = _set(
    """
    USD EUR GBP JPY CNY CNH AUD CAD NZD HKD SGD CHF ILS MYR INR LKR DKK NOK SEK HRK ZAR MXN
    TRY RUB KRW BRL CRC GEL LAK IDR THB PHP VND TWD PLN CZK HUF RON BGN UAH EGP NGN KES GHS
    AED SAR QAR KWD BHD OMR PKR BDT NPR CLP COP ARS PEN UYU ISK KZT XBT BTC FIM NLG DEM ITL
    ESP FRF XAF XOF XDR
    """
)
SAME_CODE = {"BTC": "XBT", "CNH": "CNY"}

# Words behind a number, in the singular and in lower case.
WORDS = {
    "dollar": "USD",
    "buck": "USD",
    "euro": "EUR",
    "pound sterling": "GBP",
    "sterling": "GBP",
    "quid": "GBP",
    "yen": "JPY",
    "yuan": "CNY",
    "renminbi": "CNY",
    "rmb": "CNY",
    "rupee": "INR",
    "franc": "CHF",
    "shekel": "ILS",
    "ringgit": "MYR",
    "krona": "SEK",
    "kronor": "SEK",
    "krone": "NOK",
    "kroner": "NOK",
    "crown": "SEK",
    "kuna": "HRK",
    "rand": "ZAR",
    "markka": "FIM",
    "peso": "MXN",
    "lira": "TRY",
    "ruble": "RUB",
    "rouble": "RUB",
    "won": "KRW",
    "reais": "BRL",
    "colone": "CRC",
    "lari": "GEL",
    "kip": "LAK",
    "guilder": "NLG",
    "peseta": "ESP",
    "bitcoin": "XBT",
    "rupiah": "IDR",
    "baht": "THB",
    "dong": "VND",
    "zloty": "PLN",
    "zlotys": "PLN",
    "forint": "HUF",
    "koruna": "CZK",
    "leu": "RON",
    "lei": "RON",
    "lev": "BGN",
    "leva": "BGN",
    "hryvnia": "UAH",
    "naira": "NGN",
    "dirham": "AED",
    "riyal": "SAR",
    "rial": "IRR",
    "dinar": "KWD",
    "taka": "BDT",
    "cedi": "GHS",
    "tenge": "KZT",
    "deutschmark": "DEM",
    "deutsche mark": "DEM",
}

# Words that more than one country's money bears: without its adjective the first is assumed.
SHARED = _set(
    """
    dollar buck rupee franc krona krone kroner crown peso lira won riyal rial dinar dirham
    """
)

# Adjectives before such a word.
COUNTRIES = {
    ("us", "dollar"): "USD",
    ("u.s.", "dollar"): "USD",
    ("u.s", "dollar"): "USD",
    ("american", "dollar"): "USD",
    ("united states", "dollar"): "USD",
    ("canadian", "dollar"): "CAD",
    ("australian", "dollar"): "AUD",
    ("new zealand", "dollar"): "NZD",
    ("hong kong", "dollar"): "HKD",
    ("singapore", "dollar"): "SGD",
    ("taiwan", "dollar"): "TWD",
    ("taiwanese", "dollar"): "TWD",
    ("jamaican", "dollar"): "JMD",
    ("zimbabwean", "dollar"): "ZWL",
    ("indian", "rupee"): "INR",
    ("pakistani", "rupee"): "PKR",
    ("sri lankan", "rupee"): "LKR",
    ("nepalese", "rupee"): "NPR",
    ("swiss", "franc"): "CHF",
    ("french", "franc"): "FRF",
    ("belgian", "franc"): "BEF",
    ("cfa", "franc"): "XOF",
    ("swedish", "krona"): "SEK",
    ("swedish", "kronor"): "SEK",
    ("swedish", "crown"): "SEK",
    ("icelandic", "krona"): "ISK",
    ("norwegian", "krone"): "NOK",
    ("norwegian", "kroner"): "NOK",
    ("norwegian", "crown"): "NOK",
    ("danish", "krone"): "DKK",
    ("danish", "kroner"): "DKK",
    ("danish", "crown"): "DKK",
    ("czech", "crown"): "CZK",
    ("czech", "koruna"): "CZK",
    ("mexican", "peso"): "MXN",
    ("argentine", "peso"): "ARS",
    ("chilean", "peso"): "CLP",
    ("colombian", "peso"): "COP",
    ("philippine", "peso"): "PHP",
    ("cuban", "peso"): "CUP",
    ("turkish", "lira"): "TRY",
    ("italian", "lira"): "ITL",
    ("south korean", "won"): "KRW",
    ("korean", "won"): "KRW",
    ("north korean", "won"): "KPW",
    ("saudi", "riyal"): "SAR",
    ("qatari", "riyal"): "QAR",
    ("iranian", "rial"): "IRR",
    ("omani", "rial"): "OMR",
    ("kuwaiti", "dinar"): "KWD",
    ("iraqi", "dinar"): "IQD",
    ("jordanian", "dinar"): "JOD",
    ("tunisian", "dinar"): "TND",
    ("serbian", "dinar"): "RSD",
    ("uae", "dirham"): "AED",
    ("emirati", "dirham"): "AED",
    ("moroccan", "dirham"): "MAD",
    ("british", "pound"): "GBP",
    ("egyptian", "pound"): "EGP",
    ("lebanese", "pound"): "LBP",
    ("syrian", "pound"): "SYP",
    ("sudanese", "pound"): "SDG",
    ("irish", "pound"): "IEP",
    ("russian", "ruble"): "RUB",
    ("russian", "rouble"): "RUB",
    ("japanese", "yen"): "JPY",
    ("chinese", "yuan"): "CNY",
    ("brazilian", "reais"): "BRL",
    ("israeli", "shekel"): "ILS",
    ("malaysian", "ringgit"): "MYR",
    ("south african", "rand"): "ZAR",
    ("indonesian", "rupiah"): "IDR",
    ("thai", "baht"): "THB",
    ("finnish", "markka"): "FIM",
    ("dutch", "guilder"): "NLG",
    ("spanish", "peseta"): "ESP",
    ("croatian", "kuna"): "HRK",
}

# Hundredth parts: the money that is meant unless another is near.
SUBUNITS = {
    "cent": "USD",
    "¢": "USD",
    "c": "USD",
    "penny": "GBP",
    "pence": "GBP",
    "p": "GBP",
    "sen": "MYR",
    "kopeck": "RUB",
    "paise": "INR",
}
