// The status page as one HTML text without anything external. It must not know where the status comes from.

import { contentPolicy } from '../core/process/content-policy.ts';
import { browserScript } from './browser-script.ts';
import { pageStyle } from './style.ts';
import { escapeText } from './text.ts';

export interface PageOptions {
  /** Shown in the header and the browser's tab; `runner-autoscaler` if left out. */
  readonly title?: string | undefined;
}

/** Colour is never alone: the three states that pass by have a pattern each. */
const patterns = `<svg class="unseen" width="0" height="0" aria-hidden="true"><defs>
<pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="tint starting-tint" width="6" height="6"/><rect class="starting-ink" width="2.5" height="6"/></pattern>
<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="tint draining-tint" width="6" height="6"/><circle class="draining-ink" cx="3" cy="3" r="1.6"/></pattern>
<pattern id="mesh" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="tint unhealthy-tint" width="6" height="6"/><path class="unhealthy-ink" d="M0 0H6M0 0V6"/></pattern>
</defs></svg>`;

/**
 * The page that polls the relative URL `status` every two seconds and draws it. Serve it as text/html, in the same
 * folder as `status`; it carries its own content security policy.
 */
export function dashboardPage({ title = 'runner-autoscaler' }: PageOptions = {}): string {
  const script = browserScript();
  const more = [`connect-src 'self'`, 'img-src data:'];
  const policy = contentPolicy({ style: pageStyle, script, more });
  const name = escapeText(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${policy}
<title>${name}</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
${patterns}
<header class="top"><h1>${name}</h1><div id="summary" class="summary"></div></header>
<p id="trouble" class="trouble" role="alert" hidden></p>
<div id="notices" role="status"></div>
<main id="groups"><p class="quiet">Waiting for the first answer.</p></main>
<footer class="quiet">Read only. Times are UTC. <a href="status">status as JSON</a> · <a href="metrics">metrics</a></footer>
<noscript><p class="trouble">This page draws with JavaScript, which is off. The same is under <a href="status">status</a>.</p></noscript>
<script>${script}</script>
</body>
</html>
`;
}
