/** The page: reads the report, holds the state, and brings the views together. */
import { CompareView } from './compare-view.js';
import { h } from './dom.js';
import { EmptyView } from './empty-view.js';
import { Facts } from './facts.js';
import { shown } from './format.js';
import { Frame } from './frame.js';
import { GraphView } from './graph-view.js';
import { Graph, Report } from './report.js';
import { find, parse } from './search.js';
import { State } from './state.js';
import { applyTheme, colours } from './theme.js';

/** What views share. */
class App {
    constructor() {
        this.report = new Report();
        this.state = new State();
        this.state.read();
        if (location.hash === '' && this.report.has('diff')) {
            this.state.view = 'compare';
        }
        this.matches = [];
        this.match = -1;
        this.query = parse('');
        this.frames = [];
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
            ...VIEWS.map(v => ({
                id: v.id, title: v.title, missing: v.isMissing(this),
                make: () => v.isMissing(this) ? new EmptyView(this, v.sentence(this), v.command(file)) : v.make(this),
            })),
        ];
        this.frame_ = new Frame(this);
        const app = document.getElementById('app');
        app.append(...this.frame_.element);
        document.getElementById('static').hidden = true;
        app.hidden = false;
        this.state.listen(changed => this.update(changed));
        addEventListener('popstate', () => this.readAddress());
        addEventListener('hashchange', () => this.readAddress());
        addEventListener('keydown', event => this.key(event));
        addEventListener('keyup', event => event.key === ' ' && this.release());
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.update(new Set(['theme'])));
        this.update(new Set(['view', 'q', 'theme']));
        if (this.state.unknown.length > 0) {
            this.say('Not known, and left out: ' + this.state.unknown.join(', '));
        }
        document.documentElement.dataset.ready = 'true';
    }

    readAddress() {
        if (this.state.hash() !== location.hash) {
            this.state.read();
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
            this.frame_.updateSearch();
        }
        if (changed.has('view')) {
            this.showView();
        } else {
            this.current?.element.update(changed);
        }
        this.frame_.updateTabs();
        this.speak(changed);
    }

    showView() {
        const wanted = this.views.find(v => v.id === this.state.view) ?? this.views[0];
        if (wanted.id !== this.state.view) {
            this.state.view = wanted.id;
        }
        if (wanted.element === undefined) {
            wanted.element = wanted.make();
            this.frame_.body.append(wanted.element.element);
            wanted.element.element.setAttribute('role', 'tabpanel');
            wanted.element.element.setAttribute('aria-labelledby', 'tab-' + wanted.id);
        }
        this.views.forEach(v => { if (v.element !== undefined) { v.element.element.hidden = v !== wanted; } });
        this.current = wanted;
        wanted.element.show();
        this.showVerdict();
    }

    /** The strip below the top: a view may have its own. */
    showVerdict() {
        this.frame_.writeVerdict(this.current.element.verdict?.());
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
        this.frame_.say(text, visible);
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
        if (this.frame_.input.value !== text) {
            this.frame_.input.value = text;
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
        this.frame_.updateSearch();
    }

    /* Links between views. */

    /** Selects what a line of the model is for. */
    selectLine(file, line) {
        const g = this.graph;
        const found = [];
        for (let n = 0; n < g.count; n++) {
            if (!g.isPort[n] && g.isAlive(n, this.stage()) && g.places(n).slice(0, 1).some(p => p[0] === file && this.facts.lines(...p).includes(line))) {
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

    /* Keys. */

    key(event) {
        if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement || event.altKey || document.querySelector('dialog[open]')) {
            return;
        }
        if (event.key === '/' || ((event.ctrlKey || event.metaKey) && event.key === 'k')) {
            this.frame_.input.focus();
            this.frame_.input.select();
        } else if (event.ctrlKey || event.metaKey) {
            return;
        } else if (/^[1-9]$/.test(event.key) && this.views[Number(event.key) - 1] !== undefined) {
            this.state.set({ view: this.views[Number(event.key) - 1].id });
        } else if (!this.actions(event)) {
            return;
        }
        event.preventDefault();
    }

    actions(event) {
        const g = this.graph;
        const box = this.selection()[0];
        const drawn = this.current.element.fit === undefined ? this.graphView : this.current.element;
        switch (event.key) {
            case '[': this.stepPass(-1, false); break;
            case ']': this.stepPass(1, false); break;
            case '{': this.stepPass(-1, true); break;
            case '}': this.stepPass(1, true); break;
            case ' ': this.hold(event); break;
            case 'f': case 'F': drawn?.fit(); break;
            case '0': drawn?.zoom(1 / drawn.view.scale); break;
            case '+': case '=': drawn?.zoom(1.25); break;
            case '-': case '−': drawn?.zoom(1 / 1.25); break;
            case 'n': case 'N': this.nextOf(this.matches.length > 0 ? this.matches : this.changed()); break;
            case 'd': case 'D': this.nextOf(this.attention.declined.map(d => d.id).filter(id => id >= 0)); break;
            case 'g': case 'G': this.state.set({ view: 'graph' }); this.graphView.reveal(this.selection()); break;
            case 's': case 'S': this.state.set({ view: 'graph', tab: { ...this.state.tab, left: 'source' } }); break;
            case 'l': case 'L': navigator.clipboard?.writeText(location.href); this.say('Link copied.'); break;
            case 'c': case 'C': this.nextColour(); break;
            case 'k': case 'K': this.togglePlaces(); break;
            case 't': case 'T': this.switchTheme(); break;
            case '?': this.frame_.help(); break;
            case 'Enter': if (box === undefined || !g.isScope(box)) { return false; } this.toggle(box); break;
            case 'Backspace': this.foldParent(box); break;
            case 'Escape': this.state.set(this.state.q !== '' ? { q: '' } : { sel: [] }); break;
            default: return false;
        }
        return true;
    }

    hold(event) {
        if (!event.repeat && this.held === undefined && this.stage() > 0) {
            this.held = [this.state.pass, this.state.places];
            this.state.set({ pass: this.stage() - 1, places: true });
        }
    }

    release() {
        if (this.held !== undefined) {
            const [pass, places] = this.held;
            this.held = undefined;
            this.state.set({ pass, places });
        }
    }

    nextOf(nodes) {
        if (nodes.length > 0) {
            const at = nodes.indexOf(this.selection()[0]);
            this.select([nodes[(at + 1) % nodes.length]], true);
        }
    }

    changed() {
        if (this.current.element.changed !== undefined) {
            return this.current.element.changed();
        }
        const all = [];
        for (let n = 0; n < this.graph.count; n++) {
            if (!this.graph.isPort[n] && this.graph.change(n, this.stage()) !== '') {
                all.push(n);
            }
        }
        return all;
    }

    nextColour() {
        const all = ['family', ...this.graph.hasTime ? ['time'] : [], 'bytes', 'flops'];
        this.state.set({ by: all[(all.indexOf(this.state.by) + 1) % all.length], pass: null, places: false });
    }

    foldParent(box) {
        if (box === undefined) {
            return;
        }
        const g = this.graph;
        const open = this.openScopes();
        let s = g.isScope(box) && open.has(g.scopeOf(box)) ? g.scopeOf(box) : g.parent(box);
        while (s > 0 && !open.has(s)) {
            s = g.scopes[s].parent;
        }
        if (s > 0) {
            this.toggle(g.firstScope + s);
            this.select([g.firstScope + s]);
        }
    }

    /** Keeps the last frame times, for measurements. */
    frame(milliseconds) {
        this.frames.push(milliseconds);
        if (this.frames.length > 600) {
            this.frames.shift();
        }
    }
}

/** The other views, in the order of their tabs. Each says whether its data is missing, and the command that brings it. */
const VIEWS = [
    {
        id: 'compare', title: 'Compare', isMissing: app => !app.report.has('diff'), sentence: () => 'A comparison needs two models, or one in two versions.',
        command: file => 'heddle diff before.json ' + shown(file) + ' -o diff.html', make: app => new CompareView(app),
    },
    {
        id: 'words', title: 'Words', isMissing: app => !app.report.has('words'), sentence: () => 'What a token looks at is known after it was watched.',
        command: file => 'heddle attend ' + shown(file) + ' --text "The bank is near the river" --token bank -o words.html', make: app => new EmptyView(app, '', ''),
    },
];

const app = new App();
if (typeof DecompressionStream === 'function') {
    app.start().catch(error => {
        const element = document.getElementById('static');
        element.hidden = false;
        document.getElementById('app').hidden = true;
        element.prepend(h('p', {}, h('b', { text: 'This report cannot be shown: ' }), h('bdi', { text: String(error.message ?? error) })));
        throw error;
    });
}
