/** One of the two graphs of a comparison: drawn small, with what is new, gone or changed marked, and the rest faint. */
import { drag, fill, h, name } from './dom.js';
import { Drawing } from './draw.js';
import { Grid } from './grid.js';
import { bytes, shown } from './format.js';
import { Scene } from './scene.js';
import { Layout } from './layout.js';
import { routes } from './routes.js';

const COMPARE_MARGIN = 20;

export class CompareGraph {
    /**
     * @param letter `A` or `B`
     * @param called what the user calls the report
     * @param {{graph: object, marks: Map<number, string>, culprits: number[], colours: function, selected: function, select: function}} side
     *     `marks` has the sign of each node that differs; `selected` gives the boxes that are selected, `select` takes one
     */
    constructor(letter, called, side) {
        this.side = side;
        this.graph = side.graph;
        // What a fused node is woven from, and what a scope gives, are asked of the graph view's own functions.
        this.app = { graph: side.graph };
        this.open = new Set();
        this.shownMembers = {};
        this.canvas = h('canvas', { 'aria-hidden': 'true' });
        this.drawing = new Drawing(this.canvas);
        this.tip = h('div.tip', { hidden: true });
        this.area = h('div.canvas', { tabindex: '0', 'aria-label': 'Graph ' + letter + '. The changes at the right say what it shows.' }, this.canvas, this.tip);
        this.where = h('span.path', {});
        this.chips = h('div.layer-chips', {});
        this.all = h('button.boxed', { text: 'All', title: 'Show the whole model' });
        this.element = h('section.panel', { 'aria-label': 'Graph ' + letter },
            h('div.head', {}, h('b', { text: letter }), name(shown(called, 60)), h('span.grow'), this.where, this.all), this.chips, this.area);
        this.area.addEventListener('wheel', event => this.wheel(event), { passive: false });
        this.area.addEventListener('pointerdown', event => this.press(event));
        this.area.addEventListener('pointermove', event => this.hover(event));
        this.area.addEventListener('pointerleave', () => { this.tip.hidden = true; });
        this.area.addEventListener('dblclick', event => this.toggle(this.boxAt(event)));
        this.area.addEventListener('keydown', event => this.key(event));
        new ResizeObserver(() => this.refit()).observe(this.area);
    }

    /**
     * Shows a scope, with all that differs in it unfolded.
     *
     * @param {number} scope
     * @param {number[]} nodes
     */
    focus(scope, nodes) {
        const g = this.graph;
        this.open = new Set();
        this.shownMembers = {};
        const chain = from => {
            for (let s = from; s > 0; s = g.scopes[s].parent) {
                this.open.add(s);
                const run = g.runs.get(g.runOf[s]);
                if (run !== undefined) {
                    this.shownMembers[g.scopes[run[0]].path] = String(run.indexOf(s));
                }
            }
        };
        nodes.forEach(n => chain(g.nodes.scope[n]));
        chain(scope);
        this.scope = scope;
        fill(this.where, scope === 0 ? null : name(shown(g.scopes[scope].path, 60)));
        this.relay();
    }

    relay() {
        const g = this.graph;
        this.layout = new Layout(g, { stage: g.last, open: this.open, kept: false, shown: this.shownMembers, weights: false, narrow: true });
        this.edges = routes(this.layout);
        this.grid = new Grid(this.layout);
        this.counts = new Map();
        for (const [node, sign] of this.side.marks) {
            if (!g.isPort[node]) {
                const box = this.layout.drawnFor(node);
                const before = this.counts.get(box);
                this.counts.set(box, { sign: before?.sign ?? sign, n: (before?.n ?? 0) + 1 });
            }
        }
        this.fitted = false;
        this.refit();
    }

    refit() {
        if (this.layout === undefined || this.area.clientWidth === 0) {
            return;
        }
        this.drawing.resize();
        if (!this.fitted) {
            this.fitted = true;
            this.fit();
        }
        this.paint();
    }

    /** The scope that is shown fills the sight; names stay readable where it is too high. */
    fit() {
        const l = this.layout;
        const box = this.graph.firstScope + this.scope;
        const part = this.scope > 0 && l.isDrawn[box] ? [l.x[box], l.y[box], l.w[box], l.h[box]] : [0, 0, l.width, l.height];
        const { width, height } = this.drawing;
        const across = (width - 2 * COMPARE_MARGIN) / Math.max(1, part[2]);
        const scale = Math.min(1, across, Math.max((height - 2 * COMPARE_MARGIN) / Math.max(1, part[3]), Math.min(across, 0.5)));
        const top = part[3] * scale > height - 2 * COMPARE_MARGIN ? part[1] - COMPARE_MARGIN / scale : part[1] + part[3] / 2 - height / 2 / scale;
        this.sight = { scale, x: part[0] + part[2] / 2 - width / 2 / scale, y: top };
    }

    /** Brings a node into sight, unfolding what hides it. */
    reveal(node) {
        const g = this.graph;
        if (node === undefined || g.isScope(node) || g.isOutput(node) || g.isPort[node] || this.layout === undefined) {
            return;
        }
        if (this.layout.drawnFor(node) !== node) {
            const view = this.sight;
            for (let s = g.nodes.scope[node]; s > 0; s = g.scopes[s].parent) {
                this.open.add(s);
                const run = g.runs.get(g.runOf[s]);
                if (run !== undefined) {
                    this.shownMembers[g.scopes[run[0]].path] = String(run.indexOf(s));
                }
            }
            this.relay();
            this.sight = view;
        }
        const l = this.layout;
        const { width, height } = this.drawing;
        const { x, y, scale } = this.sight;
        const inside = l.x[node] >= x && l.x[node] + l.w[node] <= x + width / scale && l.y[node] >= y && l.y[node] + l.h[node] <= y + height / scale;
        if (!inside && l.isDrawn[node]) {
            this.sight = { scale, x: l.x[node] + l.w[node] / 2 - width / 2 / scale, y: l.y[node] + l.h[node] / 2 - height / 2 / scale };
        }
        this.paint();
    }

    paint() {
        if (!this.queued) {
            this.queued = true;
            requestAnimationFrame(() => {
                this.queued = false;
                if (this.layout !== undefined && this.sight !== undefined && this.area.clientWidth > 0) {
                    this.drawing.resize();
                    this.drawing.draw(this.scene());
                }
            });
        }
    }

    scene() {
        const g = this.graph;
        const { layout } = this;
        const selected = new Set(this.side.selected());
        const near = new Set(selected);
        for (const e of this.edges) {
            if (selected.has(e.from)) { near.add(e.to); }
            if (selected.has(e.to)) { near.add(e.from); }
        }
        const changes = box => this.counts.get(box)?.sign ?? '';
        return {
            layout, edges: this.edges, grid: this.grid, at: this.sight, colours: this.side.colours(), by: 'change', stage: g.last, selected, near, changes,
            matches: new Set(),
            isDimmed: box => this.counts.size > 0 && changes(box) === '' && !selected.has(box) && !this.layout.isOpenBox(box),
            changedIn: box => this.counts.get(box)?.n ?? 0,
            declined: new Set(this.side.culprits.map(n => layout.drawnFor(n))),
            heat: () => 0,
            cost: box => g.cost.bytes[box] > 0 ? bytes(g.cost.bytes[box]) : '',
            share: () => 0,
            scopeNote: () => '',
            resultType: scope => Scene.prototype.resultType.call(this, scope),
            threads: box => Scene.prototype.threads.call(this, box),
        };
    }

    boxAt(event) {
        const at = this.area.getBoundingClientRect();
        return this.grid === undefined ? -1
            : this.grid.at(this.sight.x + (event.clientX - at.left) / this.sight.scale, this.sight.y + (event.clientY - at.top) / this.sight.scale);
    }

    toggle(box) {
        const g = this.graph;
        if (box < 0 || !g.isScope(box)) {
            return;
        }
        const before = [this.layout.x[box], this.layout.y[box]];
        const view = this.sight;
        const scope = g.scopeOf(box);
        this.open.has(scope) ? this.open.delete(scope) : this.open.add(scope);
        this.relay();
        this.sight = { ...view, x: view.x + this.layout.x[box] - before[0], y: view.y + this.layout.y[box] - before[1] };
        this.paint();
    }

    zoom(factor, cx = this.drawing.width / 2, cy = this.drawing.height / 2) {
        const { x, y, scale } = this.sight;
        const next = Math.max(0.02, Math.min(4, scale * factor));
        this.sight = { scale: next, x: x + cx / scale - cx / next, y: y + cy / scale - cy / next };
        this.paint();
    }

    wheel(event) {
        event.preventDefault();
        const at = this.area.getBoundingClientRect();
        this.zoom(Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) / (event.ctrlKey ? 100 : 400)), event.clientX - at.left, event.clientY - at.top);
    }

    press(event) {
        if (event.button !== 0 || this.sight === undefined) {
            return;
        }
        const start = { x: event.clientX, y: event.clientY, view: { ...this.sight } };
        let dragged = false;
        const move = e => {
            dragged ||= Math.hypot(e.clientX - start.x, e.clientY - start.y) > 3;
            if (dragged) {
                this.tip.hidden = true;
                this.sight = { ...start.view, x: start.view.x - (e.clientX - start.x) / start.view.scale, y: start.view.y - (e.clientY - start.y) / start.view.scale };
                this.paint();
            }
        };
        drag(move, e => dragged || this.side.select(this.boxAt(e)));
    }

    hover(event) {
        const g = this.graph;
        const box = event.buttons === 0 ? this.boxAt(event) : -1;
        this.tip.hidden = box < 0 || this.layout.isOpenBox(box);
        if (!this.tip.hidden) {
            const at = this.area.getBoundingClientRect();
            const sign = this.counts.get(box)?.sign;
            fill(this.tip, h('b', {}, name(shown(g.label(box)))), ' ', name(shown(g.type(box), 80)), h('div', {}, name(shown(g.path(box)))),
                sign === undefined ? null : h('div', { text: { '+': 'only in B', '−': 'only in A', '~': 'changed' }[sign] }));
            this.tip.style.setProperty('left', Math.max(4, Math.min(event.clientX - at.left + 14, at.width - 260)) + 'px');
            this.tip.style.setProperty('top', event.clientY - at.top + 14 + 'px');
        }
    }

    key(event) {
        const g = this.graph;
        const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
        if (step === undefined || event.ctrlKey || event.metaKey || this.layout === undefined) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        const nodes = this.layout.drawn.filter(b => !g.isScope(b) && !g.isOutput(b)).sort((x, y) => this.layout.y[x] - this.layout.y[y] || this.layout.x[x] - this.layout.x[y]);
        const at = nodes.indexOf(this.side.selected()[0]);
        this.side.select(nodes[(at + step + nodes.length) % nodes.length] ?? -1);
    }
}
