"""Closed lists of English words that the rules of this package read by: verbs of speech, titles, kin, names.

Words only; what they decide is in the modules that use them. Everything is lower case unless it says otherwise.
"""

from __future__ import annotations

from typing import Literal

SexLetter = Literal["f", "m", "?"]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def ordered(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Past and present forms of verbs that name an act of speech, for tags ("said Tom", "Tom whispers").
SPEECH_VERBS = words(
    """said say says saying asked ask asks cried cries cry replied replies reply answered answers answer exclaimed
    exclaims whispered whispers whisper shouted shouts shout called calls demanded demands murmured murmurs
    muttered mutters remarked remarks observed observes added adds continued continues returned returns repeated
    repeats began begins resumed resumes thought thinks screamed screams shrieked shrieks sighed sighs laughed
    laughs interrupted interrupts declared declares retorted retorts gasped gasps growled growls roared roars
    inquired inquires enquired enquires ejaculated ejaculates stammered stammers faltered falters rejoined
    rejoins responded responds urged urges protested protests pleaded pleads begged begs suggested suggests
    explained explains announced announces agreed agrees admitted admits confessed confesses insisted insists
    persisted persists commented comments concluded concludes assented assents objected objects snapped snaps
    snarled snarls sneered sneers sobbed sobs wailed wails moaned moans groaned groans grunted grunts hissed
    hisses bellowed bellows yelled yells bawled bawls barked barks chuckled chuckles giggled giggles drawled
    drawls mumbled mumbles breathed breathes panted pants warned warns advised advises ordered orders commanded
    commands promised promises assured assures told tells informed informs proposed proposes pursued pursues
    proceeded proceeds quoted quotes read reads recited recites sang sings spoke speaks stated states vowed vows
    swore swears volunteered ventured ventures wondered wonders implored implores entreated entreats coaxed
    coaxes soothed soothes scolded scolds teased teases mocked mocks jeered jeers grumbled grumbles complained
    complains argued argues reasoned reminded reminds corrected corrects echoed echoes chimed chimes prompted
    prompts queried queries questioned questions quavered croaked croaks squeaked squeaks squealed squeals
    whimpered whimpers whined whines wept blurted blurts burst bursts broke breaks put cut cuts greeted greets
    thundered thunders boomed booms chanted chants crowed hailed hails persuaded predicted pronounced purred
    rasped rebuked related rallied reflected mused muses mouthed lamented hinted hints hazarded expostulated
    exulted exhorted encouraged deplored counselled contradicted consoled confided confides conceded concedes
    claimed claims cautioned blustered asserted asserts apologized apologised affirmed acknowledged accused
    guessed guesses opined prayed prays preached prattled rapped rattled reproached reproved smiled smiles
    grinned grins nodded nods shrugged frowned winked beamed simpered smirked spluttered sputtered stuttered
    twittered uttered vociferated wheedled whistled yawned finished finishes ended struck"""
)
# The ones that can hardly be anything else; enough to find the tag of a line that only a dash introduces.
PLAIN_SPEECH_VERBS = words(
    """said says asked asks cried cries replied replies answered answers exclaimed whispered shouted murmured
    muttered remarked observed added continued repeated began demanded called inquired enquired returned
    retorted growled roared laughed sighed yelled screamed interrupted resumed explained suggested"""
)

# Titles before a name, and whose sex they tell.
TITLES: dict[str, SexLetter] = {
    **dict.fromkeys(
        words(
            """mr mister sir lord master monsieur m signor señor senor herr don uncle grandfather grandpa father
            brother king prince duke count baron earl viscount marquis marquess squire emperor czar tsar sultan
            abbot friar père pere gaffer goodman esquire messrs bro fra dom deacon sheikh rabbi pasha bishop
            archbishop cardinal vicar parson"""
        ),
        "m",
    ),
    **dict.fromkeys(
        words(
            """mrs miss ms madame mme mademoiselle mlle lady dame madam signora signorina señora senora señorita
            frau fräulein fraulein doña dona donna aunt auntie aunty grandmother grandma granny mother sister
            queen princess duchess countess baroness marchioness empress czarina abbess goody mistress widow
            missis"""
        ),
        "f",
    ),
    **dict.fromkeys(
        words(
            """dr doctor captain capt colonel col major general gen lieutenant lieut lt sergeant sergt sgt corporal
            admiral commodore sheriff private commander ensign professor prof judge justice inspector detective
            constable officer president governor senator mayor reverend rev rector pastor canon curate saint st cousin
            comrade citizen chief nurse cook old young little dear poor deputy superintendent secretary
            chancellor marshal coach elder hon honourable honorable minister lawyer ambassador boss citoyen"""
        ),
        "?",
    ),
}
# Adjectives that stand before a name without being part of it.
LOOSE_TITLES = words("old young little dear poor")

# Nouns for a person, and the sex they tell.
PERSON_NOUNS: dict[str, SexLetter] = {
    **dict.fromkeys(
        words(
            """man gentleman boy lad fellow father dad papa pa husband brother son uncle nephew grandfather
            grandson king prince duke count baron earl lord squire monk friar priest clergyman parson vicar
            curate rector bishop abbot butler footman coachman groom policeman constable sailor seaman fisherman
            boatman ferryman soldier sergeant corporal captain colonel major general lieutenant admiral officer
            detective inspector blacksmith carpenter cabman landlord waiter barber tailor butcher shepherd
            woodcutter hunter knight page squire wizard sorcerer chap guv'nor gardener driver porter bootblack
            stepfather widower bachelor host emperor youth father-in-law son-in-law brother-in-law bridegroom
            groom schoolmaster headmaster chairman foreman salesman workman countryman madman frenchman
            englishman irishman scotchman dutchman spaniard herdsman horseman cowboy mate skipper coxswain
            boatswain tramp beggar thief robber burglar old-timer grandpa daddy sire signor monsieur herr sultan
            vizier monarch nobleman baronet"""
        ),
        "m",
    ),
    **dict.fromkeys(
        words(
            """woman lady girl maid mother mamma mama ma mum mom wife sister daughter aunt niece grandmother
            grandma granny queen princess duchess countess baroness nun abbess governess housekeeper nurse
            landlady waitress hostess widow housemaid maidservant chambermaid milkmaid spinster stepmother
            damsel lass witch fairy mother-in-law daughter-in-law sister-in-law bride schoolmistress
            headmistress mistress heroine actress laundress seamstress matron dame madam madame mademoiselle
            missis missus auntie nanny empress heiress authoress sempstress goddess frenchwoman englishwoman
            irishwoman washerwoman charwoman old-maid"""
        ),
        "f",
    ),
    **dict.fromkeys(
        words(
            """doctor professor teacher lawyer judge magistrate clerk secretary servant cook stranger visitor guest
            traveller traveler pilgrim child baby infant person creature friend companion neighbour neighbor
            cousin master prisoner patient client witness jailer gaoler executioner physician surgeon apothecary
            chemist student pupil scholar poet writer author editor painter artist musician singer dancer player
            merchant tradesman shopkeeper grocer baker innkeeper farmer peasant labourer laborer miner cripple
            hermit orphan parent voice speaker leader chief president governor mayor minister ambassador
            commander pilot engineer mechanic conductor guard sentry watchman keeper messenger boatman orator
            chancellor prosecutor counsel counsellor advocate coroner interpreter spy agent manager cashier
            banker coachman valet usher invalid giant dwarf ghost spirit monster devil angel demon spectre god
            oracle daemon fiend wretch villain scoundrel
            rascal dog cat horse rabbit mouse wolf fox lion bear caterpillar gryphon"""
        ),
        "?",
    ),
}
KIN = words(
    """father dad papa pa mother mamma mama ma mum mom husband wife brother sister son daughter uncle aunt nephew
    niece cousin grandfather grandmother grandson granddaughter grandma grandpa granny stepfather stepmother
    father-in-law mother-in-law son-in-law daughter-in-law brother-in-law sister-in-law parent child guardian
    fiancé fiancée lover sweetheart friend companion master mistress"""
)
CHILD_NOUNS = words("boy girl lad lass child baby infant youngster urchin schoolboy schoolgirl bootblack orphan")
OLD_NOUNS = words("grandfather grandmother grandma grandpa granny old-timer greybeard crone elder")

# Capitalised words that never name a person by themselves.
NOT_NAMES = words(
    """i i'm i'll i've i'd monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december english french german italian spanish russian
    american irish scotch scottish welsh dutch greek latin roman indian chinese turkish polish european african
    christian jewish catholic protestant british london paris england france germany italy spain russia america
    europe asia africa india scotland ireland wales christmas easter bible god god's lord heaven heavens christ
    jesus almighty providence creator saviour hell satan chapter book part volume act scene section preface
    introduction contents project gutenberg ebook oh ah o yes no well why what who whom whose which when where
    how hello hallo hullo hush alas aye ay hey ho ha bah pooh pshaw humph hum hm eh god-bless good goodbye good-
    bye bye farewell thank thanks please pray hark look see here there now then never nothing none nobody
    everybody everyone somebody someone anybody anyone come go stop wait let do don't did does is was were are
    am be been have has had can could will would shall should must may might not and but or nor for so yet if
    because though although while since after before until till as than that this these those the a an my your
    his her its our their he she it we you they him them us me mine yours hers ours theirs myself himself
    herself itself one two three four five six seven eight nine ten first second third last next another other
    others some any all both each every many much more most few such only just even still again also too very
    quite rather perhaps maybe certainly indeed surely really truly of in on at by to from with without into
    upon over under above below between among through during about against toward towards across behind beyond
    near beside besides within mr mrs ms miss sir madam madame ma'am dr captain doctor mamma mama papa mother
    father uncle aunt sister brother grandmother grandfather master mistress majesty highness lordship ladyship
    honour honor excellency grace reverence worship north south east west northern southern eastern western once
    twice sometimes always often soon later presently suddenly finally meanwhile however therefore moreover
    nevertheless otherwise instead besides thus hence accordingly like unlike street road avenue square lane
    house hall park castle church river lake mount mountain island bay county state states kingdom empire
    republic university college school hotel inn bank company society parliament congress government court
    office bureau department ministry museum library theatre st nd rd th am pm mon tue wed thu fri sat sun ii
    iii iv vi vii viii ix xi xii xiii xiv xv xvi xvii xviii xix xx ha'penny dear poor old young little great
    being having doing making taking getting going coming seeing looking sitting standing nature fate death love
    time truth life fortune freedom justice liberty reason science art church state king queen prince princess
    duke duchess count countess baron emperor empress general colonel major lieutenant sergeant professor judge
    bishop pope gentlemen gentleman ladies lady boys girls men women sirs friends brethren comrades fellow
    fellows figure table exercise example footnote note appendix index page fig illustration copyright edition
    press exit exeunt enter re-enter aside curtain solus"""
)

# Nouns that end the name of a place or a thing.
PLACE_ENDINGS = words(
    """street road avenue square lane house hall park castle abbey church river lake island bay county inn hotel
    court bridge hill hills mount mountain mountains valley village town city terrace place gardens garden
    station cottage lodge manor farm wood woods forest heath common green gate row crescent yard wharf dock
    harbour harbor cape sea ocean strait desert university college school club company society bank museum
    library theatre office press cathedral chapel palace tower prison jail hospital ranch creek falls point
    beach channel league empire kingdom republic states war act treaty bible gazette times journal review herald
    chronicle magazine works"""
)
PLACE_HEADS = words("mount mt lake cape fort port loch isle river gulf")  # «Mount Hood»
PLACE_PREPOSITIONS = words("in at near into through from across throughout around via towards toward beyond leaving")

# Verbs (past tense) whose subject is a person, besides verbs of speech.
PERSON_VERBS = words(
    """looked felt knew thought wished hoped wanted smiled laughed frowned nodded shrugged sighed wept blushed sat
    stood walked ran turned came went rose took held gave saw heard opened shut shook stared gazed glanced
    listened stopped paused remembered forgot understood believed loved hated married died slept woke awoke ate
    drank dressed bowed knelt leaned leant entered left followed waited watched wrote received sent had was
    would could did might must seemed appeared became got made put threw pulled pushed caught drew fell flung
    hurried jumped lifted lighted lit passed picked raised reached seized started stepped stretched tried began
    kissed embraced knocked lay kept let set told spoke supposed decided determined resolved imagined perceived
    observed noticed hesitated trembled shuddered rushed approached arrived departed obeyed refused consented
    agreed consulted"""
)
BODY_NOUNS = words(
    """face eyes eye hand hands head voice heart mind arm arms shoulder shoulders lips mouth brow hair feet foot
    breast mother father wife husband brother sister son daughter room house hat coat dress words manner eyes
    smile soul tone glance look figure cheeks cheek knees knee finger fingers lap side letter friend opinion
    feelings"""
)

# Words that stand for nobody whatever their capital: pronouns, articles, conjunctions, question words, answers.
FUNCTION_WORDS = words(
    """i he she it they we you who what which that this these those the a an my your his her its our their and but
    or nor so then there here when where why how if as because though although while since after before until
    till at in on by to of for from with without into upon not no yes oh ah well now never all both each some
    one another everyone everybody somebody someone nobody anyone such thus once only even again suddenly
    finally presently"""
)
