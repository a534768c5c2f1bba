"""Words for money, in the singular and in lower case, with their ISO 4217 codes.

Written by hand from ISO 4217 and the CLDR names. A word that several countries use stands for the
one that news means by it, unless the country's adjective stands before it.
"""

from __future__ import annotations

from pipeline.text.wordset import word_set

# Words behind a number, in the singular and in lower case.
WORDS = {
    "dollar": "USD",
    "buck": "USD",
    "greenback": "USD",
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
    "new shekel": "ILS",
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
    "colon": "CRC",
    "colón": "CRC",
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
    "złoty": "PLN",
    "zlotych": "PLN",
    "forint": "HUF",
    "koruna": "CZK",
    "koruny": "CZK",
    "korun": "CZK",
    "leu": "RON",
    "lei": "RON",
    "lev": "BGN",
    "leva": "BGN",
    "hryvnia": "UAH",
    "hryvnya": "UAH",
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
    "d-mark": "DEM",
    "mark": "DEM",
    "afghani": "AFN",
    "kwanza": "AOA",
    "manat": "AZN",
    "pula": "BWP",
    "boliviano": "BOB",
    "ngultrum": "BTN",
    "birr": "ETB",
    "dalasi": "GMD",
    "quetzal": "GTQ",
    "quetzale": "GTQ",
    "lempira": "HNL",
    "gourde": "HTG",
    "riel": "KHR",
    "tugrik": "MNT",
    "pataca": "MOP",
    "kyat": "MMK",
    "metical": "MZN",
    "meticai": "MZN",
    "cordoba": "NIO",
    "córdoba": "NIO",
    "balboa": "PAB",
    "kina": "PGK",
    "guarani": "PYG",
    "guaraní": "PYG",
    "guaranie": "PYG",
    "sol": "PEN",
    "sole": "PEN",
    "nuevo sole": "PEN",
    "nuevo sol": "PEN",
    "somoni": "TJS",
    "paʻanga": "TOP",
    "pa'anga": "TOP",
    "bolivar": "VES",
    "bolívar": "VES",
    "bolivare": "VES",
    "bolívare": "VES",
    "vatu": "VUV",
    "tala": "WST",
    "kwacha": "ZMW",
    "leone": "SLE",
    "ariary": "MGA",
    "rufiyaa": "MVR",
    "ouguiya": "MRU",
    "nakfa": "ERN",
    "denar": "MKD",
    "shilling": "KES",
    "drachma": "GRD",
    "escudo": "PTE",
    "schilling": "ATS",
    "lek": "ALL",
    "som": "KGS",
    "kroon": "EEK",
    "krooni": "EEK",
    "lat": "LVL",
    "litas": "LTL",
    "tolar": "SIT",
    "real": "BRL",
    "dram": "AMD",
    "punt": "IEP",
    "florin": "AWG",
    "gold": "ZWG",
    "dobra": "STN",
    "loti": "LSL",
    "maloti": "LSL",
    "lilangeni": "SZL",
    "emalangeni": "SZL",
    "lekë": "ALL",
    "krónur": "ISK",
    "króna": "ISK",
    "denari": "MKD",
    "ariarie": "MGA",
}
# Words that are something else as well: they are money only behind a country's adjective.
NATIONAL_ONLY = word_set(
    "crown mark real dram som punt lat sol sole colon leone tala tolar ore gold florin loti"
)

# Words that more than one country's money bears: without its adjective the first is assumed.
SHARED = word_set(
    """
    dollar buck rupee franc krona krone kroner crown peso lira won riyal rial dinar dirham
    shilling kwacha escudo koruna manat
    """
)

# Adjectives before such a word, by the code that they make of it.
NATIONAL = {
    "dollar": """
        USD us|u.s.|u.s|american|united states; CAD canadian; AUD australian|aussie; NZD new zealand
        HKD hong kong; SGD singapore|singaporean; TWD taiwan|taiwanese|new taiwan; JMD jamaican
        ZWL zimbabwean|zimbabwe; XCD east caribbean; BBD barbadian|barbados; BSD bahamian
        BMD bermudian|bermudan|bermuda; BZD belize; BND brunei; FJD fijian|fiji
        GYD guyanese|guyanaese|guyana; KYD cayman islands|cayman; LRD liberian
        NAD namibian|namibia; SBD solomon islands
        SRD surinamese; TTD trinidad and tobago|trinidad & tobago|trinidad
    """,
    "rupee": """
        INR indian; PKR pakistani|pakistan; LKR sri lankan; NPR nepalese|nepali
        MUR mauritian|mauritius; SCR seychellois|seychelles
    """,
    "franc": """
        CHF swiss; FRF french; BEF belgian; LUF luxembourg; XOF cfa|west african cfa|west african
        XAF central african cfa|central african; RWF rwandan|rwanda; BIF burundian|burundi
        CDF congolese; DJF djiboutian|djibouti; GNF guinean; KMF comorian; XPF cfp
    """,
    "krona": "SEK swedish; ISK icelandic",
    "kronor": "SEK swedish; ISK icelandic",
    "krone": "NOK norwegian; DKK danish",
    "kroner": "NOK norwegian; DKK danish",
    "crown": """
        SEK swedish; NOK norwegian; DKK danish; CZK czech; ISK icelandic; SKK slovak; EEK estonian
    """,
    "koruna": "CZK czech; SKK slovak",
    "kroon": "EEK estonian",
    "peso": """
        MXN mexican; ARS argentine|argentinian|argentinean; CLP chilean; COP colombian
        PHP philippine|filipino; CUP cuban; UYU uruguayan; DOP dominican
    """,
    "lira": "TRY turkish|new turkish; ITL italian; LBP lebanese; SYP syrian; MTL maltese",
    "won": "KRW south korean|korean; KPW north korean",
    "riyal": "SAR saudi|saudi arabian; QAR qatari|qatar; YER yemeni; OMR omani",
    "rial": "IRR iranian|iran; OMR omani; YER yemeni",
    "dinar": """
        KWD kuwaiti|kuwait; IQD iraqi; JOD jordanian; TND tunisian; RSD serbian; DZD algerian
        LYD libyan; BHD bahraini|bahrain; YUM yugoslav
    """,
    "denar": "MKD macedonian",
    "dirham": "AED uae|emirati|u.a.e.|united arab emirates; MAD moroccan",
    "pound": """
        GBP british|uk|u.k.; EGP egyptian; LBP lebanese; SYP syrian; SDG sudanese; IEP irish
        SSP south sudanese; GIP gibraltar; FKP falkland islands; SHP st. helena; CYP cyprus|cypriot
    """,
    "punt": "IEP irish",
    "ruble": "RUB russian; BYN belarusian|belarussian",
    "rouble": "RUB russian; BYN belarusian|belarussian",
    "shilling": "KES kenyan|kenya; UGX ugandan|uganda; TZS tanzanian|tanzania; SOS somali",
    "kwacha": "ZMW zambian; MWK malawian|malawi",
    "manat": "AZN azerbaijani|azeri; TMT turkmen|turkmenistani",
    "mark": """
        DEM german|west german; FIM finnish
        BAM bosnian|convertible|bosnia-herzegovina convertible
    """,
    "markka": "FIM finnish",
    "yen": "JPY japanese",
    "yuan": "CNY chinese",
    "renminbi": "CNY chinese",
    "real": "BRL brazilian",
    "reais": "BRL brazilian",
    "shekel": "ILS israeli|new israeli",
    "new shekel": "ILS israeli",
    "ringgit": "MYR malaysian|malaysia",
    "rand": "ZAR south african",
    "rupiah": "IDR indonesian",
    "baht": "THB thai",
    "dong": "VND vietnamese",
    "guilder": "NLG dutch|netherlands; ANG antillean; XCG caribbean",
    "peseta": "ESP spanish",
    "escudo": "PTE portuguese; CVE cape verdean",
    "schilling": "ATS austrian",
    "drachma": "GRD greek",
    "kuna": "HRK croatian",
    "zloty": "PLN polish",
    "forint": "HUF hungarian",
    "hryvnia": "UAH ukrainian",
    "leu": "RON romanian|new romanian; MDL moldovan",
    "lei": "RON romanian|new romanian; MDL moldovan",
    "lev": "BGN bulgarian",
    "leva": "BGN bulgarian",
    "naira": "NGN nigerian",
    "taka": "BDT bangladeshi",
    "cedi": "GHS ghanaian|ghana",
    "tenge": "KZT kazakh|kazakhstani",
    "som": "KGS kyrgyz|kyrgyzstani|kyrgystani; UZS uzbek|uzbekistani",
    "dram": "AMD armenian",
    "lek": "ALL albanian",
    "lari": "GEL georgian",
    "kip": "LAK lao|laotian",
    "lat": "LVL latvian",
    "sole": "PEN peruvian",
    "colon": "CRC costa rican; SVC salvadoran",
    "colón": "CRC costa rican; SVC salvadoran",
    "colone": "CRC costa rican; SVC salvadoran",
    "bolivar": "VES venezuelan",
    "bolívar": "VES venezuelan",
    "krónur": "ISK icelandic",
    "króna": "ISK icelandic",
    "lekë": "ALL albanian",
    "afghani": "AFN afghan",
    "kwanza": "AOA angolan",
    "florin": "AWG aruban",
    "boliviano": "BOB bolivian",
    "ngultrum": "BTN bhutanese",
    "pula": "BWP botswanan|botswana",
    "nakfa": "ERN eritrean",
    "birr": "ETB ethiopian",
    "dalasi": "GMD gambian",
    "quetzal": "GTQ guatemalan",
    "quetzale": "GTQ guatemalan",
    "lempira": "HNL honduran",
    "gourde": "HTG haitian",
    "riel": "KHR cambodian",
    "loti": "LSL lesotho",
    "maloti": "LSL lesotho",
    "ariary": "MGA malagasy",
    "ariarie": "MGA malagasy",
    "denari": "MKD macedonian",
    "kyat": "MMK myanmar|burmese",
    "tugrik": "MNT mongolian",
    "pataca": "MOP macanese|macau",
    "ouguiya": "MRU mauritanian",
    "rufiyaa": "MVR maldivian",
    "metical": "MZN mozambican",
    "meticai": "MZN mozambican",
    "cordoba": "NIO nicaraguan",
    "córdoba": "NIO nicaraguan",
    "balboa": "PAB panamanian",
    "kina": "PGK papua new guinean",
    "guarani": "PYG paraguayan",
    "dobra": "STN são tomé & príncipe|são tomé",
    "lilangeni": "SZL swazi",
    "emalangeni": "SZL swazi",
    "somoni": "TJS tajik|tajikistani",
    "paʻanga": "TOP tongan",
    "pa'anga": "TOP tongan",
    "sol": "PEN peruvian",
    "vatu": "VUV vanuatu",
    "gold": "ZWG zimbabwean",
    "tala": "WST samoan",
    "leone": "SLE sierra leonean",
    "tolar": "SIT slovenian",
    "cent": """
        USD us|u.s.|american; CAD canadian; AUD australian; NZD new zealand; HKD hong kong
        SGD singapore; ZAR south african; EUR euro
    """,
    "penny": "GBP british; IEP irish",
    "pence": "GBP british; IEP irish",
    "kopeck": "RUB russian; UAH ukrainian",
    "kopek": "RUB russian; UAH ukrainian",
    "centavo": "MXN mexican; BRL brazilian; PHP philippine",
    "centime": "CHF swiss; FRF french; EUR euro",
    "sen": "MYR malaysian; IDR indonesian; JPY japanese",
    "ore": "SEK swedish; NOK norwegian; DKK danish",
}


def _countries() -> dict[tuple[str, str], str]:
    table = {}
    for word, rows in NATIONAL.items():
        for row in rows.strip().replace("\n", ";").split(";"):
            code, _, adjectives = row.strip().partition(" ")
            for adjective in adjectives.split("|"):
                table[adjective, word] = code
    return table


COUNTRIES = _countries()
"""The code by the adjective and the word behind it."""

# Parts of a hundred: the money that is meant unless another is near.
SUBUNITS = {
    "cent": "USD",
    "¢": "USD",
    "c": "USD",
    "penny": "GBP",
    "pence": "GBP",
    "p": "GBP",
    "sen": "MYR",
    "kopeck": "RUB",
    "kopek": "RUB",
    "paise": "INR",
    "paisa": "INR",
    "centavo": "MXN",
    "centime": "CHF",
    "pfennig": "DEM",
    "agorot": "ILS",
    "kobo": "NGN",
    "grosz": "PLN",
    "groszy": "PLN",
    "öre": "SEK",
    "øre": "NOK",
    "ore": "SEK",
    "kurus": "TRY",
    "kuruş": "TRY",
    "stotinki": "BGN",
    "satang": "THB",
    "pesewa": "GHS",
    "halala": "SAR",
    "piastre": "EGP",
}
