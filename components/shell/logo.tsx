// components/shell/logo.tsx: the mark: three decks of a ship, and a flame.

export const Logo = ({ className }: { className?: string }) => (
  <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" className={className}>
    <rect x="2" y="4" width="11" height="3.4" rx="1" fill="var(--ink)" />
    <rect x="2" y="9.3" width="15" height="3.4" rx="1" fill="var(--ink)" />
    <rect x="2" y="14.6" width="11" height="3.4" rx="1" fill="var(--ink)" />
    <path d="M18.2 8.4 20.9 11l-2.7 2.6Z" fill="var(--ember)" />
  </svg>
)
