// How the status page looks, light and dark, from 360 pixels up. It must not load anything.

const colours = `
:root { color-scheme: light dark;
  --ground: #f5f6f8; --card: #ffffff; --ink: #18212d; --quiet: #55617a; --rule: #dfe3ea; --rule-strong: #b9c1ce;
  --busy: #2f5cb5; --idle: #7b9de0; --starting: #b06f00; --draining: #6d4bb3; --unhealthy: #c02f2b; --waiting: #0b7a75;
  --warn-ground: #fdf0d8; --warn-ink: #6d4300; --good-ink: #14663d; --code: #eef1f5; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #0e131a; --card: #161d27; --ink: #e7ecf3; --quiet: #9fadc0; --rule: #283241; --rule-strong: #465266;
  --busy: #4673cf; --idle: #a5bff2; --starting: #e5a440; --draining: #b497ec; --unhealthy: #f47a70; --waiting: #45c7ba;
  --warn-ground: #3a2a0c; --warn-ink: #f6cf8b; --good-ink: #6fd3a0; --code: #212b38; } }
`;

const frame = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; padding: 0 clamp(12px, 2.5vw, 32px) 32px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; }
h1, h2, h3, h4, p, dl, dd, ol, ul { margin: 0; padding: 0; }
h1 { font-size: 17px; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 17px; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h3 { margin-top: 18px; font-size: 13px; font-weight: 650; }
h4 { margin-top: 10px; font-size: 13px; font-weight: 600; color: var(--quiet); }
a { color: inherit; text-underline-offset: 2px; }
code { padding: 1px 5px; border-radius: 4px; background: var(--code);
  font: 12px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: nowrap; }
.quiet, .meta { color: var(--quiet); }
.meta { font-weight: 400; font-size: 13px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.top { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; justify-content: space-between; padding: 18px 0 14px; }
.summary { display: flex; gap: 12px; align-items: baseline; font-size: 13px; }
.trouble { margin-bottom: 14px; padding: 10px 14px; border-radius: 8px; background: var(--warn-ground); color: var(--warn-ink); font-weight: 550; }
.trouble ul { padding-left: 1.3em; font-weight: 400; overflow-wrap: anywhere; }
.old #groups, .old .summary { filter: grayscale(1); }
.old .chart svg { opacity: 0.55; }
.whole { white-space: nowrap; }
.cards { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 29rem), 1fr)); align-items: start; }
.card { min-width: 0; padding: 16px 18px 18px; border: 1px solid var(--rule); border-radius: 10px; background: var(--card); }
footer { padding-top: 18px; font-size: 13px; }
`;

const cardText = `
.title { display: flex; gap: 12px; align-items: baseline; justify-content: space-between; }
.tag { flex: none; font-size: 13px; color: var(--quiet); }
.tag.warn { padding: 0 8px; border-radius: 99px; background: var(--warn-ground); color: var(--warn-ink); }
.tag.good { color: var(--good-ink); }
.path { color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
.demand { margin-top: 8px; }
.legend { display: grid; gap: 2px 12px; margin: 12px 0 8px; font-size: 13px; grid-template-columns: repeat(auto-fill, minmax(100px, 1fr)); }
.legend > div { display: flex; justify-content: space-between; border-bottom: 1px solid var(--rule); padding: 2px 0; }
.legend dt { display: flex; gap: 7px; align-items: center; color: var(--quiet); }
.legend dd { font-weight: 600; }
.because { margin-top: 2px; }
.reason { margin-top: 4px; }
.limits, .changes { list-style: none; font-size: 13px; }
.limits li { padding: 3px 0; }
.count { font-weight: 600; white-space: nowrap; }
.changes li { display: grid; gap: 0 12px; grid-template-columns: 4.2em 7em 1fr; padding: 5px 0; border-top: 1px solid var(--rule); }
.changes li:first-child { border-top: 0; }
.changes time { color: var(--quiet); }
.world { margin-bottom: 16px; }
.world dl { display: flex; flex-wrap: wrap; gap: 4px 32px; margin: 8px 0; }
.world dt { font-size: 13px; color: var(--quiet); }
.world dd { font-size: 22px; font-weight: 600; line-height: 1.2; }
.world .bad dd { color: var(--unhealthy); }
@media (max-width: 460px) {
  .card { padding: 14px 13px 15px; }
  .world dl { gap: 4px 22px; }
  .changes li { grid-template-columns: 4.2em 1fr; }
  .changes .why { grid-column: 1 / -1; }
}
`;

const chart = `
.chart { min-height: 40px; }
.chart svg { display: block; max-width: 100%; }
svg .busy { fill: var(--busy); }
svg .idle { fill: var(--idle); }
svg .starting { fill: url(#stripes); }
svg .draining { fill: url(#dots); }
svg .unhealthy { fill: url(#mesh); }
.tint { opacity: 0.22; }
.starting-tint, .starting-ink { fill: var(--starting); }
.draining-tint, .draining-ink { fill: var(--draining); }
.unhealthy-tint { fill: var(--unhealthy); }
.unhealthy-ink { fill: none; stroke: var(--unhealthy); stroke-width: 1.6; }
svg .wanted, svg .wanted-under, svg .max, svg .waiting { fill: none; }
svg .wanted { stroke: var(--ink); stroke-width: 1.75; stroke-linejoin: round; }
svg .wanted-under { stroke: var(--card); stroke-width: 4; opacity: 0.75; }
svg .max { stroke: var(--quiet); stroke-width: 1.25; stroke-dasharray: 5 4; }
svg .waiting { stroke: var(--waiting); stroke-width: 1.5; }
svg .waiting-area { fill: var(--waiting); opacity: 0.18; }
.grid { fill: none; stroke: var(--rule); }
.tick { fill: var(--quiet); font-size: 11.5px; }
.tick.end { text-anchor: end; }
.tick.middle { text-anchor: middle; }
.hit { fill: transparent; }
.hit:hover { fill: var(--ink); fill-opacity: 0.07; }
`;

/** The style sheet of the page. */
export const pageStyle = [colours, frame, cardText, chart].join('');
