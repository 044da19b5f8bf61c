"""Patterns of the words around a date: what was made then, and remarks.

Only vocabulary in six languages: `converter.ingest.dates.clauses` decides what the words mean. Folded like
`words`. Nouns of a picture that a print only copies are here too, as their years aren't the print's.
"""

import re

from converter.ingest.dates.words import MONTH, any_of

# The making of the plate, block or stone, or of the design for it.
PLATE = any_of(
    """plate block stone matrix engraved etched executed drawn designed design original originally first cut carved
    platte druckstock druckträger druckträgers stein holzstock gestochen radiert geschnitten lithographiert gezeichnet
    entwurf entworfen entstehung entstanden ausführung ausgeführt herstellung hergestellt
    planche cuivre pierre bois gravé gravée dessiné dessinée création créé créée exécution exécuté exécutée
    lastra matrice pietra inciso incisa incisione acquaforte disegnato disegnata disegno creazione esecuzione eseguito
    eseguita ideazione plaat steen houtblok gegraveerd geëtst getekend ontwerp ontworpen vervaardiging vervaardigd
    plancha lámina matriz piedra grabado grabada diseño diseñado diseñada dibujado dibujada creación creado creada
    ejecución ejecutado ejecutada"""
)
# The making of the sheet: printing, publishing, and doing so again.
IMPRESSION_VERB = any_of(
    """printed reprinted published republished pubd. reissued re-issued reproduced restruck re-carved recarved re-cut
    recut gedruckt nachgedruckt neugedruckt erschienen herausgegeben verlegt publiziert veröffentlicht
    imprimé imprimée réimprimé réimprimée tiré tirée retiré retirée publié publiée édité éditée
    stampato stampata ristampato ristampata pubblicato pubblicata edito edita
    gedrukt herdrukt uitgegeven gepubliceerd impreso impresa reimpreso reimpresa estampado estampada publicado
    publicada editado editada"""
)
IMPRESSION = (
    "(?:"
    + IMPRESSION_VERB
    + "|"
    + any_of(
        """publ. pub. impression print printing publication reprint reissue restrike strike reproduction posthumous
        druck abdruck abzug neudruck nachdruck publikation veröffentlichung verlag erscheinung druckjahr
        erscheinungsjahr impression épreuve réimpression retirage publication stampa ristampa impressione
        pubblicazione druk afdruk herdruk publicatie impresión reimpresión estampación publicación posthumously posthum
        postum postuum póstumo postumo posthume"""
    )
    + ")"
)
# Words of the impression that may stand before its size: "edition 1500" is 1,500 sheets.
EDITION = any_of(
    "edition ed. auflage aufl. ausgabe édition éd. tirage edizione ediz. tiratura editie oplage uitgave edición tirada"
)
# The model of a print. Its year is not the print's.
MODEL = any_of(
    """painting paintings drawing sculpture gemälde zeichnung vorlage peinture tableau dessin dipinto schilderij
    tekening pintura cuadro dibujo"""
)
_FILLER = any_of(
    """this this_is one it was is a an the in of on at for by from its made make issued completed finished
    started commenced dated date date_of version series set album book item miniature preface label signature wood
    woodblock woodcut etching engraving lithograph and then later as during signed
    dieser diese dies das die der des dem im in am von vom wurde ist und dann datiert datierung datum jahr vollendet
    begonnen angefertigt signiert blatt holzschnitt radierung kupferstich lithographie
    ce cette cet le la les l' d' du de des en au un une est fut et puis daté datée date année achevé achevée commencé
    signé gravure estampe eau-forte
    questo questa il lo la l' un una del della dello di nel e poi datato datata datazione data anno finito iniziato
    firmato stampe
    dit deze het een van de der in en werd is toen gedateerd datering datum jaar voltooid gesigneerd prent
    este esta el la los del de en un una y fue luego fechado fechada fecha año terminado terminada firmado estampa"""
)
_COMPOUND = (
    r"(?P<made>entstehungs|herstellungs|ausfuhrungs|entwurfs)?"
    r"(?P<printed>druck|erscheinungs|publikations|veroffentlichungs|verlags)?(?:jahr|datum|zeitraum|zeit)"
)
# One word before or after a date, with the role that it gives the date.
CARRIER = re.compile(
    rf"(?:(?P<plate>{PLATE})|(?P<impression>{IMPRESSION})|(?P<edition>{EDITION})|(?P<model>{MODEL})|{_COMPOUND}"
    rf"|(?P<filler>{_FILLER}))(?![a-z])"
)
_ORDINAL_OR_LATER = any_of(
    """first second third original later posthumous zweite zweiter second seconde seconda secondo tweede segunda"""
)
# The last word after a date, with the role that it gives the date: "1962 block", "1940 first edition".
LAST_CARRIER = re.compile(rf"(?P<before>.+?)[ ,-]+(?:{_ORDINAL_OR_LATER}|{CARRIER.pattern})")
# Nouns after which figures may be a number rather than a year: "plate 1483", "edition 1500".
_NUMBERED = (
    "(?:"
    + EDITION
    + "|"
    + any_of(
        """plate block stone sheet platte druckstock stein blatt tafel planche pierre lastra matrice pietra tavola plaat
        steen plancha lámina piedra album book set series item"""
    )
    + ")"
)
NUMBERED = re.compile(_NUMBERED)
# "After" before a model is no date: "after a painting of 1620".
AFTER_MODEL = re.compile(
    rf"(?:made )?(?:after|nach|d'apres|da|dal|naar|segun) (?:[a-z']{{1,6}} )?(?={MODEL})"
)

_UNDATED = r"n\.? ?d\.?|s\.? ?d\.?|s\.? ?a\.?|s[./] ?f\.?|o\.? ?[jd]\.?|z\.? ?[jd]\.?|" + any_of(
    """no_date not_dated undated date_unknown date_not_known unknown_date unknown without_date
        ohne_jahr ohne_datum ohne_jahresangabe ohne_datumsangabe ohne_datierung undatiert nicht_datiert unbekannt
        datum_unbekannt entstehungsjahr_unbekannt unbekanntes_datum
        sans_date non_daté non_datée date_inconnue inconnu inconnue pas_de_date
        senza_data senza_anno non_datato non_datata data_sconosciuta sconosciuta sconosciuto data_ignota ignota
        zonder_jaar zonder_datum ongedateerd niet_gedateerd datum_onbekend onbekend
        sin_fecha sin_año no_fechado no_fechada sin_fechar fecha_desconocida desconocida desconocido sine_anno"""
)
UNDATED = re.compile(rf"(?:{_UNDATED})|[\W_]+")  # a dash or question mark alone says so, too
# Where prints are published, for a library's imprint; an unknown word there may be a label, such as "Gift : Miller, 1920".
PLACE = any_of(
    """s.l. london edinburgh oxford dublin new_york philadelphia boston paris lyon strasbourg bruxelles genève
    amsterdam rotterdam den_haag haarlem leiden utrecht antwerpen antwerp anvers brussel brussels
    berlin leipzig dresden hamburg frankfurt köln münchen nürnberg augsburg stuttgart wien vienna prag basel zürich bern
    roma rome venezia venice firenze florence milano bologna napoli torino parma
    madrid barcelona sevilla valencia mexico japan tokyo edo osaka kyoto nagoya"""
)
_LATER = any_of(
    """later afterwards posthumously später spätere späterer posthum postum plus_tard postérieur postérieure posthume
    tardif tardive più_tardi posteriore postumo postuma tardi latere postuum posterior póstumo póstuma tardío tardía"""
)
_KIND = any_of(
    """early late later first second third fourth fifth final only contemporary modern posthumous proof actual new
    frühe frühes früher späte spätes später erste erster erstes zweite zweiter zweites
    premier première deuxième second seconde prima primo seconda secondo eerste tweede primera primero segunda segundo"""
)
_STATE = any_of("state zustand état stato staat estado")
# Remarks that say nothing of the year.
REMARK = re.compile(
    rf"(?:probably |wohl |probablement |probabilmente )?{_LATER}"
    r"|(?:(?:no|nr|num|ed)\.? ?)?[0-9]{1,3} ?(?:/|of|von|de|di|van|aus) ?[0-9]{1,3}"
    r"|(?:a\.? ?p|e\.? ?a|h\.? ?c|p\.? ?a)\.?|"
    + any_of("artist's_proof artist_proof épreuve_d'artiste prova_d'artista prueba_de_artista")
    + rf"|(?:[0-3]?[0-9](?:st|nd|rd|th|\.)? )?{MONTH}(?: [0-3]?[0-9](?:st|nd|rd|th|\.)?)?"
    r"|new year|[0-9]{1,2}(?:st|nd|rd|th) (?:day|month)"
    rf"|(?:[0-9]{{1,2}}(?:st|nd|rd|th|e|er|\.)?|[ivx]{{1,4}}\.?) {_STATE}(?: (?:of|von|de|di|van) [0-9ivx]{{1,4}})?"
    rf"|{_NUMBERED} (?:(?:of|von|de|di|van|zu|no\.?|nr\.?) )?[0-9]{{1,3}}(?: (?:of|von|de|di|van) [0-9]{{1,3}})?"
    rf"|(?:{_STATE} )[ivx0-9/ ]{{1,9}}|japan(?:ese)?|china|chinese"
)
KIND = re.compile(rf"(?:{_KIND}|[0-9]{{1,2}}(?:st|nd|rd|th|e|\.)|{_STATE})(?![a-z0-9])")
