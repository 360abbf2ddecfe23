"""Everyday words that recall goes by: little words, irregular forms, words of time, place and number.

General knowledge of languages, none of it from anybody's conversations.
"""


def words_of(text: str) -> frozenset[str]:
    """Return the different words of a list that is written as text."""
    return frozenset(text.split())


STOP_WORDS: dict[str, frozenset[str]] = {
    language: words_of(words)
    for language, words in {
        "en": """
            a about above after again all also am an and any are aren as at be because been before being
            below between both but by can cannot could couldn d did didn do does doesn doing don down
            during each else ever for from further get gets getting got had hadn has hasn have haven having
            he hed her here hers herself hes him himself his how i id if im in into is isn it its itself
            ive just let ll m me might more most much must my myself no nor not now of off oh ok okay on
            once one only or other our ours ourselves out over own per re really s same shall shan she
            should shouldn so some such t than that thats the their theirs them themselves then there these
            they this those through to too under until up upon us ve very was wasn we were weren what whats
            when where which while who whom whose why will with won would wouldn yeah yes yet you your
            yours yourself yourselves youre hey hi hello wow thanks thank please maybe mean
        """,
        "de": """
            aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass dein deine deinem
            deinen deiner dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch
            dort du durch ein eine einem einen einer eines er es etwas euch euer für hab habe haben hat
            hatte hatten hattest hast ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jetzt
            kann kannst kein keine können mal man mehr mein meine meinem meinen meiner mich mir mit muss
            nach nein nicht noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit sich
            sie sind so über um und uns unser unsere unter vom von vor wann war waren warst was weil wem
            wen wenn wer werden wie wieder will wir wird wo woher wohin worden wurde würde zu zum zur
            zwischen fuer ueber erzählt gesagt
        """,
        "fr": """
            à ai aux avec avoir c'est ce ces cette dans de des du elle en est et été eu il ils je la le les
            leur lui ma mais me mes moi mon ne nos notre nous on ou où par pas pour qu'est que quel quelle
            qui quoi sa se ses son sont sur ta te tes toi ton tu un une vos votre vous quand comment y plus
            très
        """,
        "es": """
            al algo ante con como cómo cuál cuando cuándo de del desde donde dónde el ella ellos en entre
            era es esa ese eso esta está este esto fue ha había han has hay he la las le les lo los me mi
            mis muy nada ni no nos o para pero por porque que qué quién se ser si sí sin sobre son soy su
            sus también te tengo tiene todo tu tus un una uno unos y ya yo
        """,
        "it": """
            a al alla anche avere c'è che chi ci come con cosa da dal dei del della di dove e è era gli ha
            hai ho i il in io la le lei lo loro lui ma mi mia mio ne nel nella noi non o per perché più
            quando questo se sei si sono su sua suo ti tu tua tuo un una uno
        """,
        "pt": """
            a ao aos as com como da das de do dos e é ela ele em era essa esse esta está este eu foi há
            isso já lhe mais mas me meu meus minha muito na não nas no nos o onde os ou para pela pelo por
            porque quando que quem se sem ser seu sua são também te tem tenho teu tu tua um uma você
        """,
        "nl": """
            aan als bij dat de deze die dit door een en er ga geen had heb hebben heeft hem het hij hoe hun
            ik in is ja je jij jou jouw kan maar me mee meer met mij mijn naar niet nog nu of om onze ons
            ook op over te toen tot uit van veel voor waar waren was wat we wel wie wij worden wordt zal ze
            zich zij zijn zo zou
        """,
    }.items()
}
"""Per language, words that say nothing about what a text is about; they also tell the language."""

IRREGULAR: dict[str, str] = {
    form: word
    for line in words_of("""
        be:was,were,been,is,are,am bear:bore,born,borne beat:beaten become:became begin:began,begun
        bend:bent bite:bit,bitten bleed:bled blow:blew,blown break:broke,broken bring:brought build:built
        burn:burnt buy:bought catch:caught choose:chose,chosen come:came creep:crept deal:dealt dig:dug
        do:did,done,does draw:drew,drawn dream:dreamt drink:drank,drunk drive:drove,driven eat:ate,eaten
        fall:fell,fallen feed:fed feel:felt fight:fought find:found fly:flew,flown
        forbid:forbade,forbidden forget:forgot,forgotten forgive:forgave,forgiven freeze:froze,frozen
        give:gave,given go:went,gone,goes grow:grew,grown hang:hung have:had,has hear:heard
        hide:hid,hidden hold:held keep:kept kneel:knelt know:knew,known lay:laid lead:led lean:leant
        learn:learnt leave:left lend:lent lie:lay,lain light:lit lose:lost make:made mean:meant meet:met
        pay:paid ride:rode,ridden ring:rang,rung rise:rose,risen run:ran say:said see:saw,seen seek:sought
        sell:sold send:sent sew:sewn shake:shook,shaken shine:shone shoot:shot show:shown
        shrink:shrank,shrunk sing:sang,sung sink:sank,sunk sit:sat sleep:slept slide:slid smell:smelt
        speak:spoke,spoken spend:spent spell:spelt spill:spilt spin:spun spoil:spoilt spring:sprang,sprung
        stand:stood steal:stole,stolen stick:stuck sting:stung strike:struck swear:swore,sworn sweep:swept
        swell:swollen swim:swam,swum swing:swung take:took,taken teach:taught tear:tore,torn tell:told
        think:thought throw:threw,thrown understand:understood wake:woke,woken wear:wore,worn
        weave:wove,woven weep:wept win:won wind:wound withdraw:withdrew write:wrote,written child:children
        man:men woman:women person:people mouse:mice foot:feet tooth:teeth goose:geese wife:wives
        life:lives knife:knives leaf:leaves wolf:wolves half:halves shelf:shelves thief:thieves
        loaf:loaves good:better,best bad:worse,worst far:further,farther
    """)
    for word, _, forms in [line.partition(":")]
    for form in forms.split(",")
}
"""English forms that no rule leads back to their word."""

FIRST_PERSON = words_of("""
    i my me mine we our us myself im ive ich mein meine meinen meinem meiner mich mir wir uns unser unsere
    je mon ma mes moi nous notre yo mi mis mío nosotros io mio mia noi eu meu minha ik mijn wij ons
    """)
SECOND_PERSON = words_of("""
    you your yours youre yourself du dein deine deinen deinem deiner dich dir tu ton ta tes toi vous votre
    tú tus tuyo usted tuo tua você teu jij jou jouw
    """)
NUMBER_WORDS = words_of("""
    one two three four five six seven eight nine ten eleven twelve dozen twice once couple few several hundred
    thousand half first second third eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf hundert
    tausend halb erste zweite dritte einmal zweimal deux trois quatre cinq dix cent dos tres cuatro cinco diez
    """)
TIME_WORDS = words_of("""
    yesterday today tonight tomorrow last next ago week weekend weeks month months year years day days morning
    evening night recently just monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu
    thurs fri sat sun january february march april may june july august september october november december
    summer winter spring fall autumn soon since gestern heute morgen letzte letzten letztes letzter nächste
    nächsten vor woche wochen monat monate monaten jahr jahre jahren tag tage tagen abend nacht montag
    dienstag
    mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember sommer
    frühling herbst neulich seit hier aujourd'hui demain semaine mois année ayer hoy mañana semana mes año
    """)
PLACE_WORDS = words_of("""
    in at to from near around visit visited trip city town country beach park home there place store school
    church hotel nach aus bei stadt land dorf hause strand schule kirche à chez ville pays en ciudad país
    """)
