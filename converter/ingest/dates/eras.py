"""Parse eras of Japan and China in Latin letters: "Meiji 20", "Edo period".

An era's first year counts as its year 1, so "Bunka 5" is 1808. Eras change within a year: the last year of one is the
first of the next. Source for Japan: Tsuchihashi, "Japanese Chronological Tables" (Tokyo, 1952).
"""

import re

from converter.ingest.dates.words import any_of, fold
from converter.ingest.dates.year_range import Span

_LAST_YEAR = 2099  # of the present era
# The first years of the Japanese eras on prints, with the spellings that differ in more than accents.
_JAPANESE = """keicho:1596 genna,genwa:1615 kan'ei,kanei:1624 shoho:1644 keian:1648 joo,jo'o:1652 meireki:1655 manji:1658
kanbun,kambun:1661 enpo,empo:1673 tenna,tenwa:1681 jokyo:1684 genroku:1688 hoei:1704 shotoku:1711 kyoho:1716 genbun:1736
kanpo,kampo:1741 enkyo:1744 kan'en,kanen:1748 horeki,hōryaku:1751 meiwa:1764 an'ei,anei:1772 tenmei,temmei:1781
kansei:1789 kyowa:1801 bunka:1804 bunsei:1818 tenpo,tempo:1830 koka:1844 kaei:1848 ansei:1854 man'en,manen:1860
bunkyu:1861 genji:1864 keio:1865 meiji:1868 taisho:1912 showa:1926 heisei:1989 reiwa:2019"""
_CHINESE = """chongzhen:1628-1644 shunzhi:1644-1661 kangxi:1662-1722 yongzheng:1723-1735 qianlong:1736-1795
jiaqing:1796-1820 daoguang:1821-1850 xianfeng:1851-1861 tongzhi:1862-1874 guangxu:1875-1908 xuantong:1909-1911"""
# Long periods, which have no numbered years.
_PERIODS = """heian:794-1185 kamakura:1185-1333 muromachi:1336-1573 momoyama:1573-1615 azuchi-momoyama:1573-1600
edo,tokugawa:1603-1868 ming:1368-1644 qing:1644-1911 joseon,choson:1392-1910"""
_PERIOD_WORD = any_of(
    """period era epoch age dynasty reign zeit ära epoche periode dynastie époque ère période dynastie règne periodo
    epoca era dinastia regno tijdperk tijd heerschappij período época dinastía reinado"""
)
# Names that a text may use alone; "Edo" alone is a town, and "Genji" a prince.
_ALONE = any_of("meiji taisho showa heisei reiwa")


def _table(text: str) -> dict[str, tuple[int, int]]:
    """Return first and last year by folded name."""
    rows = [entry.rsplit(":", 1) for entry in text.split()]
    ends = [_ends(years) for _, years in rows]
    following = [first for first, _ in ends[1:]] + [_LAST_YEAR]
    return {
        fold(name): (first, last or next_first)
        for (names, _), (first, last), next_first in zip(rows, ends, following, strict=True)
        for name in names.split(",")
    }


def _ends(years: str) -> tuple[int, int | None]:
    first, _, last = years.partition("-")
    return int(first), int(last) if last else None


_NUMBERED = _table(_JAPANESE) | _table(_CHINESE)
_ALL = _NUMBERED | _table(_PERIODS)


def _names(table: dict[str, tuple[int, int]]) -> str:
    ordered = sorted(table, key=len, reverse=True)
    return f"({'|'.join(map(re.escape, ordered))})"


_YEAR_OF_ERA = re.compile(
    rf"(?:{_PERIOD_WORD} )?{_names(_NUMBERED)}(?:[ -]{_PERIOD_WORD})? ([0-9]{{1,2}})(?:st|nd|rd|th|\.)?(?: year)?"
    rf"(?:/(?:[ivx]{{1,4}}|[0-9]{{1,2}}))?"
)
_ERA = re.compile(
    rf"(?:(?:the |la |le |il |die |l')?{_PERIOD_WORD} (?:de |d'|di |del |van )?{_names(_ALL)}"
    rf"|(?:the |die |de )?{_names(_ALL)}[ -]{_PERIOD_WORD}|({_ALONE}))"
)
ERA_TAIL = rf"[ -]({_PERIOD_WORD})$"


def parse_era(text: str) -> Span | None:
    """Parse a year of an era, or a whole era.

    Args:
        text: A text folded by `words.fold`.

    Returns:
        The years; `None` unless the whole text is an era that is known, with a year that it had.
    """
    if found := _YEAR_OF_ERA.fullmatch(text):
        first, last = _NUMBERED[found[1]]
        year = first + int(found[2]) - 1
        return Span(first=year, last=year) if first <= year <= last else None
    if found := _ERA.fullmatch(text):
        first, last = _ALL[found[1] or found[2] or found[3]]
        return Span(first=first, last=last, vague=True)
    return None
