/** The report's only style: readable in light and dark, on paper and on a phone. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ccc, #444); --up: #1a7f37; --down: #cf222e; --level: #777 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums }
td, th { border-bottom: 1px solid var(--line); padding: .25rem .75rem; text-align: left; vertical-align: top }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); padding: .75rem }
details { border-bottom: 1px solid var(--line); padding: .4rem 0 }
summary { cursor: pointer }
.vars { opacity: .7; max-height: 16rem; overflow: auto }
ins { background: color-mix(in srgb, var(--up) 25%, transparent); text-decoration: none }
del { background: color-mix(in srgb, var(--down) 25%, transparent); text-decoration: none }
.verdict { font-size: 1.3rem }
.regression, .fail, .worse strong { color: var(--down) }
.pass, .better strong { color: var(--up) }
svg { width: 100%; font: 13px system-ui, sans-serif; fill: currentColor }
.up { stroke: var(--up); fill: var(--up) } .down { stroke: var(--down); fill: var(--down) }
.level { stroke: var(--level); fill: var(--level) }
.zero { stroke: var(--line) } .axis { font-size: 11px; opacity: .7 }
`;
