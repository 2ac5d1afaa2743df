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
hear|shadow|quiz|coach|advise|clean|dig|plant|cut|knit|measure|pay|fund|persuade|do|get|help \w+ \w+ing
help (?:me|us|him|her|them|my \w+|our \w+) (?:to )?(?!with|on|out|about|by|in|for|at|before|this|please)\w+"""
AN_ACT = "(?:" + "|".join(DO.split("\n")) + ")"
MODAL = "(?:could|can|would|will|might|may|does|did|do|d'you|'ll)"
ANYONE = "(?:any ?one|any ?body|some ?one|some ?body|one of you|any of you|which of you|you(?: all)?|y'all)"
WORDS = r"(?:[\w'-]+ )"

ACTION = _any(
    rf"""
    {MODAL} {ANYONE}(?:'s)? {WORDS}{{0,9}}?{AN_ACT}
    {MODAL} (?:a|an|two|three|the|my) {WORDS}{{1,5}}?{AN_ACT}
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
    (?:i|we|he|she|it|they|this|that|there|everyone|nobody|people)(?:'m|'re|'s|'ve|'d|'ll)? (?!would\
        |could|want|need)[\w']+
    (?:my|our|his|her|their|mine|ours) (?:[\w'-]+ ){0,5}?(?:is|are|was|were|has|have|had|will|just\
        |keeps?|got|gets?|cannot)
    (?:my|our|his|her|their|mine|ours) (?:[\w'-]+ ){0,5}?(?:can't|won't|doesn't|don't|never|needs?\
        |ends?|starts?|broke|fell)
    (?:my|our|his|her|their|mine|ours) (?:[\w'-]+ ){1,5}?(?:left|died|lost|went|came|gave|told|turns?\
        |comes?|goes|\w{3,}ed)
    the (?:[\w'-]+ ){1,5}?(?:is|are|was|were|has|have|had|will|just|keeps?|got|cannot|can't|won't\
        |doesn't|don't)
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
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        a an the and or but if of to in on at by for from with without about as into over under than then so
        that this these those it its is am are was were be been being do does did done have has had having i
        me my mine myself we us our ours you your yours he him his she her hers they them their who whom
        whose which what when where why how not no nor any some every each all both few more most other
        another such only own same too very just can could may might must shall should will would there here
        up down out off again once ever never also still even yes please pls thanks thank hello hi everyone
        everybody anyone anybody someone somebody something anything everything nothing thing things stuff
        person people persons one ones two three need needs needed want wants wanted like love loved looking
        look looks seeking search searching ask asking asks hope hoping help helps helping helped know knows
        knew known get gets getting got find finding found good great nice better best new right really
        maybe perhaps kind sort bit little lot lots much many way ways support advice tips tip idea ideas
        feedback opinion guidance information info recommendation suggest suggestion suggestions assistance
        resources connection connections contact contacts recommend pointer pointers question questions
        answer answers problem problems issue issues stuck trying try make makes made making give gives
        giving take takes taking time times work working works job jobs life future career careers business
        project company team marketing money today tomorrow tonight yesterday because since until before
        after while during through between able willing happy ring circle group room wondering appreciate
        grateful interesting decent short quick long small big large tiny huge real whole complete important
        healthy healthier health fit fitter sleep sleeping food book books podcast podcasts film films music
        song restaurant restaurants gift gifts present presents presentation computer computers phone app
        website screen skill skills growth goal goals plan plans order organised organized motivation
        confidence confident success successful rich famous stress stressed tired bored boring lonely alone
        sad happier angry afraid fear scared nervous ashamed shame worried worry worries feel feels feeling
        felt think thinking thought thoughts say says said tell tells told talk talking chat speak speaking
        call send share spare show teach learn learning read reading write writing meet meeting start
        starting started begin beginning stop stopped end ended finish finished change changes keep keeps
        let lets leave left come comes coming came go goes going gone went bring put set run use used using
        day days week weeks month months year years hour hours minute minutes morning afternoon evening
        night weekend summer winter spring autumn fall term family friend friends wife husband partner
        mother father mum mom dad parent parents son daughter child children kid kids baby brother sister
        colleague colleagues boss doctor home house place world anymore badly fast last now next first
        second third early late always often usually nobody none whatever whichever gave given took hear
        hears heard become becomes became behalf already yet less dear dull awful awfully lovely handy
        useful helpful complicated thankful delighted welcome gratefully hobby hobbies fitness plant plants
        gardening dinner lunch breakfast holiday holidays vacation travel public fiction non social media
        shop leadership leader leaders leading cooking cook recipe recipes course online class classes
        management experience experiences meetings staff school university college uni office industry
        strategy client clients customer customers finance finances budget fundraising charity event events
        language languages english advices diet eating weight exercise sport sports relax relaxing settle
        talks organizing organising places area round around near local dog cat pet word words presence
        impact visibility brand branding culture society peace poverty justice happiness respect respected
        meaning purpose dream bounce half tops hand advise mentor network networking opportunities chance
        opportunity professional personal private general basic simple proper properly actually probably
        suppose guess mean means mind minds matter matters care cares bother eat eats drink sit stand stay
        staying motivated move moved live lived living play playing player open closed full enough else
        instead together apart basis ongoing girl boy man men woman women guy guys girlfriend boyfriend
        guide aim understand finally sure fails well town row enjoy soon asap urgent urgently free cheap
        easy hard difficult different maths tax taxes legal law legally mad nuts crazy wall away low morale
        hate hated miss missing lose losing lost cry crying dying die drowning grow growing improve
        improving deal cope handle manage managing sense happen happened bad worse terrible terribly totally
        completely absolutely kindly honest honestly straight forward
        """,
    )
)


# --- realistic: what no one person can give -----------------------------------------------------------

TOO_BIG = _any(
    r"""
    (?:\d[\d,. ]*|a |one |two |three |four |five |several |few |half a )(?:million|billion)\w*
    [£$€]? ?\d{2,3}[, .]\d{3}(?: \w+)?|[£$€] ?\d{2,}k|\d{2,}k(?: \w+)?
    (?:help|support|advice|ideas?|tips|guidance) (?:me |us )?(?:with|on|about|for) (?:life|my life\
        |my career|my future|marketing)
    (?:help|support|advice|ideas?|tips|guidance) (?:me |us )?(?:with|on|about|for) (?:(?:my\
        |our) (?:business|project)|money|stuff)
    every ?thing|any ?thing at all|(?:my|our) whole \w+|fix my life|turn (?:my|our) life around
    forever|for good|for life|for the rest of|for as long as|for the next \w+ years\
        |every (?:single )?(?:day|night) for
    all (?:of |the |my |our |your |their |\d+ )\w+
    famous|celebrity|(?:the|our) (?:president|prime minister|pope|king|queen)|national (?:tv|television\
        |team|squad)|on tv
    (?:olympic|nobel|oscar|world record|world cup|number one|best in the world)\w*
    (?:end|solve|stop|cure|fix|abolish) (?:world |global |child )?(?:homelessness|poverty|hunger|war\
        |cancer|racism|loneliness)
    (?:find|get|want|need|looking for|bring) (?:me |us )?(?:a |my )(?:future |new |rich )?(?:husband\
        |wife|soul ?mate|girlfriend|boyfriend)
    (?:want|need|get me|find me|looking for) (?:a |my )(?:new|better|dream|full[- ]time|well[- ]paid\
        |good|perfect) (?:job|career|life|man|woman|house)
    (?:whole|entire|complete) (?:[\w-]+ )?(?:app|website|book|novel|house|thesis|business|company\
        |campaign|garden|archive|life|system|country|world)
    (?:sort out|take over|take care of|handle|redo|do) (?:my|our|the) (?:life|marketing|finances\
        |accounts|business|company|taxes|admin|future)
    (?:buy|give|get) (?:me|us) (?:a|an|the|my own) (?:[\w-]+ ){0,3}(?:house|flat|car|apartment|boat\
        |villa|castle|plane|farm|island)
    pay (?:off )?(?:my|our|all) (?:\w+ )?(?:mortgage|debts?|loans?|rent|tuition|bills|fees)
    (?:make|convince|persuade|force|get|tell|order) (?:the|my|our|a) (?:[\w'-]+ ){0,3}?(?:government\
        |council|board|ministry|court|bank|league|parliament)
    (?:make|convince|persuade|force|get|tell|order) (?:the|my|our|a) (?:[\w'-]+ ){0,3}?(?:office\
        |landlord|selectors|committee|ceo|university|boss|ex)
    (?:each|every) (?:single )?(?:day|weekday|night|evening)(?:,| from| for| until| till| without)?
    (?:all season|for (?:a|the|the next|the coming|one|two|three|four|five|ten) (?:decade|years|year)\
        |for years|ten[- ]year|five[- ]year)
    (?:until|till) (?:he|she|they|i) (?:pass\w*|dies?|die|gets?|'s|is grown|are grown|have done|'ve done)
    (?:donate|fund|pay|cover|finance) (?:the |my |our |all )?(?:[\w'-]+ ){0,4}?(?:fees|salary|salaries\
        |wages|nurses|teachers|degree|studies)
    buy (?:the|a|an|up|out) (?:[\w'-]+ ){0,4}?(?:school|primary|house|flat|factory|farm|building|shop\
        |pub|club|church|land|island|boat)
    netflix|hollywood|ambassador|astronaut|helicopter|private jet|yacht|professional contract\
        |record deal|(?:main|pyramid) stage
    cure (?:my|our|her|his|me)|bring (?:[\w'-]+ ){1,5}?back|(?:come|comes|came) back to me|true love\
        |fall in love|love me|surrogate|kidney
    (?:win|winning) (?:the|an|a) (?:[\w'-]+ ){0,3}?(?:marathon|election|title|league|cup|prize|medal\
        |gold|championship)
    [£$€]\d+ ?m|\d+ (?:lakhs?|crores?)|\d{3,} square|lose \d+ (?:kilos?|kg|pounds|stone)
    (?:dream of|aim is|want (?:her|him|them|us|my \w+) to have|never fails|guarantee)
    world peace|peace in|transform (?:the|our|my)|turn (?:the|our|my) (?:\w+ )?(?:company|life\
        |marriage) around
    make me (?:rich|happy|famous|successful|popular)|(?:win|winning) the (?:lottery|war)\
        |change the (?:law|world)
    (?:fund|finance) (?:my|our) (?:business|company|start-?up|studies|life|film)
    """
)
PLAIN_WANT = _any(
    r"""
    (?:looking|searching|search|asking|hoping|after|seeking|wanted:?|without|need|needs|want|wants|like\
        |love|seek|have|'ve|i've) (?:for )?(?!some help|any help|some support|some advice)(?:a|an|some\
        |one|two|\d+|the|somebody|someone|people|my)\b.*
    wanted.*|(?:know|knows|have|has) (?:a|an|any)\b.*
    (?:tips?|ideas?|advices?|suggestions?|thoughts|pointers?|recommendations?|contacts?).*
    (?:which|where|what|how) .*\?
    """
)
AMBITION = _any(
    r"""
    (?:i|we|he|she) (?:just |really )?(?:want|wants|wish|hope|need|would like|'d like|would love\
        |'d love) to (?!borrow|rent|talk|speak|hear|meet|find|interview|visit|see|know|ask|lend|buy|try\
        |learn|show|give|get|shadow|print|use|sit)\w+
    (?:my|our) (?:goal|dream|aim|plan|wish) is|i want (?:the|everything|my life)
    i have to
    """
)
