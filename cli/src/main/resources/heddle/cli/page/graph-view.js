/** The graph: a canvas to pan and zoom, with source and outline at its left, details at its right and the passes below. */
import { CanvasControls } from './canvas-controls.js';
import { Drawing } from './draw.js';
import { DecisionsPanel } from './decisions-panel.js';
import { drag, fill, h } from './dom.js';
import { bytes, operations, shown, time } from './format.js';
import { Grid } from './grid.js';
import { Layout } from './layout.js';
import { Minimap } from './minimap.js';
import { NodePanel, glyph } from './node-panel.js';
import { Outline } from './outline.js';
import { PassStrip } from './pass-strip.js';
import { FAMILIES } from './report.js';
import { routes } from './routes.js';
import { Scene } from './scene.js';
import { SourcePanel } from './source-panel.js';

const MOST_AT_FIRST = 40;
const MARGIN = 36;
const LEAST_SCALE = 0.0005;
const MOST_SCALE = 4;

export class GraphView {
    constructor(app) {
        this.app = app;
        app.graphView = this;
        this.canvas = h('canvas', { 'aria-hidden': 'true' });
        this.drawing = new Drawing(this.canvas);
        this.minimap = new Minimap(app, this);
        this.legend = h('div.legend');
        this.tip = h('div.tip', { hidden: true });
        this.area = h('div.canvas', { tabindex: '0', 'aria-label': 'Graph. The outline at the left says what it shows.' },
            this.canvas, this.legend, this.minimap.element, this.tip);
        this.scaleText = h('span.value');
        this.bySegments = h('div.segments', {});
        this.keptButton = h('button.boxed', { text: 'Places', title: 'Keep the places of nodes that this pass does not have (K)', onclick: () => app.togglePlaces() });
        this.panels = {
            source: new SourcePanel(app), outline: new Outline(app, 'outline'), passes: new DecisionsPanel(app), weights: new Outline(app, 'weights'),
        };
        this.leftTabs = h('div.segments', {});
        this.leftTabs.setAttribute('role', 'tablist');
        this.left = h('section.panel.left', { 'aria-label': 'Source, outline, passes, weights' }, h('div.head', {}, this.leftTabs), Object.values(this.panels).map(p => p.element));
        this.nodePanel = new NodePanel(app);
        this.strip = new PassStrip(app);
        const center = h('section.panel', { 'aria-label': 'Graph' },
            h('div.head', {}, h('span.small.quiet', { text: 'Colour' }), this.bySegments, h('span.grow'), this.keptButton,
                h('span.zoom', {}, h('button', { text: '−', 'aria-label': 'Zoom out', onclick: () => this.zoom(1 / 1.25) }), this.scaleText,
                    h('button', { text: '+', 'aria-label': 'Zoom in', onclick: () => this.zoom(1.25) })),
                h('button.boxed', { onclick: () => this.fit(), title: 'Show all, or the selection (F)' }, 'Fit ', h('kbd', { text: 'F' }))),
            this.area);
        this.element = h('div.view.graph-view', {}, this.left, this.splitter('--left', 240, 1), center, this.splitter('--right', 280, -1), this.nodePanel.element, this.strip.element);
        this.scene = new Scene(app, this);
        this.controls = new CanvasControls(app, this);
        new ResizeObserver(() => this.resized()).observe(this.area);
    }

    splitter(property, least, sign) {
        const most = () => innerWidth / 2;
        const set = width => {
            const taken = Math.round(Math.max(least, Math.min(most(), width)));
            this.element.style.setProperty(property, taken + 'px');
            bar.setAttribute('aria-valuenow', String(taken));
        };
        const panel = () => sign > 0 ? this.left : this.nodePanel.element;
        const bar = h('div.splitter', {
            tabindex: '0', 'aria-label': 'Width of the panel', 'aria-orientation': 'vertical', 'aria-valuenow': String(least), 'aria-valuemin': String(least),
            onpointerdown: event => {
                const start = event.clientX;
                const before = panel().clientWidth;
                const move = e => set(before + sign * (e.clientX - start));
                drag(move);
                event.preventDefault();
            },
            onkeydown: event => {
                const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
                if (step !== undefined) {
                    set(panel().clientWidth + sign * step);
                    event.preventDefault();
                    event.stopPropagation();
                }
            },
        });
        bar.setAttribute('role', 'separator');
        return bar;
    }

    /** What is open at first: the first run and what leads to its attention, unless that is too much to see. */
    openAtFirst() {
        const g = this.app.graph;
        const open = new Set();
        const run = [...g.runs.keys()].find(id => g.scopes[id].parent === 0);
        if (run !== undefined) {
            open.add(run);
        }
        for (let n = 0; n < g.count; n++) {
            if (g.nodes.family[n] === 'attention' && g.isAlive(n, g.last)) {
                const chain = [];
                for (let s = g.nodes.scope[n]; s > 0; s = g.scopes[s].parent) {
                    chain.push(s);
                }
                if (run === undefined || chain.includes(run)) {
                    chain.forEach(s => open.add(s));
                    break;
                }
            }
        }
        // A run is worth more room than what leads to an attention in it.
        const drawn = this.lay(open).drawn.length;
        return drawn <= (run === undefined ? MOST_AT_FIRST : 2 * MOST_AT_FIRST) ? open : new Set();
    }

    lay(open) {
        const { state, graph } = this.app;
        return new Layout(graph, { stage: this.app.stage(), open, kept: this.app.keepsPlaces(), shown: state.shown, weights: state.weights });
    }

    open() {
        const { state, graph } = this.app;
        if (state.open === null) {
            this.first ??= this.openAtFirst();
            return this.first;
        }
        return new Set(state.open.map(path => graph.scopes.findIndex(s => s.path === path)).filter(s => s >= 0));
    }

    /** Lays out anew. @param anchor a box whose upper left corner stays where it is */
    relay(anchor = -1) {
        const before = anchor >= 0 && this.layout?.isDrawn[anchor] ? [this.layout.x[anchor], this.layout.y[anchor]] : undefined;
        this.layout = this.lay(this.open());
        this.app.layout = this.layout;
        this.edges = routes(this.layout);
        this.grid = new Grid(this.layout);
        if (before !== undefined && this.layout.isDrawn[anchor] && this.sight !== undefined) {
            this.sight.x += this.layout.x[anchor] - before[0];
            this.sight.y += this.layout.y[anchor] - before[1];
        }
        this.scene.forget();
    }

    show() {
        if (this.layout === undefined) {
            this.relay();
            this.drawing.resize();
            const at = this.app.state.at;
            if (at !== null) {
                this.sight = { scale: at[2], x: at[0] - this.drawing.width / 2 / at[2], y: at[1] - this.drawing.height / 2 / at[2] };
            } else {
                this.fitBoxes(this.layout.drawn, 1, true);
            }
        }
        this.update(new Set(['sel', 'pass', 'by', 'tab', 'q']));
        // What was selected in another view is brought into sight.
        const selected = this.app.state.sel.join();
        if (this.shownWith !== undefined && this.shownWith !== selected) {
            this.reveal(this.app.selection());
        }
        this.shownWith = selected;
    }

    /** Draws again what changed. */
    update(changed) {
        if (this.layout === undefined) {
            return;
        }
        const has = (...keys) => keys.some(key => changed.has(key));
        if (has('open', 'pass', 'places', 'shown', 'weights')) {
            this.relay(this.anchor ?? -1);
            this.anchor = undefined;
        }
        if (has('tab', 'sel', 'pass', 'open', 'q')) {
            this.tabs();
        }
        if (has('sel', 'pass', 'open', 'shown')) {
            this.shownWith = this.app.state.sel.join();
            this.nodePanel.update();
            this.strip.update();
        }
        if (has('by', 'theme', 'pass')) {
            this.legendAndSegments();
        }
        if (has('at') && !this.moving && this.app.state.at !== null) {
            const [x, y, scale] = this.app.state.at;
            this.sight = { scale, x: x - this.drawing.width / 2 / scale, y: y - this.drawing.height / 2 / scale };
        }
        this.paint();
    }

    tabs() {
        const now = this.app.state.tab.left ?? 'source';
        fill(this.leftTabs, [['source', 'Source'], ['outline', 'Outline'], ['passes', 'Passes'], ['weights', 'Weights']].map(([id, text]) => {
            const b = h('button', { text, 'aria-selected': String(id === now), onclick: () => this.app.state.set({ tab: { ...this.app.state.tab, left: id } }) });
            b.setAttribute('role', 'tab');
            return b;
        }));
        for (const [id, panel] of Object.entries(this.panels)) {
            panel.element.hidden = id !== now;
            if (id === now) {
                panel.update();
            }
        }
    }

    /** How nodes are coloured: as asked, or by what the pass changed when an earlier pass is shown. */
    by() {
        const { state, graph } = this.app;
        return this.app.stage() !== graph.last || this.app.keepsPlaces() ? 'change' : ['family', 'time', 'bytes', 'flops'].includes(state.by) ? state.by : 'family';
    }

    legendAndSegments() {
        const by = this.by();
        fill(this.bySegments, ['family', 'time', 'bytes', 'flops'].map(kind => h('button', {
            text: { family: 'Family', time: 'Time', bytes: 'Bytes', flops: 'FLOPs' }[kind],
            'aria-pressed': String(kind === by),
            title: kind === 'time' && !this.app.graph.hasTime ? 'No times yet: heddle run ' + this.app.report.head.file + ' --report report.html' : '',
            onclick: () => (kind === 'bytes' || kind === 'flops') && !this.app.graph.isPriced
                ? this.app.say('Costs need lengths: -D ' + this.app.report.head.open.join('=… -D ') + '=…')
                : kind === 'time' && !this.app.graph.hasTime
                ? this.app.say('No times yet. heddle run ' + shown(this.app.report.head.file) + ' --report report.html')
                : this.app.state.set({ by: kind, pass: null, places: false }),
        })));
        this.keptButton.setAttribute('aria-pressed', String(this.app.keepsPlaces()));
        if (by === 'family') {
            fill(this.legend, FAMILIES.map(f => h('div', {}, glyph(f), f)));
        } else if (by === 'change') {
            fill(this.legend, [['plus', '+', 'added'], ['minus', '−', 'removed'], ['tilde', '~', 'rewritten']].map(([c, sign, text]) => h('div', {}, h('span.' + c, { text: sign }), text)));
        } else {
            const most = this.most(by);
            fill(this.legend, h('div', {}, { time: 'time', bytes: 'bytes moved', flops: 'FLOPs' }[by] + ', 0 to ' + this.amount(by, most)),
                h('div', {}, [1, 2, 3, 4, 5, 6].map(n => h('span.glyph', { style: { background: 'var(--heat' + n + ')' } }))));
        }
    }

    most(by) {
        const cost = this.app.graph.cost[by];
        return Math.max(1e-9, ...this.layout.drawn.filter(b => !this.layout.isOpenBox(b)).map(b => cost[b]));
    }

    amount(by, value) {
        return by === 'time' ? time(value) : by === 'bytes' ? bytes(value) : operations(Math.round(value));
    }

    paint() {
        if (!this.queued) {
            this.queued = true;
            requestAnimationFrame(() => {
                this.queued = false;
                this.paintNow();
            });
        }
    }

    paintNow() {
        if (this.layout === undefined || this.element.hidden) {
            return;
        }
        const start = performance.now();
        this.drawing.resize();
        this.drawing.draw(this.scene.now());
        this.scaleText.textContent = Math.round(this.sight.scale * 100) + ' %';
        this.minimap.paint();
        this.app.timed(performance.now() - start);
    }

    /* Moving about. */

    fit() {
        const selected = this.app.selection().filter(b => this.layout.isDrawn[b]);
        this.fitBoxes(selected.length > 0 ? selected : this.layout.drawn, selected.length > 0 ? 1.6 : 1);
        this.moved();
    }

    fitBoxes(boxes, most, atFirst = false) {
        const l = this.layout;
        let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
        for (const b of boxes) {
            left = Math.min(left, l.x[b]);
            top = Math.min(top, l.y[b]);
            right = Math.max(right, l.x[b] + l.w[b]);
            bottom = Math.max(bottom, l.y[b] + l.h[b]);
        }
        if (boxes.length === l.drawn.length) {
            left = Math.min(left, -2);
            right = Math.max(right, l.width + 24);
        }
        const { width, height } = this.drawing;
        const w = Math.max(1, right - left);
        const high = Math.max(1, bottom - top);
        const all = Math.min((width - 2 * MARGIN) / w, (height - 2 * MARGIN) / high);
        // At first the names shall be read: what does not fit is begun at its top.
        const scale = Math.max(LEAST_SCALE, Math.min(most, atFirst ? Math.max(all, Math.min(0.77, (width - 2 * MARGIN) / w)) : all));
        const x = left + w / 2 - width / 2 / scale;
        const y = high * scale > height - 2 * MARGIN ? top - MARGIN / scale : top + high / 2 - height / 2 / scale;
        this.sight = { scale, x, y };
    }

    zoom(factor, cx = this.drawing.width / 2, cy = this.drawing.height / 2) {
        const { x, y, scale } = this.sight;
        const next = Math.max(LEAST_SCALE, Math.min(MOST_SCALE, scale * factor));
        this.sight = { scale: next, x: x + cx / scale - cx / next, y: y + cy / scale - cy / next };
        this.moved();
    }

    moved() {
        this.paint();
        clearTimeout(this.saving);
        this.saving = setTimeout(() => {
            const { x, y, scale } = this.sight;
            this.moving = true;
            this.app.state.set({ at: [x + this.drawing.width / 2 / scale, y + this.drawing.height / 2 / scale, scale] });
            this.moving = false;
        }, 200);
    }

    /** The box that is next in a direction. */
    nearest(from, [dx, dy]) {
        const l = this.layout;
        const middle = b => [l.x[b] + l.w[b] / 2, l.y[b] + l.h[b] / 2];
        const [fx, fy] = middle(from);
        let best;
        let least = Infinity;
        for (const b of l.drawn) {
            if (b === from || l.isOpenBox(b)) {
                continue;
            }
            const [x, y] = middle(b);
            const along = (x - fx) * dx + (y - fy) * dy;
            const across = Math.abs((x - fx) * dy) + Math.abs((y - fy) * dx);
            if (along > 4 && along + 2 * across < least) {
                least = along + 2 * across;
                best = b;
            }
        }
        return best;
    }

    /** Moves the sight so that boxes are in it. */
    reveal(boxes) {
        const l = this.layout;
        const drawn = boxes.map(b => l.isDrawn[b] ? b : b < this.app.graph.count ? l.drawnFor(b) : b).filter(b => l.isDrawn[b]);
        if (drawn.length === 0) {
            return;
        }
        const { width, height } = this.drawing;
        const { scale } = this.sight;
        const b = drawn[0];
        const inside = l.x[b] >= this.sight.x && l.x[b] + l.w[b] <= this.sight.x + width / scale && l.y[b] >= this.sight.y && l.y[b] + l.h[b] <= this.sight.y + height / scale;
        if (!inside) {
            this.sight.x = l.x[b] + l.w[b] / 2 - width / 2 / scale;
            this.sight.y = l.y[b] + l.h[b] / 2 - height / 2 / scale;
            this.moved();
        }
    }

    resized() {
        if (this.layout !== undefined && !this.element.hidden) {
            this.paintNow();
        }
    }
}
