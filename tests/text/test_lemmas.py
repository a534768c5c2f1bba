"""Base forms of verbs and nouns."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.lemmas import noun_lemma, verb_lemma

VERBS = """
say: says said saying
tell: tells told telling
think: thinks thought thinking
announce: announces announced announcing
deny: denies denied denying
argue: argues argued arguing
believe: believes believed believing
add: adds added adding
insist: insists insisted insisting
declare: declares declared declaring
state: states stated stating
quote: quotes quoted quoting
cite: cites cited citing
write: writes wrote written writing
admit: admits admitted admitting
call: calls called calling
control: controls controlled controlling
cancel: cancels cancelled canceled cancelling
suggest: suggests suggested suggesting
urge: urges urged urging
pledge: pledges pledged pledging
allege: alleges alleged alleging
acknowledge: acknowledges acknowledged acknowledging
promise: promises promised promising
advise: advises advised advising
focus: focuses focused focusing
discuss: discusses discussed discussing
stress: stresses stressed stressing
confess: confesses confessed confessing
ask: asks asked asking
reply: replies replied replying
agree: agrees agreed agreeing
concede: concedes conceded conceding
decide: decides decided deciding
conclude: concludes concluded concluding
persuade: persuades persuaded persuading
plead: pleads pleaded pleading
need: needs needed needing
warn: warns warned warning
explain: explains explained explaining
mention: mentions mentioned mentioning
question: questions questioned questioning
postpone: postpones postponed postponing
determine: determines determined determining
decline: declines declined declining
threaten: threatens threatened threatening
happen: happens happened happening
intervene: intervenes intervened intervening
offer: offers offered offering
consider: considers considered considering
interfere: interferes interfered interfering
prefer: prefers preferred preferring
refer: refers referred referring
ensure: ensures ensured ensuring
explore: explores explored exploring
favor: favors favored favoring
monitor: monitors monitored monitoring
visit: visits visited visiting
edit: edits edited editing
invite: invites invited inviting
target: targets targeted targeting
complete: completes completed completing
vote: votes voted voting
dispute: disputes disputed disputing
create: creates created creating
treat: treats treated treating
repeat: repeats repeated repeating
negotiate: negotiates negotiated negotiating
evaluate: evaluates evaluated evaluating
wait: waits waited waiting
shout: shouts shouted shouting
claim: claims claimed claiming
blame: blames blamed blaming
assume: assumes assumed assuming
welcome: welcomes welcomed welcoming
describe: describes described describing
develop: develops developed developing
hope: hopes hoped hoping
stop: stops stopped stopping
drop: drops dropped dropping
speak: speaks spoke spoken speaking
look: looks looked looking
take: takes took taken taking
mistake: mistakes mistook mistaken mistaking
make: makes made making
provoke: provokes provoked provoking
estimate: estimates estimated estimating
handle: handles handled handling
rule: rules ruled ruling
reveal: reveals revealed revealing
fail: fails failed failing
recall: recalls recalled recalling
signal: signals signaled signalling signaled
compile: compiles compiled compiling
change: changes changed changing
challenge: challenges challenged challenging
bring: brings brought bringing
belong: belongs belonged belonging
charge: charges charged charging
see: sees saw seen seeing
be: is are was were been being
lie: lies lied lying
understand: understands understood understanding
find: finds found finding
hear: hears heard hearing
guess: guesses guessed guessing
wish: wishes wished wishing
teach: teaches taught teaching
tweet: tweets tweeted tweeting
quip: quips quipped quipping
nod: nods nodded nodding
applaud: applauds applauded applauding
avoid: avoids avoided avoiding
guide: guides guided guiding
chide: chides chided chiding
rebut: rebuts rebutted rebutting
promote: promotes promoted promoting
analyze: analyzes analyzed analyzing
realize: realizes realized realizing
realise: realises realised realising
criticize: criticizes criticized criticizing
endorse: endorses endorsed endorsing
sense: senses sensed sensing
echo: echoes echoed echoing
veto: vetoes vetoed
retell: retells retold
view: views viewed viewing
vow: vows vowed vowing
envision: envisions envisioned envisioning
issue: issues issued issuing
require: requires required requiring
bomb: bombs bombed bombing
breathe: breathes breathed breathing
forecast: forecasts forecasting
equip: equips equipped equipping
acquit: acquits acquitted acquitting
attack: attacks attacked attacking
mock: mocks mocked mocking
joke: jokes joked joking
sniff: sniffs sniffed sniffing
egg: eggs egged egging
purr: purrs purred purring
boycott: boycotts boycotted boycotting
free: frees freed freeing
die: dies died
buzz: buzzes buzzed buzzing
fix: fixes fixed fixing
ice: ices iced icing
ache: aches ached
fine: fines fined fining
time: times timed timing
tape: tapes taped taping
type: types typed typing
rob: robs robbed robbing
fade: fades faded fading
rate: rates rated rating
mute: mutes muted muting
boil: boils boiled boiling
mail: mails mailed mailing
pool: pools pooled pooling
poll: polls polled polling
dole: doles doled
total: totals totaled
idle: idles idled idling
cycle: cycles cycled cycling
tackle: tackles tackled tackling
dazzle: dazzles dazzled dazzling
muffle: muffles muffled muffling
lodge: lodges lodged lodging
long: longs longed longing
retaliate: retaliates retaliated retaliating
square: squares squared squaring
ease: eases eased easing
red: red
bed: bed
king: king
bleed: bleed
gas: gas
"""

NOUNS = """
official: officials
company: companies
assertion: assertions
analysis: analyses
crisis: crises
man: men
woman: women
spokeswoman: spokeswomen
child: children
church: churches
tax: taxes
class: classes
house: houses
news: news
series: series
congress: congress
data: data
wife: wives
day: days
hero: heroes
bus: buses
movie: movies
omen: omen
fireman: firemen
tie: ties
fly: flies
boss: bosses
box: boxes
wish: wishes
bus: bus
gas: gas
its: its
"""


def wrong(lemma: Callable[[str], str], table: str) -> dict[str, str]:
    """Return the lemmas of the forms of a table that differ from its first column."""
    rows = [row.split(": ") for row in table.strip().splitlines()]
    wanted = {form: base for base, forms in rows for form in [base, *forms.split()]}
    return {form: lemma(form) for form, base in wanted.items() if lemma(form) != base}


def test_verbs() -> None:
    assert wrong(verb_lemma, VERBS) == {}


def test_nouns() -> None:
    assert wrong(noun_lemma, NOUNS) == {}


def test_case_is_folded() -> None:
    assert verb_lemma("SAID") == "say"
    assert noun_lemma("Officials") == "official"


@given(st.text(max_size=12))
def test_any_text_has_a_lemma(text: str) -> None:
    assert isinstance(verb_lemma(text), str)
    assert isinstance(noun_lemma(text), str)
