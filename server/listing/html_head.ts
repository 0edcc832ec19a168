// How a page of the server's own begins. Pure.

/** All up to the body; `title` is escaped, `more` stands behind it. */
export function htmlHead(title: string, more: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${more}
</head>`;
}
