/** The graph as a tree, for keyboards and screen readers too: scopes with what they hold, and weights. Only rows in sight are built. */
import { fill, h, name } from './dom.js';
import { bytes, shown, time } from './format.js';
import { glyph } from './node-panel.js';

const ROW = 24;

export class Outline {
    /** @param what `outline` for nodes in their scopes, `weights` for weights alone */
    constructor(app, what) {
        this.app = app;
        this.what = what;
        this.list = h('div.tree', {});
        this.element = h('div.content', { onscroll: () => this.draw() }, this.list);
        this.list.setAttribute('role', 'tree');
        this.list.setAttribute('tabindex', '0');
        this.list.setAttribute('aria-label', what === 'weights' ? 'Weights' : 'Outline of the graph');
        this.list.addEventListener('keydown', event => this.key(event));
        this.closed = new Set();
        this.at = 0;
        new ResizeObserver(() => this.draw()).observe(this.element);
    }

    update() {
        this.rows = this.what === 'weights' ? this.weights() : this.nodes();
        const selected = this.app.selection()[0];
        const found = this.rows.findIndex(r => r.box === selected);
        if (found >= 0) {
            this.at = found;
            const top = found * ROW;
            if (top < this.element.scrollTop || top > this.element.scrollTop + this.element.clientHeight - ROW) {
                this.element.scrollTop = top - this.element.clientHeight / 2;
            }
        }
        this.at = Math.min(this.at, Math.max(0, this.rows.length - 1));
        this.draw();
    }

    nodes() {
        const g = this.app.graph;
        const rows = [];
        const stage = this.app.stage();
        const visit = (scope, depth) => {
            const items = [
                ...g.ownNodes[scope].filter(n => !g.isPort[n] && g.isAlive(n, stage)).map(n => ({ box: n, rank: g.nodes.rank[n], order: g.nodes.order[n] })),
                ...g.children[scope].filter(c => this.app.layout.aliveNow[c] > 0)
                    .map(c => ({ box: g.firstScope + c, rank: g.scopes[c].rank, order: g.scopes[c].order })),
            ].sort((a, b) => a.rank - b.rank || a.order - b.order);
            for (const item of items) {
                const isScope = g.isScope(item.box);
                rows.push({ box: item.box, depth, isScope });
                if (isScope && !this.closed.has(item.box)) {
                    visit(g.scopeOf(item.box), depth + 1);
                }
            }
        };
        visit(0, 0);
        g.outputs.forEach((_, i) => rows.push({ box: g.firstOutput + i, depth: 0, isScope: false }));
        return rows;
    }

    weights() {
        const g = this.app.graph;
        const rows = [];
        for (let n = 0; n < g.count; n++) {
            if (g.nodes.kind[n] === 'weight' && g.isAlive(n, g.last)) {
                rows.push({ box: n, depth: 0, isScope: false });
            }
        }
        return rows;
    }

    draw() {
        if (this.rows === undefined) {
            return;
        }
        this.list.style.setProperty('height', this.rows.length * ROW + 'px');
        const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - 5);
        const last = Math.min(this.rows.length, first + Math.ceil((this.element.clientHeight || 600) / ROW) + 10);
        fill(this.list, this.rows.slice(first, last).map((row, i) => this.row(row, first + i)));
        this.list.setAttribute('aria-activedescendant', this.id(this.at));
        if (this.rows.length === 0) {
            this.list.append(h('p.small.quiet', { text: this.what === 'weights' ? 'This model has no weights.' : 'Nothing at this pass.', style: { margin: '8px 12px' } }));
        }
    }

    id(i) {
        return this.what + '-' + i;
    }

    row(row, i) {
        const g = this.app.graph;
        const spoken = this.spoken(row.box);
        const selected = this.app.selection().includes(row.box);
        const element = h('div.item', {
            id: this.id(i), 'aria-selected': String(selected), 'aria-level': String(row.depth + 1), 'aria-label': spoken,
            'aria-expanded': row.isScope ? String(!this.closed.has(row.box)) : undefined,
            style: { position: 'absolute', top: i * ROW + 'px', left: '0', right: '0', 'padding-left': 8 + 14 * row.depth + 'px' },
            onclick: event => this.pick(i, event.shiftKey), ondblclick: () => row.isScope && this.twist(row.box),
        },
        h('span.twist', { text: row.isScope ? this.closed.has(row.box) ? '▸' : '▾' : '' }), glyph(g.family(row.box)),
        h('span.name', {}, name(shown(g.label(row.box), 80))), h('span.right.mono', { text: shown(g.type(row.box), 28) }));
        element.setAttribute('role', 'treeitem');
        return element;
    }

    /** What a screen reader says: `attention, fused, layer 0, 3.25 ms, line 33`. */
    spoken(box) {
        const g = this.app.graph;
        const parts = [shown(g.label(box))];
        if (this.app.facts.fusedAt(box) !== undefined) { parts.push('fused'); }
        if (this.app.facts.declinedAt(box) !== undefined) { parts.push('declined'); }
        if (g.type(box) !== '') { parts.push(g.type(box)); }
        if (g.cost.time[box] > 0) { parts.push(time(g.cost.time[box])); } else if (g.cost.bytes[box] > 0) { parts.push(bytes(g.cost.bytes[box])); }
        if (box < g.count) { parts.push(g.nodes.operands[box].length + ' inputs'); }
        const place = g.places(box)[0];
        if (place !== undefined) { parts.push('line ' + this.app.facts.lines(...place)[0]); }
        return parts.join(', ');
    }

    pick(i, add) {
        this.at = i;
        const box = this.rows[i].box;
        this.app.select(add ? [...this.app.selection(), box] : [box], true);
    }

    twist(box) {
        this.closed.has(box) ? this.closed.delete(box) : this.closed.add(box);
        this.update();
    }

    key(event) {
        const row = this.rows[this.at];
        const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -1e9, End: 1e9 }[event.key];
        if (step !== undefined) {
            this.at = Math.max(0, Math.min(this.rows.length - 1, this.at + step));
            this.pick(this.at, event.shiftKey);
        } else if (event.key === 'ArrowRight' && row?.isScope && this.closed.has(row.box)) {
            this.twist(row.box);
        } else if (event.key === 'ArrowLeft' && row?.isScope && !this.closed.has(row.box)) {
            this.twist(row.box);
        } else if (event.key === 'Enter' && row !== undefined) {
            this.app.select([row.box], true);
            this.app.graphView.reveal([row.box]);
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }
}
