"""The style sheet of the evaluation's page, light and dark."""

STYLE = """
:root { --paper: #fbfaf7; --card: #f3f1ea; --rule: #d9d5c9; --ink: #23211d; --quiet: #777265;
  --first: #2d6a78; --second: #b0702a; --third: #7a5a9c; --warn: #a8442f; --good: #3c6e48; }
@media (prefers-color-scheme: dark) { :root { --paper: #191816; --card: #22211e; --rule: #3a3832; --ink: #e9e5da;
  --quiet: #9a9486; --first: #6fb0bf; --second: #d99a55; --third: #b79ad6; --warn: #e07f68; --good: #86b893; } }
@media print { :root { --paper: #fff; --card: #fff; } section, .case, tr { break-inside: avoid; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 3.5rem 1.5rem 5rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 17px/1.55 Charter, "Bitstream Charter", "Iowan Old Style", Georgia, "Liberation Serif", serif; }
h1 { font-size: 2rem; line-height: 1.2; font-weight: 600; margin: .2rem 0 .6rem; text-wrap: balance; }
h2 { font-size: 1.2rem; font-weight: 600; margin: 3.2rem 0 .4rem; }
p { margin: .5rem 0; }
.over, figcaption, table, .case, .small, svg { font-family: system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
.over { color: var(--quiet); font-size: .82rem; letter-spacing: .04em; }
.lead { font-size: 1.1rem; max-width: 48rem; }
table { border-collapse: collapse; width: 100%; font-size: .84rem; font-variant-numeric: tabular-nums; margin: .8rem 0; }
th { text-align: right; font-weight: 500; color: var(--quiet); padding: .3rem .5rem; border-bottom: 1px solid var(--rule); vertical-align: bottom; }
td { text-align: right; padding: .38rem .5rem; border-bottom: 1px solid var(--rule); white-space: nowrap; vertical-align: top; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; }
td i { font-style: normal; color: var(--quiet); font-size: .92em; }
td i.interval { display: block; font-size: .84em; }
.met { color: var(--good); } .missed { color: var(--warn); font-weight: 600; }
.wide { overflow-x: auto; }
figure { margin: 1.4rem 0 0; max-width: 48rem; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; font-size: 12px; }
figcaption, .small { color: var(--quiet); font-size: .84rem; line-height: 1.5; }
figcaption { margin-top: .5rem; }
svg text { fill: var(--ink); }
svg .axis { stroke: var(--quiet); } svg .grid { stroke: var(--rule); stroke-width: .5; }
svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .l0 { stroke: var(--first); } svg .l1 { stroke: var(--second); stroke-dasharray: 7 3; }
svg .l2 { stroke: var(--third); stroke-dasharray: 2 3; }
svg .ground { fill: var(--card); } svg .bar { fill: var(--first); } svg .bar.quiet { fill: var(--second); }
svg .interval { stroke: var(--ink); stroke-width: 1.5; }
.cases { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1rem; margin-top: .8rem; }
.case { background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: .8rem; font-size: .78rem; line-height: 1.35; }
.case header { display: flex; justify-content: space-between; gap: 1rem; margin-bottom: .6rem; color: var(--quiet); }
.three { display: grid; grid-template-columns: 1.4fr 1fr 1fr; gap: .7rem; }
.three div > span { display: block; color: var(--quiet); margin-bottom: .25rem; }
.three img, .three .none { display: block; width: 100%; height: 8.5rem; object-fit: contain; object-position: left center; }
.none { display: grid; place-items: center; text-align: center; color: var(--quiet); border: 1px dashed var(--rule); }
.three b { display: block; font-weight: 500; margin-top: .4rem; overflow-wrap: anywhere; }
.three small { color: var(--quiet); font-size: 1em; overflow-wrap: anywhere; }
@media (max-width: 30rem) { .cases { grid-template-columns: 1fr; } body { padding-top: 2rem; } }
"""
