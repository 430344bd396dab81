/** Mouse and keys on the graph: pan, zoom, select, fold, and what is known of what is under the pointer. */
import { drag, fill, h, name } from './dom.js';
import { quoted, shown } from './format.js';

export class CanvasControls {
    /** @param view the graph's view */
    constructor(app, view) {
        this.app = app;
        this.view = view;
        this.listen();
    }

    listen() {
        const a = this.view.area;
        a.addEventListener('wheel', event => this.wheel(event), { passive: false });
        a.addEventListener('pointerdown', event => this.press(event));
        a.addEventListener('pointermove', event => this.hover(event));
        a.addEventListener('pointerleave', () => this.showTip(-1));
        a.addEventListener('dblclick', event => this.app.toggle(this.boxAt(event)));
        a.addEventListener('contextmenu', event => this.menu(event));
        a.addEventListener('keydown', event => this.key(event));
    }

    wheel(event) {
        event.preventDefault();
        const box = this.view.area.getBoundingClientRect();
        if (event.ctrlKey || (event.deltaMode === 0 && Number.isInteger(event.deltaY) && Math.abs(event.deltaY) >= 40 && event.deltaX === 0) || event.deltaMode === 1) {
            this.view.zoom(Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) / (event.ctrlKey ? 100 : 400)), event.clientX - box.left, event.clientY - box.top);
        } else {
            this.view.sight.x += event.deltaX / this.view.sight.scale;
            this.view.sight.y += event.deltaY / this.view.sight.scale;
            this.view.moved();
        }
    }

    boxAt(event) {
        const box = this.view.area.getBoundingClientRect();
        return this.view.grid.at(this.view.sight.x + (event.clientX - box.left) / this.view.sight.scale, this.view.sight.y + (event.clientY - box.top) / this.view.sight.scale);
    }

    press(event) {
        if (event.button !== 0) {
            return;
        }
        const start = { x: event.clientX, y: event.clientY, at: { ...this.view.sight } };
        let dragged = false;
        const move = e => {
            dragged ||= Math.hypot(e.clientX - start.x, e.clientY - start.y) > 3;
            if (dragged) {
                this.view.sight.x = start.at.x - (e.clientX - start.x) / this.view.sight.scale;
                this.view.sight.y = start.at.y - (e.clientY - start.y) / this.view.sight.scale;
                this.showTip(-1);
                this.view.moved();
            }
        };
        drag(move, e => dragged || this.click(this.boxAt(e), e));
    }

    click(box, event) {
        const g = this.app.graph;
        if (box >= 0 && g.isScope(box) && this.view.layout.isOpen(g.scopeOf(box))) {
            const l = this.view.layout;
            const area = this.view.area.getBoundingClientRect();
            const y = this.view.sight.y + (event.clientY - area.top) / this.view.sight.scale - l.y[box];
            const x = this.view.sight.x + (event.clientX - area.left) / this.view.sight.scale - l.x[box];
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
            if (box >= 0 && !this.view.layout.isOpenBox(box)) {
                this.waiting = setTimeout(() => this.showTip(box, at), 80);
            }
        }
    }

    showTip(box, at = [0, 0]) {
        this.view.tip.hidden = box < 0;
        if (box < 0) {
            this.hovered = -1;
            clearTimeout(this.waiting);
            return;
        }
        const g = this.app.graph;
        fill(this.view.tip, h('b', {}, name(shown(g.label(box)))), ' ', name(shown(g.type(box), 80)), h('div', {}, name(shown(g.path(box)))),
            this.app.facts.declinedAt(box) === undefined ? null : h('div', {}, 'declined: ', name(shown(this.app.facts.declinedAt(box).reason))));
        const area = this.view.area.getBoundingClientRect();
        const x = at[0] - area.left + 14;
        this.view.tip.style.setProperty('left', Math.min(x, area.width - 350) + 'px');
        this.view.tip.style.setProperty('top', at[1] - area.top + 14 + 'px');
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
            h('button', { text: 'Copy command', onclick: copy('heddle inspect ' + quoted(this.app.report.head.file)) }),
            g.isScope(box) ? h('button', { text: this.view.layout.isOpen(g.scopeOf(box)) ? 'Fold' : 'Unfold', onclick: () => { this.app.toggle(box); close(); } }) : null);
        const close = () => {
            menu.remove();
            removeEventListener('pointerdown', outside);
        };
        const outside = e => menu.contains(e.target) || close();
        menu.setAttribute('role', 'menu');
        menu.querySelectorAll('button').forEach(b => b.setAttribute('role', 'menuitem'));
        menu.addEventListener('keydown', e => {
            if (e.key === 'Escape') {
                close();
                this.view.area.focus();
            }
            e.stopPropagation();
        });
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
        const from = this.app.selection().find(b => this.view.layout.isDrawn[b]);
        const next = from === undefined ? this.view.layout.drawn[0] : this.view.nearest(from, direction);
        if (next !== undefined) {
            this.app.select([next]);
            this.view.reveal([next]);
        }
    }
}
