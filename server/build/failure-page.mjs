// server/build/failure-page.mjs: what Next answers with when it fails before a page could begin. It is a file that is read as it
// is, so nothing in it can carry the nonce of an answer: no script, no style but attributes, in both languages.

const logo =
  '<svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">' +
  '<g fill="currentColor"><rect x="2" y="4" width="11" height="3.4" rx="1"/><rect x="2" y="9.3" width="15" height="3.4" rx="1"/>' +
  '<rect x="2" y="14.6" width="11" height="3.4" rx="1"/></g>' +
  '<path d="M18.2 8.4 20.9 11l-2.7 2.6Z" style="fill:light-dark(oklch(0.64 0.19 42),oklch(0.74 0.16 48))"/></svg>'

/** The colours are those of app/tokens.css. */
export const failurePage = `<!doctype html>
<html lang="en" style="color-scheme:light dark;height:100%">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>rocketdeck</title>
</head>
<body style="margin:0;height:100%;display:flex;align-items:center;justify-content:center;background:light-dark(oklch(0.962 0.005 205),oklch(0.178 0.012 222));color:light-dark(oklch(0.245 0.02 225),oklch(0.938 0.006 210));font:14px/20px system-ui,sans-serif">
<main style="max-width:440px;padding:24px">
<div style="display:flex;align-items:center;gap:8px;font-size:17px;font-weight:600">${logo} rocketdeck</div>
<h1 style="margin:24px 0 0;font-size:24px;line-height:32px;font-weight:600">This page could not be drawn</h1>
<p style="margin:8px 0 0">The console’s log says why. Brokers and clients are not touched by it.</p>
<p lang="zh" style="margin:4px 0 0">页面无法显示，原因见控制台日志；Broker 与客户端不受影响。</p>
<p style="margin:20px 0 0"><a href="" style="color:light-dark(oklch(0.455 0.085 222),oklch(0.79 0.09 212));font-weight:600">Try again · 重试</a></p>
</main>
</body>
</html>
`
