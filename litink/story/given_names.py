"""Common given names with the sex they tell, and short forms with the names they stand for. Data only."""

from __future__ import annotations

from litink.story.lexicon import words

MALE_NAMES = words(
    """aaron abel abner abraham adam adolf adolphus adrian alan albert alec alex alexander alexey alexei alfonso
    alfred alfie alick allan allen ambrose amos andre andrei andrew andy angus ansel anthony antoine anton
    antonio archibald archie aristide arkady armand arnold arthur augustus augustine aubrey austin baptiste
    barnaby bartholomew barry basil ben benedict benjamin bernard bert bertie bertram bill billy bob bobby boris
    bradley brian bruce bruno cain caleb calvin carl carlo carlos casper cecil cedric charles charley charlie
    chester christian christopher clarence claude claudius clement clifford clive colin conrad constantine
    cornelius cuthbert cyril cyrus daniel danny dave david denis dennis derek desmond dick diggory dmitri
    dominic donald dorian douglas duncan dunstan ebenezer edgar edmond edmund eduard edward edwin elias elijah
    elliot emil emile enoch eric ernest ethan eugene eustace evan ezekiel ezra felix ferdinand fergus
    fitzwilliam florian francis francisco frank franklin franz fred freddie freddy frederic frederick fritz
    fyodor gabriel gaston geoffrey george gerald gerard gideon gilbert giles giovanni giuseppe godfrey gordon
    graham gregory grigory guido guillaume gus gustav gustave guy hal hans harold harry harvey hector henri
    henry herbert herman hezekiah hiram horace horatio howard hubert huck huckleberry hugh hugo humphrey ichabod
    ignatius igor ike immanuel ippolit ira isaac isaiah ivan ivor jabez jack jackson jacob jacques jake james
    jamie jan jasper jean jed jeff jeffrey jem jeremiah jeremy jerome jerry jesse jim jimmy joachim joe joel
    johann john johnny jonas jonathan jorge jose josef joseph joshua josiah juan jude jules julian julius justin
    karl keith ken kenneth kit konstantin lancelot larry laurence laurie lawrence leo leon leonard leopold
    leslie lester levin lewis lionel lorenzo louis lucian lucien lucius ludwig luigi luke luther magnus malcolm
    marcel marco marcus mario mark marmaduke martin marvin matthew matt maurice max maximilian maxim mervyn
    micah michael michel miguel mihail mikhail miles milton mitya monty mordecai mortimer moses nat nathan
    nathaniel ned neil nestor newton nicholas nick nigel nikolai noah noel norman oliver orlando oscar osborne
    oswald otto owen pablo paddy pascal pat patrick paul pavel pedro percival percy peregrine pete peter phil
    philip phileas pierre piotr pip porfiry pyotr quentin ralph ramon randolph raoul raphael ray raymond
    reginald reuben rex richard robert roberto robin roderick rodion rodney roger roland rolf romeo ronald rory
    rowland roy rudolf rudolph rufus rupert sam samson samuel sancho saul seamus sebastian sergei seth sherlock
    sidney sid siegfried silas silvanus simeon simon smerdyakov solomon stanley stephan stephen steve steven
    stuart sylvester tarzan ted teddy terence terry thaddeus theo theobald theodore theophilus thomas tim
    timothy titus toby tom tommy tony tristram tybalt ulysses uriah valentin valentine vasili vernon victor
    vincent virgil vladimir wackford walter ward warren wesley wilfred wilhelm will william willie willy wilkins
    wilson winston zachary zeke alyosha vanya kolya petya sasha misha grisha ilyusha fedya hercules achilles
    hamlet algernon algy bartley emanuel eben elmer everett floyd garrett glenn grant homer hosea jerrold kirby
    lloyd lorin orville rowan sinclair teague wallace wendell"""
)
FEMALE_NAMES = words(
    """abby abigail ada adela adelaide adele adeline agatha aggie agnes agrafena aileen alexandra alice alicia
    aline alison alma althea amabel amanda amelia amy anastasia andrea angela angelica angelina anita ann anna
    annabel annabella anne annette annie antoinette antonia arabella ariadne arlette augusta aurelia aurora avis
    barbara bathsheba beatrice becky belinda bella bernice bertha beryl bess bessie beth betsy betty beulah
    bianca biddy blanche brenda bridget camilla candace carlotta carmen carol caroline carrie cassandra
    catherine cathy cecilia cecily celeste celia charity charlotte chloe christina christine clara clarice
    clarissa claudia clementina clementine cleopatra clotelle clotilde colette constance cora cordelia corinne
    cornelia cosette cynthia daisy daphne deborah delia della denise desdemona diana dinah dolly dolores dora
    doris dorothea dorothy dulcie edith edna effie eileen elaine eleanor elena elinor elisabeth eliza elizabeth
    ella ellen elsa elsie elspeth emilia emily emma emmeline enid esmeralda esther estella ethel etta eugenia
    eugenie eulalie euphemia eunice eva evangeline eve evelina eveline evelyn fanny fantine felicia felicity
    fernanda fiona flavia flora florence flossie frances francesca frieda gabrielle genevieve georgiana georgina
    geraldine gertrude gerty gilberte ginevra gladys gloria grace greta gretchen griselda grushenka guinevere
    gwen gwendolen gwendoline hannah harriet hattie hazel heather hedwig helen helena helene henrietta hepzibah
    hermia hermione hester hetty hilda honora honoria hope ida imogen ingrid irene iris isabel isabella isobel
    ivy jane janet jean jeannie jemima jennie jenny jessica jessie jo joan joanna josephine joy joyce juanita
    judith judy julia juliana julie juliet justine kate katerina katharine katherine kathleen kathy katie katy
    katya kitty laetitia laura lavinia leah lena leonora letitia letty lilian lilla lillian lily linda lise lisa
    liza lizaveta lizzie lizzy lois lola lorna lottie lou louisa louise lucia lucilla lucille lucinda lucretia
    lucy luisa lulu lydia mabel madeleine madeline madge magdalen maggie mamie marcella margaret margery margot
    marguerite maria marian marianne marie marietta marilla marina marion marjorie marmee marta martha marthe
    mary mathilda mathilde matilda mattie maud maude may medora meg melanie melissa mercy mildred millicent
    millie mina minna minnie miranda miriam molly mona monica muriel myra myrtle nadia nan nana nancy naomi
    natalia natalie natasha nell nellie nelly nettie nina nora norah odette olga olive olivia olympia ophelia
    pamela pansy patience patricia patty paula paulina pauline pearl peggy penelope perdita philippa phoebe
    phyllis polly portia priscilla prudence psyche rachel ramona rebecca regina rhoda rosa rosabel rosalie
    rosalind rosamond rosamund rose rosemary rosetta rosie rowena roxana ruby ruth sabina sadie sally salome
    samantha sandra sara sarah selina selma serena sheila sibyl sibylla sonia sonya sophia sophie sophy stella
    sue susan susanna susannah susie susy sybil sylvia tabitha tess tessa thea thekla theodora theresa therese
    thomasina tilly trixie ursula valeria valerie vanessa vera verena veronica victoria viola violet virginia
    vivian wilhelmina winifred winnie yvonne zaida zelda zenobia zillah zoe carlie florrie gussie ione jewel
    leota marthy mirah nonnie"""
)

# A short form and the names it may stand for, one entry between semicolons.
SHORT_FORMS: dict[str, frozenset[str]] = {
    entry.split()[0]: words(" ".join(entry.split()[1:]))
    for entry in [
        "\n    abby abigail",
        " aggie agnes agatha",
        " alec alexander",
        " alex alexander alexandra",
        " algy algernon",
        " alyosha alexey\n    alexei aleksei",
        " andy andrew",
        " archie archibald",
        " becky rebecca",
        " bell isabella",
        " bella isabella arabella",
        " ben\n    benjamin",
        " bert albert herbert bertram",
        " bertie albert bertram",
        " bess elizabeth",
        " bessie elizabeth",
        " beth\n    elizabeth",
        " betsy elizabeth",
        " betty elizabeth",
        " bill william",
        " billy william",
        " bob robert",
        " bobby robert",
        " carrie\n    caroline",
        " cathy catherine",
        " charley charles",
        " charlie charles",
        " dan daniel",
        " danny daniel",
        " dave david",
        " davy\n    david",
        " dick richard",
        " dolly dorothy",
        " dora dorothea theodora",
        " ed edward edwin",
        " effie euphemia",
        " eliza\n    elizabeth",
        " ellie eleanor",
        " fanny frances",
        " flossie florence",
        " frank francis franklin",
        " fred frederick alfred",
        "\n    freddy frederick",
        " gerty gertrude",
        " grisha grigory",
        " grushenka agrafena",
        " gus augustus",
        " hal henry harry",
        " harry\n    henry harold",
        " hetty henrietta hester",
        " huck huckleberry",
        " ilyusha ilya",
        " jack john",
        " jake jacob",
        " jamie james",
        "\n    jem james jeremiah",
        " jennie jane jennifer",
        " jenny jane jennifer",
        " jerry jeremiah gerald",
        " jim james",
        " jimmy\n    james",
        " jo josephine",
        " joe joseph",
        " johnny john",
        " josh joshua",
        " kate catherine katherine katharine",
        " katie\n    catherine katherine katharine",
        " katya katerina ekaterina",
        " kit christopher",
        " kitty catherine katherine\n    katharine",
        " kolya nikolai nikolay",
        " larry lawrence laurence",
        " laurie laurence lawrence theodore",
        " len leonard",
        "\n    lise elizabeth liza",
        " liza elizabeth lizaveta",
        " lizzie elizabeth",
        " lizzy elizabeth",
        " lottie charlotte",
        " lou\n    louisa louis",
        " maggie margaret",
        " mat matthew",
        " matt matthew",
        " mattie matilda martha",
        " maud matilda",
        " max\n    maximilian",
        " meg margaret",
        " mike michael",
        " millie mildred millicent",
        " minnie wilhelmina",
        " misha mihail mikhail",
        "\n    mitya dmitri dmitry",
        " moll mary",
        " molly mary",
        " nan anne nancy",
        " nat nathaniel",
        " ned edward edmund",
        " nell helen\n    eleanor ellen",
        " nellie helen eleanor ellen",
        " nelly helen eleanor ellen",
        " nick nicholas",
        " pat patrick patricia",
        "\n    peggy margaret",
        " pete peter",
        " petya pyotr",
        " phil philip",
        " pip philip",
        " polly mary",
        " ray raymond",
        " rob robert",
        " rosie\n    rose",
        " sadie sarah",
        " sally sarah",
        " sam samuel",
        " sandy alexander",
        " sasha alexander alexandra",
        " sid sidney",
        " sonia\n    sofya",
        " sophy sophia",
        " steve stephen steven",
        " sue susan",
        " susie susan",
        " ted edward theodore",
        " teddy edward\n    theodore",
        " tess teresa theresa",
        " theo theodore theobald",
        " tilly matilda",
        " tim timothy",
        " toby tobias",
        " tom thomas",
        "\n    tommy thomas",
        " tony anthony",
        " vanya ivan",
        " wat walter",
        " will william",
        " willie william",
        " willy william",
        " winnie\n    winifred\n    ",
    ]
}
