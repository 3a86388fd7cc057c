'use client'
// app/global-error.tsx: what stands in when the frame around every page fails in the browser. Which language it would be in is
// not known by then, so it says what it says in both; its looks come from the stylesheet, since the policy of the pages lets no
// style in that a script writes. A failure of the server before a page began has a page of its own: server/build/failure-page.mjs.
import './globals.css'

export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <title>rocketdeck</title>
        <main className="flex h-full items-center justify-center p-6">
          <div className="max-w-md">
            <h1 className="text-2xl font-semibold tracking-[-0.02em]">This page could not be drawn</h1>
            <p className="mt-2 text-ink-2">The console’s log says why. Brokers and clients are not touched by it.</p>
            <p lang="zh" className="mt-1 text-ink-2">
              页面无法显示，原因见控制台日志；Broker 与客户端不受影响。
            </p>
            <form className="mt-5">
              <button
                type="submit"
                className="h-8 cursor-pointer rounded-md border border-line bg-panel px-3 text-sm font-medium hover:bg-hover"
              >
                Try again · 重试
              </button>
            </form>
          </div>
        </main>
      </body>
    </html>
  )
}
