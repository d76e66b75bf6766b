// Icons of 20 × 20, drawn with the text's colour. They say nothing: what they are on has a name.
import type { ComponentChildren } from 'preact'

const Icon = ({ children }: { readonly children: ComponentChildren }) => (
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">{children}</svg>
)

export const Play = () => <Icon><path class="full" d="M6 4.5 15.5 10 6 15.500z" /></Icon>
export const Pause = () => <Icon><path class="thick" d="M6.5 4.500v11M13.5 4.500v11" /></Icon>
export const Single = () => <Icon><path d="M5 4.5 12 10l-7 5.500zM15.5 4.500v11" /></Icon>
export const Restart = () => <Icon><path d="M4.5 10a5.5 5.5 0 1 0 1.8-4.100M4.5 3.500v3.200h3.2" /></Icon>
export const Slow = () => <Icon><circle cx="10" cy="10" r="6.5" /><path d="M10 6.500V10l2.5 2" /></Icon>
export const Check = () => <Icon><path d="m4 10.5 4 4 8-9" /></Icon>
export const Cross = () => <Icon><path d="m5 5 10 10M15 5 5 15" /></Icon>
export const Download = () => <Icon><path d="M10 3.500v9M6.5 9l3.5 3.500L13.5 9M4 16.500h12" /></Icon>
export const Moon = () => <Icon><path d="M16 11.500A6.5 6.5 0 0 1 8.5 4 6.5 6.5 0 1 0 16 11.500z" /></Icon>
export const Link = () => (
  <Icon><path d="m8.5 11.5 3-3M9 6l1.5-1.500a3.5 3.5 0 0 1 5 5L14 11M6 9l-1.5 1.500a3.5 3.5 0 0 0 5 5L11 14" /></Icon>
)
export const Dice = () => (
  <Icon><rect x="3.5" y="3.5" width="13" height="13" rx="3" /><path class="thick" d="M7 7h.01M13 13h.01M10 10h.01" /></Icon>
)
export const Half = () => (
  <Icon><circle cx="10" cy="10" r="6.5" /><path class="full" d="M10 3.500a6.5 6.5 0 0 1 0 13z" /></Icon>
)
const RAYS = 'M10 2.500v1.500M10 16v1.500M2.5 10H4M16 10h1.500M4.7 4.700l1 1M14.3 14.300l1 1M4.7 15.300l1-1M14.3 5.700l1-1'
export const Sun = () => <Icon><circle cx="10" cy="10" r="3" /><path d={RAYS} /></Icon>
