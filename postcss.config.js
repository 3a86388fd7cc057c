// postcss.config.js: Tailwind compiles app/globals.css; nothing else touches the style sheets.
export default { plugins: { '@tailwindcss/postcss': {} } }
