/** The graph: a canvas to pan and zoom, with source and outline at its left, details at its right and the passes below. */
import { Drawing, Grid } from './draw.js';
import { DecisionsPanel } from './decisions-panel.js';
import { fill, h, name } from './dom.js';
import { bytes, operations, percent, shown, time } from './format.js';
import { Layout } from './layout.js';
import { NodePanel, glyph } from './node-panel.js';
import { Outline } from './outline.js';
import { PassStrip } from './pass-strip.js';
import { FAMILIES } from './report.js';
import { routes } from './routes.js';
import { SourcePanel } from './source-panel.js';

const MOST_AT_FIRST = 40;
const MARGIN = 36;
const LEAST_SCALE = 0.02;
const MOST_SCALE = 4;

export class GraphView {
    constructor(app) {
        this.app = app;
        app.graphView = this;
        this.canvas = h('canvas', { 'aria-hidden': 'true' });
        this.drawing = new Drawing(this.canvas);
        this.small = h('canvas', {});
        this.minimap = h('div.minimap', { 'aria-hidden': 'true', onpointerdown: event => this.dragMap(event) }, this.small);
        this.legend = h('div.legend');
        this.tip = h('div.tip', { hidden: true });
        this.area = h('div.canvas', { tabindex: '0', 'aria-label': 'Graph. The outline at the left says what it shows.' },
            this.canvas, this.legend, this.minimap, this.tip);
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
        this.listen();
        new ResizeObserver(() => this.resized()).observe(this.area);
    }

    splitter(property, least, sign) {
        const most = () => innerWidth / 2;
        const set = width => this.element.style.setProperty(property, Math.max(least, Math.min(most(), width)) + 'px');
        const panel = () => sign > 0 ? this.left : this.nodePanel.element;
        const bar = h('div.splitter', {
            tabindex: '0', 'aria-label': 'Width of the panel', 'aria-orientation': 'vertical',
            onpointerdown: event => {
                const start = event.clientX;
                const before = panel().clientWidth;
                const move = e => set(before + sign * (e.clientX - start));
                const up = () => { removeEventListener('pointermove', move); removeEventListener('pointerup', up); };
                addEventListener('pointermove', move);
                addEventListener('pointerup', up);
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

    listen() {
        const a = this.area;
        a.addEventListener('wheel', event => this.wheel(event), { passive: false });
        a.addEventListener('pointerdown', event => this.press(event));
        a.addEventListener('pointermove', event => this.hover(event));
        a.addEventListener('pointerleave', () => this.showTip(-1));
        a.addEventListener('dblclick', event => this.app.toggle(this.boxAt(event)));
        a.addEventListener('contextmenu', event => this.menu(event));
        a.addEventListener('keydown', event => this.key(event));
    }

    /** What is open at first: the first run and what leads to its attention, unless that is too much to see. */
    openAtFirst() {
        const g = this.app.graph;
        const open = new Set();
        const run = [...g.runs.keys()].find(id => g.scopes[id].parent === 0);
        const first = run ?? g.nodes.family.findIndex((f, n) => f === 'attention' && g.isAlive(n, g.last));
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
        const layout = this.lay(open);
        return first === undefined || layout.drawn.length > MOST_AT_FIRST ? new Set(run === undefined ? [] : layout.drawn.length > 2 * MOST_AT_FIRST ? [] : open) : open;
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
        if (before !== undefined && this.layout.isDrawn[anchor] && this.view !== undefined) {
            this.view.x += this.layout.x[anchor] - before[0];
            this.view.y += this.layout.y[anchor] - before[1];
        }
        this.changesOf = undefined;
        this.mapDrawn = undefined;
    }

    show() {
        if (this.layout === undefined) {
            this.relay();
            this.drawing.resize();
            const at = this.app.state.at;
            if (at !== null) {
                this.view = { scale: at[2], x: at[0] - this.drawing.width / 2 / at[2], y: at[1] - this.drawing.height / 2 / at[2] };
            } else {
                this.fitBoxes(this.layout.drawn, 1, true);
            }
        }
        this.update(new Set(['sel', 'pass', 'by', 'tab', 'q']));
    }

    /** Draws again what changed. */
    update(changed) {
        const has = (...keys) => keys.some(key => changed.has(key));
        if (has('open', 'pass', 'places', 'shown', 'weights')) {
            this.relay(this.anchor ?? -1);
            this.anchor = undefined;
        }
        if (has('tab', 'sel', 'pass', 'open', 'q')) {
            this.tabs();
        }
        if (has('sel', 'pass', 'open', 'shown')) {
            this.nodePanel.update();
            this.strip.update();
        }
        if (has('by', 'theme', 'pass')) {
            this.legendAndSegments();
        }
        if (has('at') && !this.moving && this.app.state.at !== null) {
            const [x, y, scale] = this.app.state.at;
            this.view = { scale, x: x - this.drawing.width / 2 / scale, y: y - this.drawing.height / 2 / scale };
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
            onclick: () => kind === 'time' && !this.app.graph.hasTime
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
        return Math.max(1e-9, ...this.layout.drawn.filter(b => !this.drawing.isOpenScope.call({ scene: { layout: this.layout } }, b)).map(b => cost[b]));
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
        this.drawing.draw(this.scene());
        this.scaleText.textContent = Math.round(this.view.scale * 100) + ' %';
        this.paintMap();
        this.app.frame(performance.now() - start);
    }

    scene() {
        const { app, layout } = this;
        const g = app.graph;
        const selected = new Set(app.selection());
        const near = new Set(selected);
        for (const e of this.edges) {
            if (selected.has(e.from)) { near.add(e.to); }
            if (selected.has(e.to)) { near.add(e.from); }
        }
        const matches = new Set([...app.matches].map(node => layout.drawnFor(node)));
        const by = this.by();
        const stage = app.stage();
        const changes = box => this.change(box);
        const searching = app.state.q !== '' && matches.size > 0;
        const first = [...selected][0];
        const isDimmed = box => searching ? !matches.has(box) && !this.drawing.isOpenScope(box)
            : by === 'change' && stage > 0 ? changes(box) === '' && !this.drawing.isOpenScope(box) && !selected.has(box)
                : false;
        const most = by === 'family' || by === 'change' ? 1 : this.most(by);
        const what = by === 'family' || by === 'change' ? g.hasTime ? 'time' : 'bytes' : by;
        return {
            layout, edges: this.edges, grid: this.grid, at: this.view, colours: app.colours, by, stage, selected, near, matches, isDimmed, changes, first,
            changedIn: box => this.changedIn(box),
            declined: new Set([...app.facts.declined.keys()].filter(n => g.isAlive(n, stage)).map(n => layout.drawnFor(n))),
            heat: box => g.cost[by] === undefined ? 0 : g.cost[by][box] / most,
            cost: box => g.cost[what][box] > 0 ? this.short(what, g.cost[what][box]) : '',
            share: box => g.cost[what][box] / (g.cost[what][g.firstScope] || 1) * (g.runs.size > 0 ? 4 : 2),
            scopeNote: scope => this.scopeNote(scope, what),
            resultType: scope => this.resultType(scope),
            threads: box => this.threads(box),
        };
    }

    short(what, value) {
        return what === 'time' ? time(value) : what === 'bytes' ? bytes(value) : operations(Math.round(value)).replace(' billion', ' G').replace(' million', ' M').replace(' thousand', ' k');
    }

    /** What the pass did in a box: to the node, or to any in a folded scope. */
    change(box) {
        const counts = this.countChanges().get(box);
        return counts === undefined ? '' : counts['+'] > 0 ? '+' : counts['−'] > 0 ? '−' : counts['~'] > 0 ? '~' : '';
    }

    changedIn(box) {
        const counts = this.countChanges().get(box);
        return counts === undefined ? 0 : Math.max(counts['+'], counts['−'], counts['~']);
    }

    countChanges() {
        if (this.changesOf === undefined) {
            this.changesOf = new Map();
            const g = this.app.graph;
            const stage = this.app.stage();
            if (this.by() === 'change') {
                for (let n = 0; n < g.count; n++) {
                    const change = g.isPort[n] ? '' : g.change(n, stage);
                    if (change !== '') {
                        const box = this.layout.drawnFor(n);
                        const counts = this.changesOf.get(box) ?? { '+': 0, '−': 0, '~': 0 };
                        counts[change]++;
                        this.changesOf.set(box, counts);
                    }
                }
            }
        }
        return this.changesOf;
    }

    scopeNote(scope, what) {
        const g = this.app.graph;
        const run = g.runs.get(g.runOf[scope]);
        const members = run ?? [scope];
        const sum = members.reduce((s, id) => s + g.cost[what][g.firstScope + id], 0);
        const pager = run === undefined ? '' : ' ‹ ' + g.scopes[scope].name + ' ›';
        return sum > 0 ? this.short(what, sum) + ' · ' + percent(sum / g.cost[what][g.firstScope]) + ' of ' + { time: 'kernel time', bytes: 'bytes', flops: 'FLOPs' }[what] + pager : pager;
    }

    /** The type of what a scope gives: of its last node that something outside reads. */
    resultType(scope) {
        const g = this.app.graph;
        this.types ??= new Map();
        if (!this.types.has(scope)) {
            const inside = new Set();
            g.each(scope, n => inside.add(n));
            const result = [...inside].filter(n => !g.isPort[n] && g.isAlive(n, g.last) && (g.users[n].some(u => !inside.has(u)) || g.outputs.some(o => o.reads[g.last] === n)));
            this.types.set(scope, result.length === 1 ? g.type(result[0]).replace(/^[a-z0-9]+/, '') : '');
        }
        return this.types.get(scope);
    }

    threads(box) {
        const g = this.app.graph;
        const all = [];
        for (const f of g.wovenFrom(box)) {
            const family = g.nodes.family[f];
            if (family === 'layout') {
                continue;
            }
            all.push([family, 1]);
        }
        const layouts = g.wovenFrom(box).filter(f => g.nodes.family[f] === 'layout').length;
        return [...all.slice(0, 7), ...layouts > 0 ? [['layout', layouts]] : []];
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
        // At first the names shall be read: what does not fit at half size is begun at its top.
        const scale = Math.max(LEAST_SCALE, Math.min(most, atFirst ? Math.max(all, Math.min(0.62, (width - 2 * MARGIN) / w)) : all));
        const x = left + w / 2 - width / 2 / scale;
        const y = high * scale > height - 2 * MARGIN ? top - MARGIN / scale : top + high / 2 - height / 2 / scale;
        this.view = { scale, x, y };
    }

    zoom(factor, cx = this.drawing.width / 2, cy = this.drawing.height / 2) {
        const { x, y, scale } = this.view;
        const next = Math.max(LEAST_SCALE, Math.min(MOST_SCALE, scale * factor));
        this.view = { scale: next, x: x + cx / scale - cx / next, y: y + cy / scale - cy / next };
        this.moved();
    }

    moved() {
        this.paint();
        clearTimeout(this.saving);
        this.saving = setTimeout(() => {
            const { x, y, scale } = this.view;
            this.moving = true;
            this.app.state.set({ at: [x + this.drawing.width / 2 / scale, y + this.drawing.height / 2 / scale, scale] });
            this.moving = false;
        }, 200);
    }

    wheel(event) {
        event.preventDefault();
        const box = this.area.getBoundingClientRect();
        if (event.ctrlKey || (event.deltaMode === 0 && Number.isInteger(event.deltaY) && Math.abs(event.deltaY) >= 40 && event.deltaX === 0) || event.deltaMode === 1) {
            this.zoom(Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) / (event.ctrlKey ? 100 : 400)), event.clientX - box.left, event.clientY - box.top);
        } else {
            this.view.x += event.deltaX / this.view.scale;
            this.view.y += event.deltaY / this.view.scale;
            this.moved();
        }
    }

    boxAt(event) {
        const box = this.area.getBoundingClientRect();
        return this.grid.at(this.view.x + (event.clientX - box.left) / this.view.scale, this.view.y + (event.clientY - box.top) / this.view.scale);
    }

    press(event) {
        if (event.button !== 0) {
            return;
        }
        const start = { x: event.clientX, y: event.clientY, at: { ...this.view } };
        let dragged = false;
        const move = e => {
            dragged ||= Math.hypot(e.clientX - start.x, e.clientY - start.y) > 3;
            if (dragged) {
                this.view.x = start.at.x - (e.clientX - start.x) / this.view.scale;
                this.view.y = start.at.y - (e.clientY - start.y) / this.view.scale;
                this.showTip(-1);
                this.moved();
            }
        };
        const up = e => {
            removeEventListener('pointermove', move);
            removeEventListener('pointerup', up);
            if (!dragged) {
                this.click(this.boxAt(e), e);
            }
        };
        addEventListener('pointermove', move);
        addEventListener('pointerup', up);
    }

    click(box, event) {
        const g = this.app.graph;
        if (box >= 0 && g.isScope(box) && this.layout.isOpen(g.scopeOf(box))) {
            const l = this.layout;
            const area = this.area.getBoundingClientRect();
            const y = this.view.y + (event.clientY - area.top) / this.view.scale - l.y[box];
            const x = this.view.x + (event.clientX - area.left) / this.view.scale - l.x[box];
            if (y > 34) {
                this.app.select([]);
                return;
            }
            const run = g.runs.get(g.runOf[g.scopeOf(box)]);
            if (run !== undefined && x > l.w[box] - 110) {
                this.app.page(run, x > l.w[box] - 55 ? 1 : -1);
                return;
            }
            if (x < 34) {
                this.app.toggle(box);
                return;
            }
        }
        this.app.select(box < 0 ? [] : event.shiftKey ? [...this.app.selection(), box] : [box]);
    }

    hover(event) {
        const box = event.buttons === 0 ? this.boxAt(event) : -1;
        if (box !== this.hovered) {
            clearTimeout(this.waiting);
            this.showTip(-1);
            this.hovered = box;
            const at = [event.clientX, event.clientY];
            if (box >= 0 && !this.drawing.isOpenScope(box)) {
                this.waiting = setTimeout(() => this.showTip(box, at), 80);
            }
        }
    }

    showTip(box, at = [0, 0]) {
        this.tip.hidden = box < 0;
        if (box < 0) {
            this.hovered = -1;
            clearTimeout(this.waiting);
            return;
        }
        const g = this.app.graph;
        fill(this.tip, h('b', {}, name(shown(g.label(box)))), ' ', name(shown(g.type(box), 80)), h('div', {}, name(shown(g.path(box)))),
            this.app.facts.declinedAt(box) === undefined ? null : h('div', {}, 'declined: ', name(shown(this.app.facts.declinedAt(box).reason))));
        const area = this.area.getBoundingClientRect();
        const x = at[0] - area.left + 14;
        this.tip.style.setProperty('left', Math.min(x, area.width - 350) + 'px');
        this.tip.style.setProperty('top', at[1] - area.top + 14 + 'px');
    }

    menu(event) {
        event.preventDefault();
        const box = this.boxAt(event);
        if (box < 0) {
            return;
        }
        const g = this.app.graph;
        const copy = text => () => { navigator.clipboard?.writeText(text); close(); };
        const menu = h('div.menu', { style: { left: event.clientX + 'px', top: event.clientY + 'px' } },
            h('button', { text: 'Copy path', onclick: copy(g.path(box)) }),
            h('button', { text: 'Copy link', onclick: () => { this.app.select([box]); copy(location.href)(); } }),
            h('button', { text: 'Copy command', onclick: copy('heddle inspect ' + this.app.report.head.file) }),
            g.isScope(box) ? h('button', { text: this.layout.isOpen(g.scopeOf(box)) ? 'Fold' : 'Unfold', onclick: () => { this.app.toggle(box); close(); } }) : null);
        const close = () => {
            menu.remove();
            removeEventListener('pointerdown', outside);
        };
        const outside = e => menu.contains(e.target) || close();
        addEventListener('pointerdown', outside);
        document.body.append(menu);
        menu.firstChild.focus();
    }

    key(event) {
        const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (direction === undefined || event.ctrlKey || event.metaKey) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        const from = this.app.selection().find(b => this.layout.isDrawn[b]);
        const next = from === undefined ? this.layout.drawn[0] : this.nearest(from, direction);
        if (next !== undefined) {
            this.app.select([next]);
            this.reveal([next]);
        }
    }

    /** The box that is next in a direction. */
    nearest(from, [dx, dy]) {
        const l = this.layout;
        const middle = b => [l.x[b] + l.w[b] / 2, l.y[b] + l.h[b] / 2];
        const [fx, fy] = middle(from);
        let best;
        let least = Infinity;
        for (const b of l.drawn) {
            if (b === from || this.drawing.isOpenScope(b)) {
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
        const { scale } = this.view;
        const b = drawn[0];
        const inside = l.x[b] >= this.view.x && l.x[b] + l.w[b] <= this.view.x + width / scale && l.y[b] >= this.view.y && l.y[b] + l.h[b] <= this.view.y + height / scale;
        if (!inside) {
            this.view.x = l.x[b] + l.w[b] / 2 - width / 2 / scale;
            this.view.y = l.y[b] + l.h[b] / 2 - height / 2 / scale;
            this.moved();
        }
    }

    resized() {
        if (this.layout !== undefined && !this.element.hidden) {
            this.paintNow();
        }
    }

    /* The minimap. */

    paintMap() {
        const l = this.layout;
        const { width, height, ratio } = this.drawing;
        const all = this.view.x <= -2 && this.view.y <= 0 && this.view.x + width / this.view.scale >= l.width && this.view.y + height / this.view.scale >= l.height;
        this.minimap.hidden = all;
        if (all) {
            return;
        }
        const [w, high] = [136, 150];
        const scale = Math.min((w - 12) / Math.max(1, l.width), (high - 12) / Math.max(1, l.height));
        this.mapScale = scale;
        this.mapLeft = (w - l.width * scale) / 2;
        this.mapTop = (high - l.height * scale) / 2;
        if (this.mapDrawn !== l || this.mapTheme !== this.app.colours) {
            this.mapDrawn = l;
            this.mapTheme = this.app.colours;
            this.map = new OffscreenCanvas(w * ratio, high * ratio);
            const c = this.map.getContext('2d');
            c.setTransform(ratio * scale, 0, 0, ratio * scale, this.mapLeft * ratio, this.mapTop * ratio);
            for (const b of l.drawn) {
                if (this.drawing.isOpenScope.call({ scene: { layout: l } }, b)) {
                    c.fillStyle = this.app.colours.raised;
                    c.fillRect(l.x[b], l.y[b], l.w[b], l.h[b]);
                }
            }
            for (const b of l.drawn) {
                if (!this.drawing.isOpenScope.call({ scene: { layout: l } }, b)) {
                    c.fillStyle = this.app.colours.family[this.app.graph.family(b)];
                    c.fillRect(l.x[b], l.y[b], l.w[b], l.h[b]);
                }
            }
        }
        this.small.width = w * ratio;
        this.small.height = high * ratio;
        const c = this.small.getContext('2d');
        c.drawImage(this.map, 0, 0);
        c.setTransform(ratio, 0, 0, ratio, 0, 0);
        c.strokeStyle = this.app.colours.accent;
        c.lineWidth = 1.5;
        c.strokeRect(this.mapLeft + this.view.x * scale, this.mapTop + this.view.y * scale, width / this.view.scale * scale, height / this.view.scale * scale);
        c.fillStyle = this.app.colours.accent;
        this.app.matches.forEach(n => {
            const b = l.drawnFor(n);
            c.fillRect(w - 6, this.mapTop + l.y[b] * scale, 5, 2);
        });
    }

    dragMap(event) {
        const move = e => {
            const box = this.minimap.getBoundingClientRect();
            const { width, height } = this.drawing;
            this.view.x = (e.clientX - box.left - this.mapLeft) / this.mapScale - width / 2 / this.view.scale;
            this.view.y = (e.clientY - box.top - this.mapTop) / this.mapScale - height / 2 / this.view.scale;
            this.moved();
        };
        const up = () => { removeEventListener('pointermove', move); removeEventListener('pointerup', up); };
        addEventListener('pointermove', move);
        addEventListener('pointerup', up);
        move(event);
        event.stopPropagation();
    }
}
