"""Units of measure with their UCUM codes: symbols as written, words in the singular.

Codes follow the Unified Code for Units of Measure, https://ucum.org; ``units.toml`` is made by
``benchmarks/tables.py``. A code may lead with a number: one of the word is so many of the code. A
ton is the short ton of American use unless it is spelled "tonne" or called metric; gallons, pints
and barrels are those of the United States.
"""

from __future__ import annotations

from pipeline.text.quantities.phrases import first_words, keys, parts, table
from pipeline.text.wordset import word_set

_TABLE = table("units")
WORDS = {one: code for code, row in _TABLE["words"].items() for one in keys(row)}
STARTS = first_words([*WORDS, "point"])
SYMBOLS = {one: code for code, row in _TABLE["symbols"].items() for one in parts(row)}
# Symbols that are letters of too much else: they count only right behind digits ("37m", "5 V" not).
GLUED = word_set(
    """
    m g l L W V h s K pc PS p c ms min MP PB EB pp bp MJ TJ Ah mA mV mW lm hl cl t N mol PJ
    """
)
# Of these, letters that may also stand apart where nothing but an end follows: "1.5 m.", "5 W USB".
APART = word_set("m g l L W V h t pp bp cl hl min ms")
TIME = frozenset({"ps", "ns", "us", "ms", "s", "min", "h", "d", "wk", "mo", "a"})
TOPS = {"A": "A", "J": "J", "N": "N", "mol": "mol", "mmol": "mmol", "Bq": "Bq", "t": "t"}
"""Symbols above the line of a unit such as "t/ha" that are no units on their own."""
BASES = {"s": "s", "t": "t", "d": "d", "h": "h", "g": "g", "day": "d", "m": "m", "l": "L", "L": "L"}
"""Symbols below the line that are letters of too much else."""
LENGTHS = word_set("nm um mm cm dm m hm km [in_i] [ft_i] [yd_i] [mi_i] [nmi_i]")
POWERS = {
    ("[ft_i]", "2"): "[sft_i]",
    ("[ft_i]", "3"): "[cft_i]",
    ("[yd_i]", "3"): "[cyd_i]",
    ("[in_i]", "3"): "[cin_i]",
}
COMPOUNDS = {("[lb_av]", "[in_i]2"): "[psi]"}
NO_TOPS = TIME | {"%", "pp", "bp", "Cel", "[degF]", "deg"}
FLOWS = frozenset(("ms", "s", "min", "h"))
"""Units of time below a line that make a speed or a flow; by longer ones things are counted."""
# Units that are other things as well: they need more than the number before them.
DOUBTFUL = word_set("cup turn bit quart knot amp kilo point drachma stone league")
# What a rate is counted by, behind "a" or "an"; behind "per" any noun will do.
PER = word_set(
    """
    second minute hour day night week month quarter year decade season semester term game
    match share unit piece person head pop ticket seat mile kilometre kilometer metre meter
    foot yard acre hectare gallon litre liter pint barrel bushel ounce gram kilo kilogram
    kilogramme pound ton tonne bottle pack bag box can cup dozen square-foot megawatt-hour
    kilowatt-hour time word page visit bar plate glass shot vote household student pupil
    patient worker customer
    """
)
