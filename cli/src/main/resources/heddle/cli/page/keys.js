/** The keys of the whole page. */

export class Keys {
    constructor(app) {
        this.app = app;
    }

    listen() {
        addEventListener('keydown', event => this.key(event));
        addEventListener('keyup', event => event.key === ' ' && this.release());
    }

    key(event) {
        const isPressed = event.key === ' ' || event.key === 'Enter';
        if (isPressed && event.target instanceof Element && event.target.closest('button, summary, a, [role=option], [role=treeitem]') !== null) {
            return;
        }
        if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement || event.altKey || document.querySelector('dialog[open]')) {
            return;
        }
        if (event.key === '/' || ((event.ctrlKey || event.metaKey) && event.key === 'k')) {
            this.app.frame.input.focus();
            this.app.frame.input.select();
        } else if (event.ctrlKey || event.metaKey) {
            return;
        } else if (/^[1-9]$/.test(event.key) && this.app.views[Number(event.key) - 1] !== undefined) {
            this.app.state.set({ view: this.app.views[Number(event.key) - 1].id });
        } else if (!this.actions(event)) {
            return;
        }
        event.preventDefault();
    }

    actions(event) {
        const g = this.app.graph;
        const box = this.app.selection()[0];
        const drawn = this.app.current.element;
        if ('fF0+=-−'.includes(event.key) && drawn.fit === undefined) {
            return false;
        }
        switch (event.key) {
            case '[': this.app.stepPass(-1, false); break;
            case ']': this.app.stepPass(1, false); break;
            case '{': this.app.stepPass(-1, true); break;
            case '}': this.app.stepPass(1, true); break;
            case ' ': this.hold(event); break;
            case 'f': case 'F': drawn.fit(); break;
            case '0': drawn.zoom(1 / drawn.sight.scale); break;
            case '+': case '=': drawn.zoom(1.25); break;
            case '-': case '−': drawn.zoom(1 / 1.25); break;
            case 'n': case 'N': this.nextOf(this.app.matches.length > 0 ? this.app.matches : this.changed()); break;
            case 'd': case 'D': this.nextOf(this.app.attention.declined.map(d => d.id).filter(id => id >= 0)); break;
            case 'g': case 'G': this.app.state.set({ view: 'graph' }); this.app.graphView.reveal(this.app.selection()); break;
            case 's': case 'S': this.app.state.set({ view: 'graph', tab: { ...this.app.state.tab, left: 'source' } }); break;
            case 'l': case 'L': navigator.clipboard?.writeText(location.href); this.app.say('Link copied.'); break;
            case 'c': case 'C': this.nextColour(); break;
            case 'k': case 'K': this.app.togglePlaces(); break;
            case 't': case 'T': this.app.switchTheme(); break;
            case '?': this.app.frame.help(); break;
            case 'Enter': if (box === undefined || !g.isScope(box)) { return false; } this.app.toggle(box); break;
            case 'Backspace': this.foldParent(box); break;
            case 'Escape': this.app.state.set(this.app.state.q !== '' ? { q: '' } : { sel: [] }); break;
            default: return false;
        }
        return true;
    }

    hold(event) {
        if (!event.repeat && this.held === undefined && this.app.stage() > 0) {
            this.held = [this.app.state.pass, this.app.state.places];
            this.app.state.set({ pass: this.app.stage() - 1, places: true });
        }
    }

    release() {
        if (this.held !== undefined) {
            const [pass, places] = this.held;
            this.held = undefined;
            this.app.state.set({ pass, places });
        }
    }

    nextOf(nodes) {
        if (nodes.length > 0) {
            const at = nodes.indexOf(this.app.selection()[0]);
            this.app.select([nodes[(at + 1) % nodes.length]], true);
        }
    }

    changed() {
        if (this.app.current.element.changed !== undefined) {
            return this.app.current.element.changed();
        }
        const all = [];
        for (let n = 0; n < this.app.graph.count; n++) {
            if (!this.app.graph.isPort[n] && this.app.graph.change(n, this.app.stage()) !== '') {
                all.push(n);
            }
        }
        return all;
    }

    nextColour() {
        const all = ['family', ...this.app.graph.hasTime ? ['time'] : [], 'bytes', 'flops'];
        this.app.state.set({ by: all[(all.indexOf(this.app.state.by) + 1) % all.length], pass: null, places: false });
    }

    foldParent(box) {
        if (box === undefined) {
            return;
        }
        const g = this.app.graph;
        const open = this.app.openScopes();
        let s = g.isScope(box) && open.has(g.scopeOf(box)) ? g.scopeOf(box) : g.parent(box);
        while (s > 0 && !open.has(s)) {
            s = g.scopes[s].parent;
        }
        if (s > 0) {
            this.app.toggle(g.firstScope + s);
            this.app.select([g.firstScope + s]);
        }
    }
}
