// How the page of a folder looks: light and dark, from a phone's width up. One style, which refers to nothing
// outside of the page.

import { ICON_RULES } from "./icons.ts";

/** The content of its `style` element. */
export const STYLE: string = ICON_RULES + String.raw`
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --card: #ffffff; --raised: #ffffff; --hover: #f4f6fb; --head: #fbfbf9;
  --text: #20211f; --muted: #686963; --line: #e5e5df; --edge: #d3d3cb; --field: #8b8c84;
  --accent: #3a5bc7; --on-accent: #ffffff; --accent-soft: #e9eefb;
  --good: #1c7a4b; --bad: #b3322b; --bad-soft: #fceeec;
  --shadow: 0 1px 2px rgb(30 32 40 / 5%), 0 6px 20px -10px rgb(30 32 40 / 12%);
  --folder: #4a74d8; --image: #1d8a6b; --video: #a24ec0; --audio: #c0567a; --archive: #a4762a;
  --book: #c24d3f; --sheet: #2f8a4c; --code: #2c7fa3; --plain: #80817a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #141518; --card: #1b1d21; --raised: #23262b; --hover: #22252b; --head: #1e2025;
    --text: #e9e9e6; --muted: #a0a19c; --line: #2a2d33; --edge: #3a3e46; --field: #757a84;
    --accent: #9db4ff; --on-accent: #12172a; --accent-soft: #242c44;
    --good: #6cc895; --bad: #f08f87; --bad-soft: #3a2322;
    --shadow: 0 1px 2px rgb(0 0 0 / 30%), 0 10px 28px -12px rgb(0 0 0 / 60%);
    --folder: #86a6f7; --image: #63c3a5; --video: #cf93e6; --audio: #eb93b1; --archive: #d9b06a;
    --book: #ef8d80; --sheet: #7ac893; --code: #75bbdb; --plain: #94958f;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.25rem 1.5rem 4rem; max-width: 66rem; background: var(--ground); color: var(--text);
  font: 0.9375rem/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial,
    sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji";
  accent-color: var(--accent);
}
h1, h2, h3, p, ol, ul, dl, figure { margin: 0; }
[hidden] { display: none !important; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 0.375rem; }

.icon {
  display: inline-block; flex: none; width: 1.25rem; height: 1.25rem; background: currentColor; -webkit-mask: var(--icon) center / 100% no-repeat; mask: var(--icon) center / 100% no-repeat;
  forced-color-adjust: none;
}
.icon-folder { color: var(--folder); } .icon-image { color: var(--image); } .icon-video { color: var(--video); }
.icon-audio { color: var(--audio); } .icon-archive { color: var(--archive); } .icon-book { color: var(--book); }
.icon-sheet { color: var(--sheet); } .icon-code { color: var(--code); }
.icon-file, .icon-text, .icon-font { color: var(--plain); }

button, input, .button { font: inherit; color: inherit; }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.5rem; min-height: 2.375rem;
  padding: 0 0.875rem; border: 1px solid var(--edge); border-radius: 0.5rem; background: var(--raised); cursor: pointer;
  font-weight: 500; white-space: nowrap;
}
button:hover, .button:hover { border-color: var(--field); text-decoration: none; }
button:disabled { opacity: 0.55; cursor: default; }
.button { color: var(--text); }
button .icon, .button .icon { width: 1.125rem; height: 1.125rem; margin-left: -0.125rem; }
.primary { border-color: transparent; background: var(--accent); color: var(--on-accent); }
.primary:hover { border-color: transparent; filter: brightness(1.08); }
.danger { border-color: transparent; background: var(--bad); color: var(--card); }
.bare { min-height: 2rem; min-width: 2rem; padding: 0; border-color: transparent; background: none; color: var(--muted); }
.bare:hover { background: var(--accent-soft); border-color: transparent; color: var(--accent); }
.bare .icon { margin: 0; }
input[type=text], input[type=search] {
  width: 100%; min-height: 2.375rem; padding: 0 0.75rem; border: 1px solid var(--edge); border-radius: 0.5rem;
  background: var(--raised);
}
input:focus-visible { outline-offset: -1px; border-color: var(--accent); border-radius: 0.5rem; }
::placeholder { color: var(--muted); opacity: 1; }

.top { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1.5rem; margin-bottom: 1.25rem; }
.path { flex: 1 1 18rem; min-width: 0; }
.path ol {
  display: flex; flex-wrap: wrap; align-items: center; list-style: none; padding: 0; font-size: 1.1875rem;
  line-height: 1.35; letter-spacing: -0.01em;
}
.path li { display: flex; align-items: center; min-width: 0; overflow-wrap: anywhere; }
.path li + li::before { content: "/"; margin: 0 0.5rem; color: var(--field); font-weight: 400; }
.path a { color: var(--muted); } .path a:hover { color: var(--accent); }
.path .home { display: inline-flex; align-items: center; gap: 0.5rem; }
.path .icon { width: 1.375rem; height: 1.375rem; }
h1 { display: inline-flex; align-items: center; gap: 0.5rem; font-size: inherit; font-weight: 650; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; margin-bottom: 0.875rem; }
.filter { position: relative; display: flex; gap: 0.5rem; flex: 1 1 14rem; max-width: 24rem; }
.filter .icon { position: absolute; left: 0.6875rem; top: 0.625rem; width: 1.125rem; height: 1.125rem; color: var(--muted); pointer-events: none; }
.filter input { padding-left: 2.25rem; }
.filter kbd {
  position: absolute; right: 0.5rem; top: 0.5rem; padding: 0 0.4375rem; border: 1px solid var(--line); border-radius: 0.3125rem;
  color: var(--muted); font: 0.75rem/1.25rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; pointer-events: none;
}
.filter input:focus ~ kbd, .filter input:not(:placeholder-shown) ~ kbd { visibility: hidden; }
.js .filter button { display: none; } html:not(.js) kbd { display: none; }
.count { color: var(--muted); margin-left: auto; font-variant-numeric: tabular-nums; }
.plain-upload { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin-bottom: 0.875rem; }
.js .plain-upload { display: none; }

.card { border: 1px solid var(--line); border-radius: 0.75rem; background: var(--card); box-shadow: var(--shadow); overflow: clip; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
thead th { padding: 0; background: var(--head); border-bottom: 1px solid var(--line); text-align: left; font-weight: 500; font-size: 0.8125rem; }
thead a, thead .label { display: flex; align-items: center; gap: 0.375rem; padding: 0.5625rem 1rem; color: var(--muted); }
thead a:hover { color: var(--text); text-decoration: none; }
thead a::after { content: ""; width: 0; height: 0; border: 0.25rem solid transparent; }
[aria-sort] a { color: var(--text); }
[aria-sort=ascending] a::after { border-bottom-color: currentColor; margin-top: -0.25rem; }
[aria-sort=descending] a::after { border-top-color: currentColor; margin-top: 0.25rem; }
thead a:focus-visible { outline-offset: -3px; }
.size a { flex-direction: row-reverse; }
tbody tr { border-top: 1px solid var(--line); } tbody tr:first-child { border-top: 0; }
tbody tr:hover, tbody tr:focus-within { background: var(--hover); }
tbody th, tbody td { padding: 0; font-weight: 400; text-align: left; vertical-align: middle; }
tbody .size, tbody .date { padding: 0.5625rem 1rem; color: var(--muted); white-space: nowrap; font-size: 0.875rem; }
.size { width: 7rem; } tbody .size { text-align: right; } .date { width: 12.5rem; } .doing { width: 5.5rem; }
tbody .name > a { display: flex; align-items: center; gap: 0.75rem; padding: 0.5625rem 1rem; color: var(--text); }
tbody .name > a:hover { color: var(--accent); text-decoration: none; }
tbody .name > a:focus-visible { outline-offset: -3px; border-radius: 0.5rem; }
.name bdi { min-width: 0; overflow-wrap: anywhere; }
.code { padding: 0 0.25em; border: 1px solid var(--edge); border-radius: 0.25em; color: var(--bad); font: 0.75em ui-monospace, monospace; }
.doing { padding-right: 0.625rem !important; text-align: right !important; white-space: nowrap; }
.empty { padding: 3rem 1.5rem 3.25rem; color: var(--muted); text-align: center; }
.empty .icon { width: 2.5rem; height: 2.5rem; margin-bottom: 0.25rem; color: var(--field); }
.empty strong { display: block; color: var(--text); font-weight: 600; }
.busy { opacity: 0.6; }
.unlisted { margin-top: 0.75rem; padding: 0 1rem; color: var(--muted); font-size: 0.875rem; }
.pages { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 0.5rem; margin-top: 1rem; }
.pages span { color: var(--muted); padding: 0 0.5rem; font-variant-numeric: tabular-nums; }
.notice { margin-bottom: 0.875rem; padding: 0.625rem 1rem; border-radius: 0.625rem; background: var(--bad-soft); color: var(--bad); }

.uploads { margin-bottom: 0.875rem; }
.uploads header { display: flex; align-items: center; gap: 0.75rem; padding: 0.5rem 0.625rem 0.5rem 1rem; background: var(--head); border-bottom: 1px solid var(--line); }
.uploads h2 { flex: 1; font-size: 0.875rem; font-weight: 600; }
.uploads header button { min-height: 1.875rem; padding: 0 0.625rem; font-size: 0.8125rem; }
.uploads ul { list-style: none; padding: 0; max-height: 22rem; overflow: auto; }
.uploads li { display: grid; grid-template-columns: auto 1fr auto; gap: 0.25rem 0.75rem; align-items: center; padding: 0.625rem 0.625rem 0.6875rem 1rem; }
.uploads li + li { border-top: 1px solid var(--line); }
.uploads .what { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; min-width: 0; }
.uploads .what bdi { flex: 1 1 10rem; min-width: 0; overflow-wrap: anywhere; font-weight: 500; }
.uploads .state { color: var(--muted); font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
.uploads progress { grid-column: 2; }
.uploads .buttons { grid-column: 3; grid-row: 1 / span 2; display: flex; gap: 0.25rem; align-items: center; }
.uploads .buttons button:not(.bare) { min-height: 1.875rem; padding: 0 0.625rem; font-size: 0.8125rem; }
.uploads li > .icon { grid-row: 1 / span 2; }
.uploads .failed .state { color: var(--bad); } .uploads .done .state { color: var(--good); }
.uploads .done progress, .uploads .cancelled progress, .uploads .refused progress { display: none; }
.uploads .cancelled { color: var(--muted); }
progress { appearance: none; display: block; width: 100%; height: 0.3125rem; border: 0; border-radius: 1rem; background: var(--line); overflow: hidden; }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--accent); border-radius: 1rem; transition: inline-size 0.2s; }
progress::-moz-progress-bar { background: var(--accent); border-radius: 1rem; }
.paused progress::-webkit-progress-value { background: var(--field); } .paused progress::-moz-progress-bar { background: var(--field); }
.drop { position: fixed; inset: 0.75rem; z-index: 2; display: grid; place-content: center; justify-items: center; gap: 0.75rem; border: 2px dashed var(--accent); border-radius: 1rem; background: color-mix(in srgb, var(--card) 92%, transparent); color: var(--accent); font-size: 1.125rem; font-weight: 600; pointer-events: none; text-align: center; padding: 1rem; overflow-wrap: anywhere; }
.drop .icon { width: 2.5rem; height: 2.5rem; }

dialog { width: min(26rem, calc(100vw - 2rem)); padding: 1.375rem 1.5rem 1.25rem; border: 1px solid var(--line); border-radius: 0.875rem; background: var(--card); color: var(--text); box-shadow: 0 24px 60px -12px rgb(0 0 0 / 35%); }
dialog::backdrop { background: rgb(18 19 24 / 45%); }
dialog h2 { font-size: 1.0625rem; font-weight: 650; overflow-wrap: anywhere; }
dialog p { margin-top: 0.375rem; color: var(--muted); overflow-wrap: anywhere; }
dialog label { display: block; margin-top: 0.875rem; font-weight: 500; } dialog label input { margin-top: 0.25rem; font-weight: 400; }
dialog .wrong { color: var(--bad); } dialog .actions { justify-content: flex-end; margin-top: 1.25rem; }

.readme { margin-top: 1.5rem; }
.readme > h2 { display: flex; align-items: center; gap: 0.625rem; padding: 0.625rem 1rem; border-bottom: 1px solid var(--line); background: var(--head); font-size: 0.875rem; font-weight: 600; }
.prose { padding: 0.5rem 1.75rem 1.75rem; max-width: 46rem; line-height: 1.65; overflow-wrap: break-word; }
.prose > * { margin: 1rem 0 0; }
.prose :is(h3, h4, h5, h6) {  margin-top: 1.75rem; font-weight: 650; line-height: 1.3; letter-spacing: -0.01em; }
.prose .h1 { font-size: 1.5rem; } .prose .h2 { font-size: 1.1875rem; } .prose .h3 { font-size: 1.0625rem; } .prose :is(.h4, .h5, .h6) { font-size: 1rem; }
.prose > :first-child { margin-top: 1rem; }
.prose ul, .prose ol { padding-left: 1.5rem; } .prose li + li { margin-top: 0.25rem; }
.prose a { text-decoration: underline; text-underline-offset: 0.2em; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
.prose code, .prose pre, .prose > .text { font: 0.875em/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.prose code { padding: 0.125em 0.3125em; border-radius: 0.3125rem; background: var(--ground); }
.prose pre { padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--ground); overflow: auto; }
.prose pre code { padding: 0; background: none; font-size: 1em; } .prose > .text { padding: 0; border: 0; background: none; white-space: pre-wrap; }
.prose blockquote { margin-inline: 0; padding-left: 1rem; border-left: 3px solid var(--edge); color: var(--muted); }
.prose img { max-width: 100%; height: auto; border-radius: 0.5rem; vertical-align: middle; }
.prose hr { border: 0; border-top: 1px solid var(--line); margin: 1.5rem 0 0; }
.prose table { display: block; width: max-content; max-width: 100%; overflow: auto; }
.prose th, .prose td { padding: 0.375rem 0.75rem; border: 1px solid var(--line); } .prose th { background: var(--head); font-weight: 600; font-size: inherit; }

@media (max-width: 40rem) {
  body { padding: 1.125rem 0.875rem 3rem; font-size: 1rem; }
  .top { gap: 0.875rem; margin-bottom: 0.875rem; } .path { flex-basis: 100%; }
  .top > .actions { width: 100%; } .top > .actions > * { flex: 1; min-height: 2.75rem; padding: 0 0.375rem; gap: 0.375rem; font-size: 0.875rem; }
  .filter { max-width: none; flex-basis: 100%; } .filter input { min-height: 2.75rem; } .filter .icon { top: 0.8125rem; } .filter kbd { display: none; }
  .count { margin: 0; font-size: 0.875rem; }
  table, tbody { display: block; }
  thead, thead tr { display: flex; background: var(--head); } thead tr { width: 100%; border-bottom: 1px solid var(--line); }
  thead tr { align-items: center; padding: 0 0.25rem 0 0.875rem; } thead tr::before { content: "Sort by"; flex: 1; color: var(--muted); font-size: 0.8125rem; white-space: nowrap; }
  thead th, thead .size, thead .date { width: auto; border: 0; background: none; } thead .doing { display: none; } .size a { flex-direction: row; } thead a { padding: 0.75rem 0.5rem; }
  tbody tr { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; grid-template-areas: "name name doing" "size date doing"; padding: 0 0 0.6875rem; }
  tbody .name { grid-area: name; min-width: 0; } tbody .name > a { align-items: flex-start; padding: 0.6875rem 0.875rem 0; line-height: 1.35; }
  tbody .size, tbody .date { padding: 0; font-size: 0.8125rem; line-height: 1.3; width: auto; }
  tbody .size { grid-area: size; padding-left: 2.875rem; } tbody .date { grid-area: date; white-space: normal; }
  tbody .size:not(:empty)::after { content: "\b7"; margin: 0 0.4375rem; }
  tbody .doing { grid-area: doing; align-self: center; width: auto; margin-bottom: -0.6875rem; } .doing button { min-width: 2.625rem; min-height: 2.75rem; }
  .uploads .what bdi { flex-basis: 100%; }
  .uploads .buttons .bare { min-width: 2.75rem; min-height: 2.75rem; }
  .prose { padding: 0.25rem 1.125rem 1.25rem; } .pages > * { flex: 1; } .pages span { order: -1; flex-basis: 100%; text-align: center; }
}
@media (max-width: 23rem) { .clock { display: none; } }
@media (prefers-reduced-motion: reduce) { progress::-webkit-progress-value { transition: none; } }
@media print { .actions, .bar, .uploads, .pages, .doing { display: none; } body { background: none; padding: 0; } .card { box-shadow: none; } }
`;
