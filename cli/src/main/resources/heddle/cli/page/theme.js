/** The colours of the page as the canvas needs them: read from the style's tokens, again when the theme changes. */
import { FAMILIES } from './report.js';

const NAMES = ['surface', 'canvas', 'raised', 'line', 'line2', 'edge', 'ink', 'ink2', 'ink3', 'accent', 'accent-ground', 'good', 'warn',
    'warn-ground', 'bad', 'added', 'removed', 'rewritten', 'glyph', 'heat-ink-low', 'heat-ink-high'];

export const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
export const MONO = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Sets the theme of the page: what was chosen, else what the system prefers. */
export function applyTheme(chosen) {
    const dark = chosen === 'dark' || (chosen === '' && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    return dark ? 'dark' : 'light';
}

/** The colours now. */
export function colours() {
    const style = getComputedStyle(document.documentElement);
    const value = name => style.getPropertyValue('--' + name).trim();
    const all = {};
    NAMES.forEach(name => { all[name] = value(name); });
    all.family = {};
    all.tint = {};
    FAMILIES.forEach(f => {
        all.family[f] = value(f);
        all.tint[f] = value(f + '-tint');
    });
    all.heat = [1, 2, 3, 4, 5, 6].map(n => value('heat' + n));
    all.heatSwitch = Number(value('heat-switch'));
    return all;
}

/** The step of a share of the greatest, 0 to 5. */
export function heatStep(share) {
    return Math.max(0, Math.min(5, Math.floor(share * 6)));
}
