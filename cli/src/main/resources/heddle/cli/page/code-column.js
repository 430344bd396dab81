/** Lines of code that are drawn as far as they are in sight, each with the roles that it has in an attention. */
import { fill, h } from './dom.js';
import { shown, sourceText } from './format.js';
import { linesOf } from './source-panel.js';

export const ROLES = ['scores', 'mask', 'softmax', 'values', 'output'];
export const ROLE_TITLES = { scores: 'scores', mask: 'mask', softmax: 'running softmax', values: 'values', output: 'output', kernel: 'kernel' };

/** What pieces of source are for, by the role that `explain` has. */
export const PART_ROLES = { q: 'scores', k: 'scores', v: 'values', scale: 'scores', bias: 'scores', cap: 'scores', score: 'scores', mask: 'mask', softmax: 'softmax', sink: 'softmax', weight: 'values' };

const LINE_HEIGHT = 18;
const LINES_TOP = 6;
const ALL_DRAWN = 200;

/** The roles of lines, from runs `[first, last]` by role. */
export function rolesOfLines(roles) {
    const of = new Map();
    for (const role of ROLES) {
        for (const [first, last] of roles[role] ?? []) {
            for (let line = first; line <= last; line++) {
                of.set(line, [...of.get(line) ?? [], role]);
            }
        }
    }
    return of;
}

/** Rows of a text: `{no, parts, roles}`. */
export function codeRows(text, classes, roles) {
    const of = rolesOfLines(roles);
    const lines = linesOf(text, classes);
    if (lines.at(-1).length === 0) {
        lines.pop();
    }
    return lines.map((parts, i) => ({ no: i + 1, parts, roles: of.get(i + 1) ?? [] }));
}

/** A column of rows. `events.hover(role)`, `events.pin(role)` and `events.scrolled()` are told what the user does. */
export class CodeColumn {
    constructor(label, events) {
        this.events = events;
        this.rows = [];
        this.hot = '';
        this.drawn = [];
        this.body = h('div.lines', {});
        this.element = h('div.content.code-column', { tabindex: '0', role: 'group', 'aria-label': label, onscroll: () => { this.draw(); events.scrolled(this); }, onmouseleave: () => events.hover('') }, this.body);
    }

    set(rows) {
        this.rows = rows;
        const longest = rows.reduce((most, row) => Math.max(most, row.gap === undefined ? row.parts.reduce((n, p) => n + p[0].length, 0) : 0), 0);
        this.body.style.setProperty('height', (rows.length * LINE_HEIGHT + LINES_TOP * 2) + 'px');
        this.body.style.setProperty('min-width', 'calc(' + longest + 'ch + 64px)');
        this.from = -1;
        this.draw();
    }

    draw() {
        const all = this.rows.length <= ALL_DRAWN;
        const first = all ? 0 : Math.max(0, Math.floor((this.element.scrollTop - LINES_TOP) / LINE_HEIGHT) - 30);
        const last = all ? this.rows.length : Math.min(this.rows.length, first + Math.ceil(this.element.clientHeight / LINE_HEIGHT) + 60);
        if (this.from === first && this.to === last) {
            return;
        }
        [this.from, this.to] = [first, last];
        this.drawn = this.rows.slice(first, last).map((row, i) => [row, this.row(row, first + i)]);
        fill(this.body, this.drawn.map(([, element]) => element));
        this.mark();
    }

    row(row, at) {
        const place = { style: { top: LINES_TOP + at * LINE_HEIGHT + 'px' } };
        if (row.gap !== undefined) {
            return h('button.row.gap', { ...place, text: row.gap, onclick: row.open });
        }
        return h('div.row', { ...place, onmouseenter: () => this.events.hover(row.roles), onclick: event => this.events.pin(row.roles, row, event) },
            h('span.no', { text: String(row.no) }),
            h('span.text', {}, row.parts.map(([text, kind, role]) => h('span' + (kind === '' ? '' : '.tok-' + kind) + (role === undefined ? '' : '.place.r-' + role), {
                text: sourceText(text),
                ...role === undefined ? {} : { onmouseenter: () => this.events.hover([role]), onmouseleave: () => this.events.hover(row.roles), onclick: event => { event.stopPropagation(); this.events.pin([role], row); } },
            }))));
    }

    /** Paints a role, and all others faintly. */
    heat(role) {
        this.hot = role;
        this.mark();
    }

    mark() {
        for (const [row, element] of this.drawn) {
            if (row.gap === undefined) {
                const hot = row.roles.includes(this.hot);
                const role = hot ? this.hot : row.roles[0];
                element.className = 'row' + (role === undefined ? '' : ' r-' + role) + (hot ? ' hot' : '');
            }
        }
    }

    /** Runs of rows with a role, as pixels from the top of what is in sight: `[[top, bottom], …]`. */
    runs(role) {
        const runs = [];
        this.rows.forEach((row, i) => {
            if (row.gap === undefined && row.roles.includes(role)) {
                const last = runs.at(-1);
                if (last !== undefined && last[1] === i) {
                    last[1] = i + 1;
                } else {
                    runs.push([i, i + 1]);
                }
            }
        });
        return runs.map(([a, b]) => [LINES_TOP + a * LINE_HEIGHT - this.element.scrollTop, LINES_TOP + b * LINE_HEIGHT - this.element.scrollTop]);
    }

    /** Scrolls so that the first row of a role is `y` below the top. */
    align(role, y) {
        const first = this.rows.findIndex(row => row.gap === undefined && row.roles.includes(role));
        if (first >= 0) {
            this.element.scrollTop = LINES_TOP + first * LINE_HEIGHT - y;
        }
    }

    /** Scrolls sideways so that the first piece with a role of its own is in sight. */
    uncover(role) {
        for (const row of this.rows) {
            const piece = row.gap === undefined ? row.parts.findIndex(p => p[2] === role) : -1;
            if (piece >= 0) {
                const before = row.parts.slice(0, piece).reduce((n, p) => n + p[0].length, 0);
                const x = 44 + before * 6.95;
                this.element.scrollLeft = x + 80 > this.element.clientWidth ? x - 60 : 0;
                return;
            }
        }
    }

    /** How many lines have a role. */
    count(role) {
        return this.rows.reduce((n, row) => n + (row.gap === undefined && row.roles.includes(role) ? 1 : 0), 0);
    }
}

/** Elements of a formula that Java wrote: `[tag, {attributes}, children…]`, or text. */
export function formula(tree, build) {
    return typeof tree === 'string' ? shown(tree, 60) : build(tree[0], tree[1], ...tree.slice(2).map(child => formula(child, build)));
}

/** A token, cut where places begin and end; each piece has the role of the smallest place that it is in. */
export function cutToken(text, kind, at, places, cut) {
    const ends = [...new Set(places.flatMap(p => [p.from, p.to]).filter(x => x > at && x < at + text.length))].sort((a, b) => a - b);
    let from = at;
    for (const to of [...ends, at + text.length]) {
        cut.push([text.slice(from - at, to - at), kind, places.find(p => p.from <= from && p.to >= to)?.role]);
        from = to;
    }
}
