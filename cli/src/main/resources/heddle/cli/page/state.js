/** What is shown: one object that all views share, kept in the part of the address behind `#`. */

const DEFAULTS = { view: 'graph', sel: [], open: null, pass: null, by: 'family', q: '', at: null, theme: '', places: false, shown: {}, weights: false, tab: {} };

/** The state of the page. A listener is told which keys changed. */
export class State {
    constructor() {
        Object.assign(this, structuredClone(DEFAULTS));
        this.listeners = [];
        this.unknown = [];
    }

    listen(listener) {
        this.listeners.push(listener);
    }

    /**
     * Changes some keys.
     *
     * @param {Object} changes
     * @param {boolean} step whether `back` shall return to before: for selection, view and pass
     */
    set(changes, step = false) {
        const changed = Object.keys(changes).filter(key => JSON.stringify(this[key]) !== JSON.stringify(changes[key]));
        if (changed.length === 0) {
            return;
        }
        Object.assign(this, changes);
        this.write(step || changed.some(k => k === 'sel' || k === 'view' || k === 'pass'));
        this.tell(new Set(changed));
    }

    tell(changed) {
        this.listeners.forEach(listener => listener(changed));
    }

    write(step) {
        const text = this.hash();
        if (text !== location.hash) {
            try {
                history[step ? 'pushState' : 'replaceState'](null, '', text);
            } catch {
                // A browser that takes no more changes for a while keeps the last address.
            }
        }
    }

    hash() {
        const parts = [];
        const add = (key, value) => parts.push(key + '=' + encodeURIComponent(value).replace(/%2F/g, '/').replace(/%3A/g, ':').replace(/%2C/g, ','));
        if (this.sel.length > 0) { add('sel', this.sel.join(',')); }
        if (this.open !== null) { add('open', this.open.join(',')); }
        if (this.pass !== null) { add('pass', this.pass); }
        if (this.by !== 'family') { add('by', this.by); }
        if (this.q !== '') { add('q', this.q); }
        if (this.at !== null) { add('at', this.at.map(v => Math.round(v * 1000) / 1000).join(',')); }
        if (this.theme !== '') { add('theme', this.theme); }
        if (this.places) { add('places', 'kept'); }
        if (this.weights) { add('weights', 'shown'); }
        for (const [run, member] of Object.entries(this.shown)) { add('shown.' + run, member); }
        for (const [view, tab] of Object.entries(this.tab)) { add('tab.' + view, tab); }
        return '#/' + this.view + (parts.length > 0 ? '?' + parts.join('&') : '');
    }

    /** Reads the address. What is not known is noted, and left out. @param view where the address names none */
    read(view = 'graph') {
        const fresh = structuredClone(DEFAULTS);
        const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
        this.unknown = [];
        fresh.view = path === '' ? view : path;
        for (const part of query.split('&').filter(p => p !== '')) {
            const at = part.indexOf('=');
            const key = at < 0 ? part : part.slice(0, at);
            let value;
            try {
                value = decodeURIComponent(part.slice(at + 1));
            } catch {
                this.unknown.push(key);
                continue;
            }
            const list = () => value.split(',').filter(v => v !== '');
            switch (key) {
                case 'sel': fresh.sel = list(); break;
                case 'open': fresh.open = list(); break;
                case 'pass': fresh.pass = /^\d+$/.test(value) ? Number(value) : this.note(key, null); break;
                case 'by': fresh.by = value; break;
                case 'q': fresh.q = value; break;
                case 'at': {
                    const numbers = list().map(Number);
                    fresh.at = numbers.length === 3 && numbers.every(Number.isFinite) ? numbers : this.note(key, null);
                    break;
                }
                case 'theme': fresh.theme = value === 'dark' || value === 'light' ? value : this.note(key, ''); break;
                case 'places': fresh.places = value === 'kept'; break;
                case 'weights': fresh.weights = value === 'shown'; break;
                default:
                    if (key.startsWith('shown.')) {
                        fresh.shown[key.slice(6)] = value;
                    } else if (key.startsWith('tab.')) {
                        fresh.tab[key.slice(4)] = value;
                    } else {
                        this.unknown.push(key);
                    }
            }
        }
        Object.assign(this, fresh);
    }

    note(key, otherwise) {
        this.unknown.push(key);
        return otherwise;
    }
}
