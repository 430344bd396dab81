/** The whole drawing as a small silhouette, with what of it is in sight. */
import { drag, h } from './dom.js';

export class Minimap {
    /** @param view the graph's view */
    constructor(app, view) {
        this.app = app;
        this.view = view;
        this.canvas = h('canvas', {});
        this.element = h('div.minimap', { 'aria-hidden': 'true', onpointerdown: event => this.drag(event) }, this.canvas);
    }

    /** Draws the silhouette, what is in sight, and matches of the search; nothing where all is in sight. */
    paint() {
        const { app, view: graphView } = this;
        const l = graphView.layout;
        const sight = graphView.sight;
        const { width, height, ratio } = graphView.drawing;
        const all = sight.x <= -2 && sight.y <= 0 && sight.x + width / sight.scale >= l.width && sight.y + height / sight.scale >= l.height;
        this.element.hidden = all;
        if (all) {
            return;
        }
        const [w, high] = [136, 150];
        const scale = Math.min((w - 12) / Math.max(1, l.width), (high - 12) / Math.max(1, l.height));
        this.scale = scale;
        this.left = (w - l.width * scale) / 2;
        this.top = (high - l.height * scale) / 2;
        if (this.drawn !== l || this.theme !== app.colours) {
            this.drawn = l;
            this.theme = app.colours;
            this.image = new OffscreenCanvas(w * ratio, high * ratio);
            const c = this.image.getContext('2d');
            c.setTransform(ratio * scale, 0, 0, ratio * scale, this.left * ratio, this.top * ratio);
            for (const b of l.drawn) {
                if (l.isOpenBox(b)) {
                    c.fillStyle = app.colours.raised;
                    c.fillRect(l.x[b], l.y[b], l.w[b], l.h[b]);
                }
            }
            for (const b of l.drawn) {
                if (!l.isOpenBox(b)) {
                    c.fillStyle = app.colours.family[app.graph.family(b)];
                    c.fillRect(l.x[b], l.y[b], l.w[b], l.h[b]);
                }
            }
        }
        this.canvas.width = w * ratio;
        this.canvas.height = high * ratio;
        const c = this.canvas.getContext('2d');
        c.drawImage(this.image, 0, 0);
        c.setTransform(ratio, 0, 0, ratio, 0, 0);
        c.strokeStyle = app.colours.accent;
        c.lineWidth = 1.5;
        c.strokeRect(this.left + sight.x * scale, this.top + sight.y * scale, width / sight.scale * scale, height / sight.scale * scale);
        c.fillStyle = app.colours.accent;
        app.matches.forEach(n => {
            const b = l.drawnFor(n);
            c.fillRect(w - 6, this.top + l.y[b] * scale, 5, 2);
        });
    }

    drag(event) {
        const { view: graphView } = this;
        const move = e => {
            const box = this.element.getBoundingClientRect();
            const { width, height } = graphView.drawing;
            graphView.sight.x = (e.clientX - box.left - this.left) / this.scale - width / 2 / graphView.sight.scale;
            graphView.sight.y = (e.clientY - box.top - this.top) / this.scale - height / 2 / graphView.sight.scale;
            graphView.moved();
        };
        drag(move);
        move(event);
        event.stopPropagation();
    }
}
