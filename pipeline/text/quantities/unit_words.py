"""Words for units of measure, in the singular and in lower case, with their UCUM codes.

Metric units are made of their prefixes; all others stand in a table. A code may lead with a number,
"10.a" for a decade: one of the word is so many of the code.
"""

from __future__ import annotations

PREFIXES = {
    "pico": "p",
    "nano": "n",
    "micro": "u",
    "milli": "m",
    "centi": "c",
    "deci": "d",
    "deca": "da",
    "hecto": "h",
    "kilo": "k",
    "mega": "M",
    "giga": "G",
    "tera": "T",
    "peta": "P",
    "exa": "E",
    "zetta": "Z",
}
SMALL = ("pico", "nano", "micro", "milli")
LARGE = ("kilo", "mega", "giga", "tera", "peta", "exa")
METRIC: dict[str, tuple[str, tuple[str, ...]]] = {
    "metre meter": ("m", (*SMALL, "centi", "deci", "kilo")),
    "litre liter": ("L", (*SMALL, "centi", "deci", "hecto", "kilo", "mega", "giga")),
    "gram gramme": ("g", (*SMALL, "kilo")),
    "tonne ton": ("t", ("kilo", "mega", "giga")),
    "watt": ("W", ("milli", *LARGE[:5])),
    "watt-hour": ("W.h", LARGE[:5]),
    "joule": ("J", ("milli", *LARGE)),
    "calorie": ("cal", ("kilo",)),
    "hertz": ("Hz", LARGE[:4]),
    "pascal": ("Pa", ("hecto", "kilo", "mega", "giga")),
    "bar": ("bar", ("milli",)),
    "newton": ("N", ("kilo", "mega")),
    "volt": ("V", ("micro", "milli", "kilo", "mega")),
    "amp ampere": ("A", ("micro", "milli", "kilo")),
    "amp-hour": ("A.h", ("milli", "kilo")),
    "farad": ("F", SMALL),
    "ohm": ("Ohm", ("milli", "kilo", "mega")),
    "electronvolt": ("eV", LARGE[:4]),
    "becquerel": ("Bq", LARGE[:5]),
    "sievert": ("Sv", ("micro", "milli")),
    "bit": ("bit", LARGE),
    "byte": ("By", (*LARGE, "zetta")),
    "second": ("s", SMALL),
    "mole": ("mol", ("micro", "milli")),
    "parsec": ("pc", ("kilo", "mega", "giga")),
}
BARE_NOT = frozenset(("bar", "mole", "ton"))
"""Bases that are mostly something else without a prefix."""
BINARY = {"kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti"}
LENGTHS = {
    "millimetre millimeter": "mm",
    "centimetre centimeter": "cm",
    "decimetre decimeter": "dm",
    "metre meter": "m",
    "kilometre kilometer": "km",
    "inch": "[in_i]",
    "foot feet": "[ft_i]",
    "yard": "[yd_i]",
    "mile": "[mi_i]",
}
SQUARES = {"[ft_i]": "[sft_i]"}
CUBES = {"[ft_i]": "[cft_i]", "[yd_i]": "[cyd_i]", "[in_i]": "[cin_i]"}

OTHERS = {
    "micron": "um",
    "nautical mile": "[nmi_i]",
    "light year": "[ly]",
    "astronomical unit": "AU",
    "mile": "[mi_i]",
    "yard": "[yd_i]",
    "foot": "[ft_i]",
    "feet": "[ft_i]",
    "inch": "[in_i]",
    "fathom": "[fth_i]",
    "furlong": "[fur_us]",
    "league": "[lea]",
    "hand high": "[hd_i]",
    "hectare": "har",
    "acre": "[acr_us]",
    "acre foot": "[acr_us].[ft_i]",
    "acre feet": "[acr_us].[ft_i]",
    "gallon": "[gal_us]",
    "u.s. gallon": "[gal_us]",
    "us gallon": "[gal_us]",
    "imperial gallon": "[gal_br]",
    "uk gallon": "[gal_br]",
    "quart": "[qt_us]",
    "pint": "[pt_us]",
    "cup": "[cup_us]",
    "tablespoon": "[tbs_us]",
    "teaspoon": "[tsp_us]",
    "barrel": "[bbl_us]",
    "bushel": "[bu_us]",
    "fluid ounce": "[foz_us]",
    "kilo": "kg",
    "tonne": "t",
    "metric ton": "t",
    "metric tonne": "t",
    "ton": "[ston_av]",
    "short ton": "[ston_av]",
    "long ton": "[lton_av]",
    "imperial ton": "[lton_av]",
    "hundredweight": "[scwt_av]",
    "quintal": "100.kg",
    "pound": "[lb_av]",
    "ounce": "[oz_av]",
    "troy ounce": "[oz_tr]",
    "stone": "[stone_av]",
    "carat": "[car_m]",
    "karat": "[car_Au]",
    "drachma": "[dr_av]",
    "dram": "[dr_av]",
    "celsius": "Cel",
    "celcius": "Cel",
    "centigrade": "Cel",
    "fahrenheit": "[degF]",
    "farenheit": "[degF]",
    "kelvin": "K",
    "degree": "deg",
    "degree celsius": "Cel",
    "degree celcius": "Cel",
    "degree centigrade": "Cel",
    "degree fahrenheit": "[degF]",
    "degree farenheit": "[degF]",
    "degree kelvin": "K",
    "degree c": "Cel",
    "degree f": "[degF]",
    "deg": "deg",
    "deg.": "deg",
    "deg c": "Cel",
    "deg f": "[degF]",
    "deg celsius": "Cel",
    "deg fahrenheit": "[degF]",
    "radian": "rad",
    "arcminute": "'",
    "arcsecond": "''",
    "knot": "[kn_i]",
    "horsepower": "[HP]",
    "pound-foot": "[lb_av].[ft_i]",
    "pound-feet": "[lb_av].[ft_i]",
    "foot-pound": "[ft_i].[lbf_av]",
    "newton metre": "N.m",
    "newton meter": "N.m",
    "kilohm": "kOhm",
    "megohm": "MOhm",
    "decibel": "dB",
    "lumen": "lm",
    "part per million": "[ppm]",
    "part per billion": "[ppb]",
    "part per trillion": "[pptr]",
    "revolution per minute": "{rpm}",
    "inch of mercury": "[in_i'Hg]",
    "millimeter of mercury": "mm[Hg]",
    "millimetre of mercury": "mm[Hg]",
    "british thermal unit": "[Btu]",
    "megapixel": "{megapixel}",
    "percent": "%",
    "per cent": "%",
    "percentage": "%",
    "percentage point": "pp",
    "percent point": "pp",
    "basis point": "bp",
    "minute": "min",
    "hour": "h",
    "day": "d",
    "week": "wk",
    "fortnight": "2.wk",
    "month": "mo",
    "year": "a",
    "decade": "10.a",
    "century": "100.a",
    "centurie": "100.a",
    "millennium": "1000.a",
    "millennia": "1000.a",
    "turn": "{turn}",
}


def all_words() -> dict[str, str]:
    """Return every word or phrase for a unit with its code.

    >>> words = all_words()
    >>> words["kilowatt-hour"], words["square mile"], words["decade"]
    ('kW.h', '[mi_i]2', '10.a')
    """
    table: dict[str, str] = {}
    for names, (code, prefixes) in METRIC.items():
        for name in names.split():
            for prefix in prefixes:
                table[prefix + name] = PREFIXES[prefix] + code
            if name not in BARE_NOT:
                table[name] = code
    table |= {word.replace("-hour", " hour"): code for word, code in table.items()}
    table |= {f"{prefix}byte": f"{code}By" for prefix, code in BINARY.items()}
    for names, length in LENGTHS.items():
        for name in names.split():
            table[f"square {name}"] = SQUARES.get(length, f"{length}2")
            table[f"cubic {name}"] = CUBES.get(length, f"{length}3")
    table |= OTHERS
    return table | {word.replace(" ", "-"): code for word, code in table.items()}
