"""Everyday words that stand for one another, or for a kind of thing, so that "pet" finds the dog.

General knowledge of English, and a little German, written down without looking at anybody's conversations.
"""

from functools import lru_cache

from bot.domain.terms import term_of

SAME_WEIGHT = 0.7
"""How much a neighbouring word is worth beside the word itself."""
KIND_WEIGHT = 0.6
"""How much one of a kind is worth beside the word for the kind."""

_SAME = """
    mother mom mum mommy mama; father dad daddy papa; parent mother father mom dad; grandmother grandma
    granny nana; grandfather grandpa granddad; child kid son daughter baby toddler; sibling brother
    sister; spouse husband wife partner; boyfriend girlfriend partner date; relative family aunt uncle
    cousin niece nephew; family fam folks; friend buddy pal mate; colleague coworker; boss manager
    supervisor; neighbor neighbour neighborhood; marry marriage wedding married bride groom engaged;
    divorce separate breakup split; pregnant pregnancy baby expecting; birthday bday; job work career
    occupation profession employment position role; hire employ recruit; fired layoff dismissed
    unemployed; promotion promoted raise; salary pay wage income; company firm business biz employer
    startup; shop store boutique; study learn course class lesson school university college education;
    graduate degree diploma; teach teacher instructor coach mentor lesson; exam test; student pupil; house
    home apartment flat place condo; move relocate; rent lease landlord; live reside; buy purchase bought
    shop; sell sale; money cash dollars cost price; expensive costly; save savings; car vehicle auto truck
    van; bike bicycle cycling; trip travel journey vacation holiday tour visit; road drive; plane flight
    fly airport; ill sick sickness illness disease unwell; doctor physician hospital clinic; injury injure
    hurt accident wound; medicine medication pill drug; allergy allergic; diet eat food; exercise workout
    gym fitness training; run jog marathon; walk hike stroll trail; swim pool; happy glad joy excited
    thrilled delighted; sad unhappy upset depressed down; angry mad furious annoyed; afraid scared fear
    frightened terrified phobia; worried anxious nervous stress anxiety; stress destress relax unwind;
    relax calm chill peaceful rest; proud pride; tired exhausted fatigue; love adore enjoy like favorite
    fond; hate dislike; favorite favourite fave best prefer; hobby interest pastime passion; movie film
    cinema; tv television series show; song music band concert tune; book novel read author; picture photo
    pic photograph image; paint painting art artist draw drawing; write writer writing author; cook
    cooking bake recipe meal dish; dinner supper lunch breakfast meal; restaurant cafe diner; drink
    beverage; dessert cake sweet pastry; dog puppy pup; cat kitten kitty; pet dog cat animal; plant flower
    garden; begin start started launch; end finish complete stop quit; plan intend hope goal; goal aim
    dream ambition; decide decision choose choice pick; help support assist aid; volunteer charity donate;
    give gift present; receive got given; advice advise suggest suggestion recommend recommendation tip;
    tell told say said mention; talk chat conversation discuss speak; ask question; think opinion view
    believe; remember recall memory; forget forgot; problem issue trouble difficulty challenge struggle
    obstacle; solve fix repair; win won victory award prize trophy; lose lost defeat; competition contest
    tournament match; game play gaming gamer; team group club crew; party celebrate celebration; festival
    fest fair; event gathering; meet met encounter; religion religious church faith god pray spiritual;
    politics political election vote government; army military soldier veteran war; police cop; law lawyer
    legal; big large huge; small little tiny; beautiful pretty lovely gorgeous; funny hilarious; scary
    frightening spooky; hard difficult tough challenging; easy simple; quick fast; new recent; old
    ancient; great awesome amazing wonderful fantastic; bad terrible awful horrible; rich wealthy; smart
    clever intelligent; color colour; clothes clothing outfit dress wear; jewelry necklace ring bracelet;
    phone mobile cell; computer laptop pc; internet online web website; city town; country nation; sea
    ocean beach coast; mountain hill; forest wood; rain storm weather; weekend saturday sunday; evening
    tonight night; morning dawn; autumn fall; gay lesbian lgbt lgbtq; transgender trans; nickname call
    name; dead die died death passed funeral; born birth; sleep bed nap insomnia; lottery luck lucky;
    scholarship grant funding; language speak fluent; celebrate anniversary; cousin nephew niece uncle
    aunt; stepmother stepfather stepson stepdaughter; twin sibling; roommate flatmate; childhood child kid
    young grew; teenager teen; adult grown; elderly senior old; retire retirement pension; resign quit
    leave; interview applied apply application; office workplace desk; meeting appointment; customer
    client; product brand; marketing advertise advertising promote promotion campaign; invest investment
    stock; debt loan mortgage; tax taxes; bank account; bill invoice; homework assignment; professor
    lecturer; math mathematics; science scientist research; history historical museum; kitchen cooking;
    bedroom room; furniture sofa chair table couch; renovate renovation remodel repair; clean cleaning
    tidy; laundry washing; garage parking; train railway station; bus coach; taxi cab uber; boat ship sail
    cruise ferry; luggage suitcase pack bag; passport visa; hotel hostel motel resort airbnb; tent camp
    camping campfire; lake river pond; island beach; snow ski skiing snowboard; desert canyon; park
    playground; zoo aquarium; pain ache hurt; surgery operation; cancer tumor; cold flu fever cough;
    diabetes insulin sugar; heart cardiac; headache migraine; therapy therapist counselor counseling
    psychologist; mental depression anxiety; weight pounds kilos overweight; vegetarian vegan; coffee
    espresso latte; tea herbal; wine beer alcohol drunk; smoke cigarette smoking; breakfast toast cereal;
    fruit apple banana orange berry; meat beef pork steak; fish seafood salmon tuna; bread bakery bake;
    spicy curry hot; lonely alone; embarrassed ashamed; grateful thankful appreciate; surprised shocked;
    jealous envy; bored boring; confident confidence; brave courage; patient patience; kind generous
    caring; honest honesty truth; lie liar; argue argument fight quarrel; apologize sorry apology; forgive
    forgiveness; trust faith; promise swear vow; secret private; joke funny laugh humor; cry tears; hug
    kiss; guitar guitarist; piano pianist keyboard; violin violinist orchestra; singer sing choir vocal;
    dance dancing dancer ballet; theater theatre play drama acting actor; comedy comedian; poem poetry
    poet; novel fiction story; character protagonist; magazine article newspaper news; photography
    photographer camera; sculpture pottery ceramic clay; craft knitting sewing crochet; collect collection
    collector; chess boardgame board; puzzle jigsaw; cards poker; football soccer; basketball hoop;
    baseball softball; tennis racket; yoga meditation pilates; climb climbing; surf surfing wave; fishing
    fisherman; hunt hunting; horse riding ride; coach trainer; league season; champion championship title;
    score point; medal trophy award; tourist sightseeing; abroad foreign overseas; immigrant immigrate
    emigrate; hometown birthplace native grew; village countryside rural farm; downtown center centre;
    address street; church chapel worship service; christmas xmas; easter holiday; halloween costume;
    thanksgiving turkey; present gift; invitation invite guest; host organize organise; ceremony vow;
    funeral grave burial; ghost spirit haunted; dream nightmare; magic wizard spell; hero superhero; robot
    android; space planet star astronaut; program programming code coding developer software; app
    application; video clip youtube stream; podcast episode; social media instagram facebook twitter;
    password login; battery charge; camera lens; watch clock; glasses spectacles; haircut hair hairstyle;
    tattoo ink; makeup cosmetics; shoes sneakers boots; jacket coat; shirt tshirt top; ring engagement;
    perfume scent smell; toy doll; teddy stuffed plush; blanket quilt; candle light; letter note card
    mail; email message text; contract agreement; court judge trial; crime theft steal stolen robbery;
    jail prison; protest rally march; equality rights; climate environment environmental sustainable;
    recycle recycling waste; donate donation fundraiser fundraising charity; homeless shelter; orphan
    adopt adoption foster; refugee asylum; mayor council candidate; president prime minister; accident
    crash collision; fire burn flames; flood flooding; earthquake quake; power outage blackout; broken
    damage destroy; lost missing; found discover; rescue save; breed purebred; vet veterinarian; feed
    feeding; leash walk; training obedience; aquarium tank; nest egg; bee honey; butterfly insect bug;
    snake reptile lizard; age old birthday; height tall; weight heavy; name called named; mean meaning
    symbol symbolize represent; important importance significant; reason why because motivate motivation
    inspire inspiration; influence role model; experience adventure; tradition traditional custom; habit
    routine daily; schedule calendar; deadline due; success successful achieve achievement accomplish;
    fail failure setback rejection rejected; improve improvement progress better; change different
    transform; grow growth develop; learn taught; skill talent ability; language french spanish german
    italian japanese chinese; accent dialect; translate translation; share sharing; join member
    membership; host hosting; attend attended participate; create make made build; design designer;
    decorate decoration decor; order delivery; return refund; compare comparison similar; prefer
    preference; expect expectation; afraid phobia; strange weird odd; special unique; together both
"""

_KINDS = """
    pet: dog cat puppy kitten rabbit hamster parrot fish turtle snake guinea bird; animal: dog cat horse
    bird fish rabbit cow bear lion elephant; instrument: guitar piano violin drum flute cello saxophone
    trumpet clarinet ukulele keyboard; sport: football soccer basketball tennis baseball golf hockey swim
    run ski surf volleyball rugby cricket boxing cycling yoga climbing; exercise: yoga run gym swim
    cycling pilates weights boxing workout cardio; hobby: paint read write garden knit cook bake
    photography hike fishing dance game guitar chess; activity: hike swim camp paint dance bike run cook
    read fishing skating game museum picnic; food: pizza pasta chicken rice bread salad soup cheese cake
    chocolate burger fruit vegetable steak fish; drink: coffee tea beer wine juice water cocktail;
    dessert: cake cookie pie chocolate cream tart pudding brownie; color: red blue green yellow purple
    pink orange black white brown gray grey; country: america england france germany italy spain japan
    china canada mexico india brazil australia ireland sweden greece thailand; state: california texas
    florida oregon ohio washington colorado michigan georgia virginia arizona alaska hawaii; city: london
    paris berlin rome tokyo york chicago boston seattle madrid barcelona; season: spring summer autumn
    winter; vehicle: car truck bike motorcycle van boat bus; family: mother father mom dad sister brother
    son daughter grandma grandpa aunt uncle cousin husband wife kid; job: teacher nurse doctor engineer
    lawyer waiter driver manager writer artist accountant; degree: bachelor master phd graduate; subject:
    math history biology chemistry physics literature psychology; music: jazz rock pop classical song band
    concert guitar piano; genre: comedy horror fantasy romance thriller drama action mystery; device:
    phone laptop computer tablet camera; console: playstation xbox nintendo switch; event: party wedding
    concert festival parade conference workshop fair fundraiser competition; art: painting drawing
    sculpture pottery mural photography; feeling: happy sad proud scared nervous excited grateful anxious
    relieved lonely; weather: rain snow sun storm wind cloudy; clothes: shirt dress shoe jacket jeans hat
    sweater; item: shoe bag book lamp necklace ring jacket; health: diet exercise doctor weight sick
    asthma surgery; religious: church faith pray bible mosque temple; patriotic: country flag military
    serve; financial: money debt savings rich loan; allergy: peanut pollen dairy gluten; outdoors: hike
    camp beach park mountain trail; relax: yoga bath music read walk meditate massage; personality: kind
    caring brave honest thoughtful; attribute: kind caring brave honest passionate; career: job counselor
    teacher nurse engineer lawyer politics; disaster: flood fire earthquake hurricane tornado storm;
    fruit: apple banana orange strawberry mango grape peach cherry lemon; vegetable: carrot potato tomato
    broccoli onion spinach pepper; meat: beef chicken pork lamb turkey bacon; cuisine: italian mexican
    chinese indian thai japanese french sushi pasta curry; ingredient: flour sugar butter egg milk salt
    oil vanilla; flavor: chocolate vanilla strawberry mint caramel lemon; furniture: sofa chair table bed
    desk shelf couch lamp; tool: hammer saw drill wrench; jewelry: necklace ring bracelet earring pendant;
    shoes: sneakers boots sandals heels; toy: doll lego teddy puzzle; flower: rose tulip sunflower lily
    daisy orchid; tree: oak pine maple palm birch; language: english spanish french german italian
    japanese chinese portuguese russian arabic; continent: europe asia africa america australia; holiday:
    christmas easter halloween thanksgiving; place: beach park museum city mountain lake restaurant hotel
    village; location: city country beach park street downtown; landmark: tower bridge castle cathedral
    statue; building: house church school museum library tower castle; room: kitchen bedroom bathroom
    basement garage; weekend: saturday sunday; illness: cancer flu cold diabetes asthma fever; symptom:
    pain fever cough headache nausea; injury: broken sprain ankle knee wrist arm leg; body: arm leg hand
    foot head back knee heart; doctor: dentist surgeon therapist; relative: aunt uncle cousin grandmother
    grandfather niece nephew; profession: teacher nurse engineer lawyer chef designer artist; artist:
    painter singer sculptor musician; musician: singer guitarist pianist drummer band; author: writer
    novel book; movie: comedy horror thriller drama trilogy; show: series season episode; superhero:
    batman superman spiderman; book: novel trilogy series chapter mystery fantasy; game: chess poker
    puzzle strategy shooter console; club: team group member; martial: karate judo taekwondo boxing
    kickboxing; dance: ballet salsa hip tango contemporary; fitness: gym yoga run weights; charity:
    shelter donate fundraiser volunteer food toy; community: volunteer neighbor church local; nature:
    forest mountain lake trail sunset river; material: wood metal glass clay cotton wool; media: tv radio
    podcast newspaper youtube; technology: computer phone app software; skill: cooking coding painting
    language; emotion: happy sad angry scared proud excited nervous; trait: kind brave honest shy funny
    patient stubborn; hardship: divorce loss death debt illness homeless; dream: travel house business
    book; goal: career education family fitness; fear: spider height snake dark; bird: parrot eagle owl
    crow; fish: salmon goldfish tuna; insect: bee ant butterfly spider; lizard: gecko iguana; crime: theft
    robbery murder; subject: art music science; souvenir: postcard magnet shirt; gift: necklace flower
    book card toy; prize: money trophy medal
"""

_SAME_GERMAN = """
    mutter mama mutti eltern; vater papa eltern; kind kinder sohn tochter baby; geschwister bruder
    schwester; oma großmutter; opa großvater; ehemann ehefrau mann frau hochzeit verheiratet; freund
    freundin kumpel; arbeit job beruf stelle firma; chef vorgesetzter; haus wohnung zuhause; umziehen
    umzug umgezogen; reise urlaub ferien verreisen; auto wagen; fahrrad rad; hund welpe haustier; katze
    kater haustier; krank krankheit arzt krankenhaus; essen gericht kochen rezept; kuchen backen torte;
    sport training laufen joggen fitness; musik lied konzert band; film kino serie; buch lesen roman;
    schule universität studium studieren; prüfung klausur; angst furcht sorge; glücklich froh freude;
    traurig trauer; geld gehalt euro; kaufen gekauft einkaufen; geburtstag feier feiern; weihnachten
    geschenk
"""


@lru_cache(maxsize=1)
def related_terms() -> dict[str, dict[str, float]]:
    """Return for each term the terms that are near it in meaning, and what a match of those is worth."""
    related: dict[str, dict[str, float]] = {}

    def add(one: str, other: str, weight: float) -> None:
        if one and other and one != other:
            near = related.setdefault(one, {})
            near[other] = max(weight, near.get(other, 0.0))

    for families, language in ((_SAME, "en"), (_SAME_GERMAN, "de")):
        for family in families.split(";"):
            terms = [term_of(word, language) for word in family.split()]
            for one in terms:
                for other in terms:
                    add(one, other, SAME_WEIGHT)
    for line in _KINDS.split(";"):
        kind, _, members = line.partition(":")
        for member in members.split():
            add(term_of(kind.strip()), term_of(member), KIND_WEIGHT)
    return related
