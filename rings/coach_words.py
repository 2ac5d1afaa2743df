"""What the coach looks for in an ask: how English asks, tells and gives reasons, and which words are common.

Found by reading asks, and tuned on the half of the labelled set that is for it (docs/coach.md).
"""

import re

# --- how an ask is built ------------------------------------------------------------------------------


def _any(block: str) -> re.Pattern[str]:
    """Any of these: one a line; a line that ends in a backslash goes on in the next."""
    lines = re.sub(r"\\\n\s*", "", block.strip()).splitlines()
    each = "|".join(line.strip() for line in lines)
    return re.compile(rf"(?<![\w-])(?:{each})(?![\w-])", re.IGNORECASE)


DO = r"""introduc\w*|connect|put|present|show|teach|lend|borrow\w*|look|read|proof-?read|check|review|test|try
listen|sit|come|go|join|walk|drive|pick up|drop|collect|carry|lift|call|ring|phone|write|translate|explain
recommend|suggest|tell|point|send|share|give|swap|mentor|practi[sc]e|interview|babysit|mind|feed|water|host
look after|take|cook|bake|fix|repair|mend|sew|stitch|build|paint|draw|design|record|film|play|sing|move
spare|spend|meet|talk|chat|speak|let|donate|sponsor|answer|name|hold|watch|store|keep|print|photocopy|scan
set|role-?play|compare|visit|accompany|buy|sell|rent|hire|bring|stay|find|vouch|refer|forward|post|sign|run
hear|shadow|quiz|coach|advise|clean|dig|plant|cut|knit|measure|pay|fund|persuade|do|get|make|fill|swap
help \w+ \w+ing
help (?:me|us|him|her|them|my \w+|our \w+) (?:to )?(?!with|on|out|about|by|in|for|at|before|this|please)\w+"""
AN_ACT = "(?:" + "|".join(DO.split("\n")) + ")"
MODAL = "(?:could|can|would|will|might|may|does|did|do|d'you|'ll)"
ANYONE = "(?:(?:any|some) ?(?:one|body)|(?:one|any|which) of you|you(?: all)?|y'all|u|sb)"
WORDS = r"(?:[\w'-]+ )"
# Any verb but those that leave open what somebody would do.
A_VERB = (
    r"(?!(?:help|support|assist|advise|guide|be|is|feel|care|please|know|think|agree|like|love|also|just|who"
    r"|any|some|for|with|and|or|if|i|my|in|at|on|by|the|a)\b)[a-z]+"
)

ACTION = _any(
    rf"""
    {MODAL} {ANYONE} (?:here |please |kindly |else )?{A_VERB}
    (?:please|pls|kindly) (?:{ANYONE} )?{A_VERB}
    who(?:'ll|'d| could| can| would| will| might) {A_VERB}
    {ANYONE} (?:here )?(?:who )?(?:to|could|can|would|who'd|who'll) {A_VERB}
    {ANYONE} who {A_VERB} (?:me|us|my|our)
    (?:looking|hoping|searching|asking) for (?!help|support|advice){WORDS}{{1,6}}?(?:to|who can\
        |who could|who would|who'd) {A_VERB}
    {ANYONE} (?:{A_VERB}|sub|invest in) (?:me|us|my|our)
    {MODAL} {ANYONE}(?:'s)? {WORDS}{{0,9}}?{AN_ACT}
    {MODAL} (?:a|an|two|three|the|my) {WORDS}{{1,7}}?{AN_ACT}
    {ANYONE} (?:here )?(?:who |that )?(?:could|can|would|will|to|who'd|who'll) {WORDS}{{0,2}}?{AN_ACT}
    {ANYONE} (?:willing|able|happy|free|up for|prepared) (?:to )?
    {ANYONE} (?:here )?(?:who |that )?(?:knows?|has|have|got|owns?|speaks?) (?!of course)\w+
    {ANYONE} {AN_ACT} (?:me|us|my|our|him|her|them|a|an|the)
    who(?: here)?(?:'ll|'d| could| can| would| will| might) {WORDS}{{0,2}}?{AN_ACT}
    who (?:here )?(?:knows|has|have|owns|speaks|is good|would know)
    (?:please|pls|kindly|just) {WORDS}{{0,1}}?{AN_ACT}
    {AN_ACT},? please
    (?:may|can|could|might) (?:i|we|he|she|they) {WORDS}{{0,2}}?(?:borrow|use|have|talk|speak|visit|ask\
        |interview|come|join)
    (?:may|can|could|might) (?:i|we|he|she|they) {WORDS}{{0,2}}?(?:shadow|practi[sc]e|call|stay|rent|buy\
        |see|try|sit|meet)
    the (?:name|names|number|phone number|e-?mail|address|contact)(?: or \w+)? (?:of|for|to)
    who's got|(?:introduction|intro) to|name of an?
    an? (?:introduction|intro|recommendation|referral|lift|ride|loan|second pair of eyes|pair of hands)
    (?:introductions|recommendations|referrals|intros) (?:to|for|of)
    (?:conversation|chat|call|coffee|talk|half an hour|an hour|few minutes|\d+ \w+|evening\
        |afternoon) {WORDS}{{0,3}}?with
    (?:\d+|ten|fifteen|twenty|thirty|forty) (?:minutes?|mins?|hours?) {WORDS}{{0,3}}?(?:of your\
        |to look|from)
    (?:to|i could|we could|i can|we can) (?:talk|speak|chat) (?:to|with)
    (?:feedback|an honest opinion|honest opinions|your opinion|your advice) (?:on|about)
    (?:looking|hoping|searching|asking) for {WORDS}{{1,6}}?(?:to|who can|who could|who would|who will\
        |willing to) {AN_ACT}
    (?:need|want|like|love|value|hope for) {WORDS}{{1,6}}?(?:to|who can|who could|who would\
        |who will) {AN_ACT}
    (?:need|want|like|love|hope) to (?:borrow|rent|talk|speak|interview|meet|visit|shadow|hear from)
    """
)
IMPERATIVE = re.compile(
    rf"(?:^|[.:;!?,] )(?:and |so |then )?({AN_ACT} (?!to\b|is\b|was\b)\w+)", re.IGNORECASE
)

# Words that begin a clause and are no act; and those an act has for its object.
OF_GRAMMAR = frozenset(
    re.findall(
        r"\w+",
        """
        is are was were be been am has have had do does did can could would will may might shall
        should must and but or so as for with without if because since while when where who what
        which why how that this these those there here it its he she they we you i my our your his
        her their the a an any some all both each every no not of in on at by to from up out about
        into over under after before until till more most one two three four five six ten just only
        even still also very too really please pls kindly hello hi dear thanks thank need want like
        looking wanted seeking hoping asking someone somebody anyone anybody everyone nobody
        """,
    )
)
AN_OBJECT = frozenset(
    re.findall(
        r"\w+",
        "me us him them my our the a an this these her his your it someone somebody everyone",
    )
)

# What makes a clause one that asks, whether or not it says for which act.
ASKS = _any(
    rf"""
    {MODAL} (?:{ANYONE}|i|we|a|an)
    please|pls|kindly|wanted|{ANYONE}|who (?:could|can|would|knows|has)|who'll|do you
    (?:i'm|i am|we're|we are|am|still)? ?(?:looking|searching|hoping|asking|after|without) (?:for )?
    (?:i|we)(?:'d| would| do)? (?:really |also |just )?(?:need|want|like|love|search|seek|require|wish)
    any (?:help|one)|(?:be|am|are) (?:so )?(?:grateful|glad|thankful)|(?:give|be) (?:me )?a hand
    tips?|ideas?|advices?|suggestions?|thoughts|pointers?|recommendations?|is there|where's|what's|how do
    """
)
WISH = _any(
    r"(?:i|we|he|she|they|and) (?:really |just )?(?:want|wants|hope|hopes|wish|would like|'d like) to"
)

# --- why it matters -----------------------------------------------------------------------------------

REASON = _any(
    r"""
    because|coz|cos|'cause|since (?:i|we|my|our|the|she|he|they|mine|ours|it)
    so (?:that|i|we|she|he|they|my|it|the|nobody|people)|in order (?:to|that)|that way|or else|otherwise
    (?:as|for) (?:i|we|my|our|the|she|he|they)(?:'m| am|'re| are| have| was| were| can't| cannot| do\
        | \w+ (?:is|are|was|were|has|have))
    (?:it|this|that|which) (?:would|will) (?:mean|help|save|let|allow|give|make|free|stop|break|take)
    mean(?:s)? (?:a lot|the world|so much|everything)|matters|important (?:to|for) (?:me|us|her|him)
    (?:i|we)(?:'m|'re| am| are| feel| felt| was| were)(?: [\w'-]+){0,2} (?:afraid|scared|lonely|worried\
        |terrified|nervous)
    (?:i|we)(?:'m|'re| am| are| feel| felt| was| were)(?: [\w'-]+){0,2} (?:ashamed|stuck|struggling\
        |grieving|exhausted|lost)
    (?:i|we)(?:'m|'re| am| are| feel| felt| was| were)(?: [\w'-]+){0,2} (?:overwhelmed|anxious\
        |desperate|tired|drowning|broke|bored|alone)
    (?:worries|frightens|scares|hurts|haunts|bothers|breaks) (?:me|us|my|her|him)
    (?:is|are|it's|they're|'s) (?:crushing|killing|driving|making|breaking|eating|keeping) (?:me|us|my\
        |her|him)
    my (?:\w+ )?(?:is|was) not so good|not (?:to )?lose (?:this|the|my)
    (?:i|we) (?:can't|cannot|could not|couldn't) (?:bear|cope|sleep|face|stop|afford|go on|do it alone)
    (?:died|passed away|diagnosed|divorced|separated|fell ill|is ill|is dying|laid off|made redundant\
        |stolen)
    my [\w' -]{2,30}?, who|(?:with|in) (?:so )?much (?:fear|pain|shame)
    to (?:avoid|stop|prevent|celebrate|surprise|prove|decide whether|check whether|find out|raise money\
        |make sure)
    to (?:cheer|thank|remember|honou?r|say goodbye|keep (?:my|our|the|her|his))
    """
)
TELLS = _any(
    r"""
    (?:i|we|he|she|it|they|this(?! week| month| year| time| evening| morning| summer)|that|there|everyone\
        |nobody|people)(?:'m|'re|'s|'ve|'d|'ll)? (?!would|could|want|need)[\w']+
    (?:my|our|his|her|their|mine|ours) (?:[\w'-]+ ){0,5}?(?:is|are|was|were|has|have|had|will|just\
        |keeps?|got|gets?|cannot)
    (?:my|our|his|her|their|mine|ours) (?:[\w'-]+ ){0,5}?(?:can't|won't|doesn't|don't|never|needs?\
        |ends?|starts?|broke|fell)
    (?:my|our|his|her|their|mine|ours) (?:[\w'-]+ ){1,5}?(?:left|died|lost|went|came|gave|told|turns?\
        |comes?|goes|\w{3,}ed)
    the (?:[\w'-]+ ){1,5}?(?:is|are|was|were|has|have|had|will|just|keeps?|got|cannot|can't|won't\
        |doesn't|don't|did|broke|left|died|gets?)
    (?:[\w'-]+ )+(?:is|are|isn't|aren't|was|were|has|had|never|became|said|sold|does) [\w' ]+
    (?:my|our|his|her|mine|ours|\w+'s) (?:[\w'-]+ ){0,3}?[a-z]{2,}s (?:me|us|it|on|by|every|out|up\
        |her|him|so|to|over)
    (?:mine|back|cancer)'?s? [a-z]+s?
    (?:\w+ )*?(?:makes?|drives?|scares?|wears?|breaks?|costs?|cost|gets?|hates?|misses) (?:me|us|him\
        |her|my)
    (?:so |half |too |just |we're |i'm )*(?:tired of|sick of|fed up|scared|afraid|ashamed|lonely|broke\
        |desperate|embarrassed|joking|panicking|stuck|unsure|in tears|out of hand)(?: .*)?
    (?:just |been |still )?(?:can't|cannot|couldn't|nobody|no one|never|applied|walked|cried|missed|lost) .+
    """
)


# --- specific: words that make people think of somebody -----------------------------------------------

# A kind of person, told by what they lived through or do.
DESCRIBED = _any(
    r"""
    (?:whose|who) (?!could|can|would|will|might|may|to|knows?|is willing|are willing|has experience|is good)\
        [\w']+ [\w']+ [\w']+
    """
)

# Words that could stand in anybody's ask: they bring nobody in particular to mind.
OF_EVERYBODY = frozenset(
    re.findall(
        r"\w+",
        """
        a an the and or but if of to in on at by for from with without about as into over under than
        then so that this these those it its is am are was were be been being do does did done have
        has had having i me my mine myself we us our ours you your yours he him his she her hers
        they them their who whom whose which what when where why how not no nor any some every each
        all both few more most other another such only own same too very just can could may might
        must shall should will would there here up down out off again once ever never also still
        even yes please pls thanks thank hello hi everyone everybody anyone anybody someone somebody
        something anything everything nothing thing things stuff person people persons one ones two
        three need needs needed want wants wanted like love loved looking look looks seeking search
        searching ask asking asks hope hoping help helps helping helped know knows knew known get
        gets getting got find finding found good great nice better best new right really maybe
        perhaps kind sort bit little lot lots much many way ways support advice tips tip idea ideas
        feedback opinion guidance information info recommendation suggest suggestion suggestions
        assistance resources connection connections contact contacts recommend pointer pointers
        question questions answer answers problem problems issue issues stuck trying try make makes
        made making give gives giving take takes taking time times work working works job jobs life
        future career careers business project company team marketing money today tomorrow tonight
        yesterday because since until before after while during through between able willing happy
        ring circle group room wondering appreciate grateful interesting decent short quick long
        small big large tiny huge real whole complete important healthy healthier health fit fitter
        sleep sleeping food book books podcast podcasts film films music song restaurant restaurants
        gift gifts present presents presentation computer computers phone app website screen skill
        skills growth goal goals plan plans order organised organized motivation confidence
        confident success successful rich famous stress stressed tired bored boring lonely alone sad
        happier angry afraid fear scared nervous ashamed shame worried worry worries feel feels
        feeling felt think thinking thought thoughts say says said tell tells told talk talking chat
        speak speaking call send share spare show teach learn learning read reading write writing
        meet meeting start starting started begin beginning stop stopped end ended finish finished
        change changes keep keeps let lets leave left come comes coming came go goes going gone went
        bring put set run use used using day days week weeks month months year years hour hours
        minute minutes morning afternoon evening night weekend summer winter spring autumn fall term
        family friend friends wife husband partner mother father mum mom dad parent parents son
        daughter child children kid kids baby brother sister colleague colleagues boss doctor home
        house place world anymore badly fast last now next first second third early late always
        often usually nobody none whatever whichever gave given took hear hears heard become becomes
        became behalf already yet less dear dull awful awfully lovely handy useful helpful
        complicated thankful delighted welcome gratefully hobby hobbies fitness plant plants
        gardening dinner lunch breakfast holiday holidays vacation travel public fiction non social
        media shop leadership leader leaders leading cooking cook recipe recipes course online class
        classes management experience experiences meetings staff school university college uni
        office industry strategy client clients customer customers finance finances budget
        fundraising charity event events language languages english advices diet eating weight
        exercise sport sports relax relaxing settle talks organizing organising places area round
        around near local dog cat pet word words presence impact visibility brand branding culture
        society peace poverty justice happiness respect respected meaning purpose dream bounce half
        tops hand advise mentor network networking opportunities chance opportunity professional
        personal private general basic simple proper properly actually probably suppose guess mean
        means mind minds matter matters care cares bother eat eats drink sit stand stay staying
        motivated move moved live lived living play playing player open closed full enough else
        instead together apart basis ongoing girl boy man men woman women guy guys girlfriend
        boyfriend guide aim understand finally sure fails well town row enjoy soon asap urgent
        urgently free cheap easy hard difficult different maths tax taxes legal law legally mad nuts
        crazy wall away low morale hate hated miss missing lose losing lost cry crying dying die
        drowning grow growing improve improving deal cope handle manage managing sense happen
        happened bad worse terrible terribly totally completely absolutely kindly honest honestly
        straight forward old older young slow strong weak heavy light soft warm cold dry wet smart
        silly brave serious seriously strict kinder loud quiet alive dead ill sick unsure confused
        embarrassed exhausted broke broken poor expensive fluent particular moral taken wear wore
        worn see saw seen sees wrote written hold held carry cover land cut count counting counted
        arrive arrives arrived mattered changed sat lie lay stood step walk walked drive drives
        driving drove drop dropping pretend pretending offended signed card cup tea coffee table bed
        door kitchen window sky floor bank bill bills rent debt loan wage pay paid pays payday
        deposit grand thousand hundred dozen six seven eight ten twelve twenty thirty forty fifty
        sixty box boxes bag bags tool tools clothes shoes telephone laptop form forms letter letters
        envelope envelopes paper papers pile piles photo photos note notes list essay homework
        coursework deadline due birthday wedding funeral anniversary divorce marriage party trip
        headache nerves knees feet hip voice mouth face arm arms back shoulder heart soul side piece
        part rest number numbers builder builders plumber electrician dentist lawyer solicitor
        accountant teacher writer speaker mate mates niece nephew cousin aunt uncle grandma grandad
        grandchild grandchildren sons supplier suppliers prepare whenever either beside possibly
        somewhere somehow someplace trouble hoped hopes dreams fits pass passed retire retired lend
        lends sub owe owed afford afforded story stories joke joking flu bear beg breathe breathing
        glad proud peculiar moving moves shout shouts shouting scare scares wonder messy nicked
        freeze drip drips runner weather winter's cough pity couple
        """,
    )
)
