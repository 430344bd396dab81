/** The page: reads the report, holds the state, and brings the views together. */
import { EmptyView } from './empty-view.js';
import { Facts } from './facts.js';
import { shown } from './format.js';
import { Frame } from './frame.js';
import { GraphView } from './graph-view.js';
import { Keys } from './keys.js';
import { PrintPage } from './print.js';
import { Graph, Report } from './report.js';
import { find, parse } from './search.js';
import { State } from './state.js';
import { applyTheme, colours } from './theme.js';

/** What views share. */
export class App {
    /** @param others the views besides the graph */
    constructor(others) {
        this.others = others;
        this.report = new Report();
        this.state = new State();
        this.state.read(this.firstView());
        this.matches = [];
        this.match = -1;
        this.query = parse('');
        this.frameTimes = [];
    }

    async start() {
        applyTheme(this.state.theme);
        this.colours = colours();
        const { report } = this;
        [this.decisions, this.source, this.attention, this.plan] = await Promise.all(['decisions', 'source', 'attention', 'plan'].map(n => report.section(n)));
        this.graph = new Graph(await report.section('graph'), this.decisions, this.plan, this.attention);
        this.facts = new Facts(this.graph, this.source, this.attention, this.plan);
        const file = report.head.file;
        this.views = [
            { id: 'graph', title: 'Graph', make: () => new GraphView(this) },
            ...this.others.map(v => ({
                id: v.id, title: v.title, missing: v.isMissing(this),
                make: () => v.isMissing(this) ? new EmptyView(this, v.sentence(this), v.command(file)) : v.make(this),
            })),
        ];
        this.frame = new Frame(this);
        const app = document.getElementById('app');
        app.append(...this.frame.element);
        document.body.append(new PrintPage(this).element);
        document.getElementById('static').hidden = true;
        app.hidden = false;
        this.state.listen(changed => this.update(changed));
        addEventListener('popstate', () => this.readAddress());
        addEventListener('hashchange', () => this.readAddress());
        new Keys(this).listen();
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.update(new Set(['theme'])));
        this.update(new Set(['view', 'q', 'theme']));
        if (this.state.unknown.length > 0) {
            this.say('Not known, and left out: ' + this.state.unknown.join(', '));
        }
        document.documentElement.dataset.ready = 'true';
    }

    readAddress() {
        if (this.state.hash() !== location.hash) {
            this.state.read(this.firstView());
            this.update(new Set(['view', 'sel', 'open', 'pass', 'by', 'q', 'at', 'theme', 'places', 'shown', 'weights', 'tab']));
        }
    }

    update(changed) {
        if (changed.has('theme')) {
            applyTheme(this.state.theme);
            this.colours = colours();
        }
        if (changed.has('q') || changed.has('pass')) {
            this.query = parse(this.state.q);
            this.matches = find(this.query, this.graph, this.facts, this.stage());
            this.match = Math.min(this.match, this.matches.length - 1);
            this.frame.updateSearch();
        }
        if (changed.has('view')) {
            this.showView();
        } else {
            this.current?.element.update(changed);
        }
        this.frame.updateTabs();
        this.speak(changed);
    }

    showView() {
        const wanted = this.views.find(v => v.id === this.state.view) ?? this.views[0];
        if (wanted.id !== this.state.view) {
            this.state.view = wanted.id;
        }
        this.make(this.views[0]);
        this.make(wanted);
        this.views.forEach(v => { if (v.element !== undefined) { v.element.element.hidden = v !== wanted; } });
        this.current = wanted;
        wanted.element.show();
        this.showVerdict();
    }

    /** The strip below the top: a view may have its own. */
    showVerdict() {
        this.frame.writeVerdict(this.current.element.verdict?.());
    }

    /** The view that a report opens with: that of what it was written for. */
    firstView() {
        return this.report.head.view ?? (this.report.has('diff') ? 'compare' : 'graph');
    }

    /** Makes a view when it is first needed; the graph's is, by all others. */
    make(view) {
        if (view.element === undefined) {
            view.element = view.make();
            view.element.element.hidden = true;
            this.frame.body.append(view.element.element);
            view.element.element.setAttribute('role', 'tabpanel');
            view.element.element.setAttribute('aria-labelledby', 'tab-' + view.id);
        }
    }

    /** Says what changed, for screen readers. */
    speak(changed) {
        const g = this.graph;
        if (changed.has('pass')) {
            const s = g.stages[this.stage()];
            this.say('Pass ' + this.stage() + ' of ' + g.last + ', ' + s.name + ': ' + s.added + ' added, ' + s.removed + ' removed', false);
        } else if (changed.has('sel') && this.selection().length > 0) {
            this.say(shown(g.path(this.selection()[0])) + ' selected', false);
        } else if (changed.has('q') && this.state.q !== '') {
            this.say(this.matches.length + ' matches', false);
        } else if (changed.has('view')) {
            this.say(this.current.title, false);
        }
    }

    say(text, visible = true) {
        this.frame.say(text, visible);
    }

    /* What is shown. */

    stage() {
        return this.state.pass === null ? this.graph.last : Math.max(0, Math.min(this.graph.last, this.state.pass));
    }

    keepsPlaces() {
        return this.state.places;
    }

    /** The selected boxes. */
    selection() {
        return this.state.sel.map(path => this.graph.find(path, this.stage())).filter(box => box !== undefined);
    }

    /**
     * Selects boxes.
     *
     * @param {number[]} boxes
     * @param {boolean} reveal whether to unfold what hides the first and to bring it into sight
     */
    select(boxes, reveal = false, more = {}) {
        const changes = { sel: [...new Set(boxes)].map(b => this.graph.path(b)), ...more };
        if (reveal && boxes.length > 0) {
            Object.assign(changes, this.unfolded(boxes[0]));
        }
        this.state.set(changes, true);
        if (reveal && this.current.id === 'graph') {
            this.graphView.reveal(boxes);
        }
    }

    /** What has to be open, and which members of runs shown, for a box to be seen. */
    unfolded(box) {
        const g = this.graph;
        const open = new Set([...this.openScopes()]);
        const members = { ...this.state.shown };
        const sizes = [open.size, JSON.stringify(members)];
        for (let s = g.parent(box); s > 0; s = g.scopes[s].parent) {
            const run = g.runs.get(g.runOf[s]);
            if (run !== undefined) {
                const first = g.scopes[run[0]].path;
                const before = run[Number(members[first] ?? 0)];
                if (before !== s && open.has(before)) {
                    this.turn(open, before, s);
                }
                if (run.indexOf(s) > 0 || members[first] !== undefined) {
                    members[first] = String(run.indexOf(s));
                }
            }
            open.add(s);
        }
        return sizes[0] === open.size && sizes[1] === JSON.stringify(members) && [...open].every(s => this.openScopes().has(s)) ? {}
            : { open: [...open].map(s => g.scopes[s].path), shown: members };
    }

    openScopes() {
        return this.graphView === undefined ? new Set() : this.graphView.open();
    }

    /** Lets what is open in one member of a run be open in another instead. */
    turn(open, from, to) {
        const g = this.graph;
        if (open.delete(from)) {
            open.add(to);
        }
        g.children[from].forEach((child, i) => g.children[to][i] !== undefined && this.turn(open, child, g.children[to][i]));
    }

    /** Folds or unfolds a scope; a node's own scope when it is a node. */
    toggle(box) {
        const g = this.graph;
        if (box < 0 || !g.isScope(box)) {
            return;
        }
        const open = new Set(this.openScopes());
        const scope = g.scopeOf(box);
        open.has(scope) ? open.delete(scope) : open.add(scope);
        this.graphView.anchor = box;
        this.state.set({ open: [...open].map(s => g.scopes[s].path) });
    }

    /** Shows another member of a run. */
    page(run, by) {
        const g = this.graph;
        const first = g.scopes[run[0]].path;
        const before = Number(this.state.shown[first] ?? 0);
        const next = (before + by + run.length) % run.length;
        const open = new Set(this.openScopes());
        this.turn(open, run[before], run[next]);
        this.state.set({ shown: { ...this.state.shown, [first]: String(next) }, open: [...open].map(s => g.scopes[s].path) });
    }

    setPass(stage) {
        this.state.set({ pass: stage === this.graph.last ? null : stage, places: true });
    }

    /** @param changed whether to go on to a pass that changed something */
    stepPass(by, changed) {
        const g = this.graph;
        let next = this.stage() + by;
        while (changed && next > 0 && next < g.last && g.stages[next].added + g.stages[next].removed + g.stages[next].rewritten === 0) {
            next += by;
        }
        this.setPass(Math.max(0, Math.min(g.last, next)));
    }

    togglePlaces() {
        this.state.set({ places: !this.state.places });
    }

    switchTheme() {
        this.state.set({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' });
    }

    /* Search. */

    search(text) {
        this.match = -1;
        this.state.set({ q: text });
        if (this.frame.input.value !== text) {
            this.frame.input.value = text;
        }
    }

    step(by) {
        if (this.matches.length > 0) {
            this.goTo((this.match + by + this.matches.length) % this.matches.length);
        }
    }

    goTo(i) {
        this.match = i;
        this.select([this.matches[i]], true);
        this.frame.updateSearch();
    }

    /* Links between views. */

    /** Selects what a line of the model is for. */
    selectLine(file, line) {
        const g = this.graph;
        const written = new Set();
        for (let n = 0; n < g.count; n++) {
            if (!g.isPort[n] && g.places(n).slice(0, 1).some(p => p[0] === file && this.facts.lines(...p).includes(line))) {
                written.add(n);
            }
        }
        // What is gone stands in what was made of it.
        const found = [];
        for (let n = 0; n < g.count; n++) {
            if (!g.isPort[n] && g.isAlive(n, this.stage()) && (written.has(n) || g.wovenFrom(n).some(f => written.has(f)))) {
                found.push(n);
            }
        }
        if (found.length === 0) {
            this.say('Line ' + line + ' has no node at this pass.');
        } else {
            this.select(found, true);
        }
    }

    /** Shows a line in the source beside the graph. */
    showLine(file, line) {
        this.state.set({ view: 'graph', tab: { ...this.state.tab, left: 'source' } });
        const panel = this.graphView.panels.source;
        panel.file = file;
        panel.build();
        panel.rows[line - 1]?.scrollIntoView({ block: 'center' });
    }

    /** Shows a kernel where its time and memory are. */
    showKernel(kernel) {
        const node = this.graph.kernelNode[kernel];
        this.state.set({ view: 'memory', sel: node < 0 ? [] : [this.graph.path(node)] });
    }

    /** Keeps the last frame times, for measurements. */
    timed(milliseconds) {
        this.frameTimes.push(milliseconds);
        if (this.frameTimes.length > 600) {
            this.frameTimes.shift();
        }
    }
}
