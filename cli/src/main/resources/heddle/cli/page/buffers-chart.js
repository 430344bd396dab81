/** One run on one axis: scopes, kernels, and the buffers at their addresses, before the bytes that an unfused run needs. */
import { fill, h, name } from './dom.js';
import { bytes, counted, shown, time } from './format.js';
import { RunData } from './memory-data.js';
import { GLYPHS } from './report.js';
import { SANS } from './theme.js';

const RUN_LEFT = 64;
const RUN_RIGHT = 12;
const RUN_TOP = 8;
const RUN_ROW = 18;
const RUN_KERNELS = 22;
const RUN_BOTTOM = 26;
const RUN_DEPTHS = 3;

export class BuffersChart {
    constructor(app, data) {
        this.app = app;
        this.data = data;
        this.places = data.places();
        this.starts = data.starts();
        this.end = this.starts.at(-1);
        this.live = RunData.live(data.plan, data.kernels.length);
        this.unfusedLive = RunData.live(data.unfused, data.unfused.kernels.length);
        this.unfusedStarts = data.unfusedStarts(this.starts);
        this.spans = this.scopeSpans();
        this.range = [0, this.end];
        this.hover = -1;
        this.showsUnfused = true;
        this.canvas = h('canvas', {
            tabindex: '0', role: 'img', 'aria-label': this.summary(),
            onpointermove: e => this.move(e), onpointerleave: () => this.leave(), onclick: e => this.click(e), ondblclick: () => this.zoomTo(0, this.end),
            onwheel: e => this.wheel(e), onkeydown: e => this.key(e),
        });
        this.tip = h('div.tip', { hidden: true });
        this.cursor = h('div.cursor', { hidden: true });
        this.element = h('div.chart', {}, this.canvas, this.cursor, this.tip);
        new ResizeObserver(() => this.draw()).observe(this.element);
    }

    summary() {
        const { head } = this.app.report;
        return 'Buffers over one run: peak ' + bytes(head.work.peak) + ', unfused ' + bytes(head.unfused.peak) + '. Arrows go from kernel to kernel.';
    }

    /** Where scopes begin and end, by depth. */
    scopeSpans() {
        const depths = [];
        this.data.kernels.forEach((k, at) => k.scopes.slice(0, RUN_DEPTHS).forEach((scope, depth) => {
            depths[depth] ??= [];
            const last = depths[depth].at(-1);
            if (last?.scope === scope && last.to === at) {
                last.to = at + 1;
            } else {
                depths[depth].push({ scope, from: at, to: at + 1 });
            }
        }));
        return depths;
    }

    toggleUnfused() {
        this.showsUnfused = !this.showsUnfused;
        this.draw();
    }

    draw() {
        const { canvas, element } = this;
        const [w, h_] = [element.clientWidth, element.clientHeight];
        if (w === 0 || h_ === 0) {
            return;
        }
        const ratio = devicePixelRatio;
        canvas.width = Math.round(w * ratio);
        canvas.height = Math.round(h_ * ratio);
        const c = this.c = canvas.getContext('2d');
        c.scale(ratio, ratio);
        c.textBaseline = 'middle';
        this.w = w;
        this.h = h_;
        this.colours = this.app.colours;
        this.selected = this.data.selected(this.app.selection());
        this.boxes = new Set(this.app.selection());
        this.kernelsTop = RUN_TOP + this.spans.length * RUN_ROW;
        this.top = this.kernelsTop + RUN_KERNELS + 14;
        this.bottom = h_ - RUN_BOTTOM;
        const { head } = this.app.report;
        this.most = Math.max(1, 1.1 * (this.showsUnfused ? Math.max(head.work.peak, head.unfused.peak) : head.work.peak));
        this.axes();
        c.save();
        c.beginPath();
        c.rect(RUN_LEFT, 0, w - RUN_LEFT - RUN_RIGHT, h_);
        c.clip();
        this.strips();
        if (this.showsUnfused) {
            this.silhouette();
        }
        this.buffers();
        c.restore();
        this.peaks(head);
    }

    x(at) {
        const [from, to] = this.range;
        return RUN_LEFT + (at - from) / Math.max(to - from, 1e-9) * (this.w - RUN_LEFT - RUN_RIGHT);
    }

    y(amount) {
        return this.bottom - amount / this.most * (this.bottom - this.top);
    }

    text(words, x, y, colour, align = 'left', size = 11, weight = 400) {
        const { c } = this;
        c.font = weight + ' ' + size + 'px ' + SANS;
        c.fillStyle = colour;
        c.textAlign = align;
        c.fillText(words, x, y);
    }

    axes() {
        const { c, colours } = this;
        this.spans.forEach((_, depth) => depth === 0 && this.text('scope', RUN_LEFT - 8, RUN_TOP + 9, colours.ink3, 'right'));
        this.text('kernel', RUN_LEFT - 8, this.kernelsTop + RUN_KERNELS / 2, colours.ink3, 'right');
        c.strokeStyle = colours.line;
        c.lineWidth = 1;
        const rows = Math.max(2, Math.floor((this.bottom - this.top) / 44));
        for (const v of ticks(this.most, rows)) {
            const y = Math.round(this.y(v)) + 0.5;
            this.line(RUN_LEFT, y, this.w - RUN_RIGHT, y);
            this.text(v === 0 ? '0' : shortBytes(v), RUN_LEFT - 8, y, colours.ink3, 'right');
        }
        const [from, to] = this.range;
        const steps = Math.max(2, Math.floor((this.w - RUN_LEFT) / 130));
        for (const v of ticks(to - from, steps, from)) {
            const words = this.data.isTimed ? v === 0 ? '0 ms' : time(v) : v === 0 ? 'launch' : String(Math.round(v));
            const x = this.x(v);
            this.text(words, x, this.bottom + 14, colours.ink3, x > this.w - 40 ? 'right' : v === 0 ? 'left' : 'center');
        }
    }

    line(x1, y1, x2, y2) {
        const { c } = this;
        c.beginPath();
        c.moveTo(x1, y1);
        c.lineTo(x2, y2);
        c.stroke();
    }

    strips() {
        const { c, colours, data } = this;
        const g = data.graph;
        this.spans.forEach((spans, depth) => spans.forEach(s => {
            const [x, x2] = [this.x(this.starts[s.from]), this.x(this.starts[s.to])];
            const y = RUN_TOP + depth * RUN_ROW;
            const on = this.boxes.has(g.firstScope + s.scope);
            c.fillStyle = on ? colours['accent-ground'] : colours.raised;
            c.strokeStyle = on ? colours.accent : colours.line2;
            this.box(x, y, x2 - x, RUN_ROW - 3);
            if (x2 - x > 44) {
                const words = shown(g.scopes[s.scope].path.split('/').at(-1), Math.floor((x2 - x) / 6.4));
                this.text(words, (Math.max(x, RUN_LEFT) + Math.min(x2, this.w - RUN_RIGHT)) / 2, y + (RUN_ROW - 3) / 2 + 0.5, colours.ink, 'center', depth === 0 ? 12 : 11);
            }
        }));
        data.kernels.forEach((k, at) => {
            const [x, x2] = [this.x(this.starts[at]), this.x(this.starts[at + 1])];
            c.fillStyle = colours.family[k.family];
            c.fillRect(x, this.kernelsTop, Math.max(0.7, x2 - x - (x2 - x > 3 ? 1 : 0)), RUN_KERNELS);
            if (x2 - x > 14) {
                this.text(GLYPHS[k.family], (x + x2) / 2, this.kernelsTop + RUN_KERNELS / 2 + 1, colours.glyph, 'center', 11, 600);
            }
            if (this.selected.has(at)) {
                c.strokeStyle = colours.ink;
                c.lineWidth = 2;
                c.strokeRect(x, this.kernelsTop - 1, Math.max(2, x2 - x - 1), RUN_KERNELS + 2);
                c.lineWidth = 1;
            }
        });
    }

    box(x, y, w, height) {
        const { c } = this;
        c.beginPath();
        c.roundRect(x + 0.5, y + 0.5, Math.max(1, w - 2), height, 3);
        c.fill();
        c.stroke();
    }

    /** The bytes that live in an unfused run. */
    silhouette() {
        const { c, colours } = this;
        c.beginPath();
        c.moveTo(this.x(0), this.y(0));
        this.unfusedLive.forEach((live, i) => {
            c.lineTo(this.x(this.unfusedStarts[i]), this.y(live));
            c.lineTo(this.x(this.unfusedStarts[i + 1]), this.y(live));
        });
        c.lineTo(this.x(this.end), this.y(0));
        c.fillStyle = colours.line;
        c.fill();
        c.strokeStyle = colours.edge;
        c.stroke();
    }

    buffers() {
        const { c, colours, data } = this;
        for (const b of this.places) {
            const [x, x2] = [this.x(this.starts[b.from]), this.x(this.starts[b.to])];
            const [y, y2] = [this.y(b.address + b.bytes), this.y(b.address)];
            c.fillStyle = b.isOutput ? colours.family.layout : colours.family[b.family];
            c.fillRect(x, y, Math.max(0.7, x2 - x), Math.max(0.7, y2 - y));
            const on = b.node >= 0 && this.boxes.has(b.node);
            if (y2 - y > 2.5 || on) {
                c.strokeStyle = on ? colours.ink : colours.surface;
                c.lineWidth = on ? 2 : 1;
                c.strokeRect(x + 0.5, y + 0.5, Math.max(1, x2 - x - 1), Math.max(1, y2 - y - 1));
                c.lineWidth = 1;
            }
        }
        if (data.kernels.length > 0) {
            c.strokeStyle = colours.edge;
            this.line(RUN_LEFT, this.bottom + 0.5, this.w - RUN_RIGHT, this.bottom + 0.5);
        }
    }

    /** A line through the kernel that the tip is about; nothing is drawn anew for it. */
    placeCursor() {
        this.cursor.hidden = this.hover < 0;
        if (this.hover >= 0) {
            const x = (this.x(this.starts[this.hover]) + this.x(this.starts[this.hover + 1])) / 2;
            this.cursor.style.left = Math.max(RUN_LEFT, Math.min(x, this.w - RUN_RIGHT)) + 'px';
            this.cursor.style.height = this.bottom - RUN_TOP + 'px';
        }
    }

    peaks(head) {
        const at = this.live.indexOf(Math.max(...this.live));
        const where = at < 0 ? '' : ' at ' + shown(this.data.kernels[at].name, 44);
        const equal = head.unfused.peak === head.work.peak;
        if (this.showsUnfused && !equal) {
            this.peak(head.unfused.peak, 'unfused peak ' + bytes(head.unfused.peak), this.colours.ink2);
        }
        this.peak(head.work.peak, 'peak ' + bytes(head.work.peak) + (equal ? ', as unfused' : where), this.colours.family.attention);
    }

    peak(amount, words, colour) {
        const { c, colours } = this;
        const y = Math.round(this.y(amount)) + 0.5;
        c.strokeStyle = colour;
        c.setLineDash([5, 4]);
        this.line(RUN_LEFT, y, this.w - RUN_RIGHT, y);
        c.setLineDash([]);
        c.font = '600 11px ' + SANS;
        const width = c.measureText(words).width + 16;
        c.fillStyle = colours.surface;
        c.strokeStyle = colours.line2;
        c.beginPath();
        c.roundRect(this.w - RUN_RIGHT - width - 4.5, y - 20, width, 17, 8);
        c.fill();
        c.stroke();
        this.text(words, this.w - RUN_RIGHT - 12, y - 11, colour, 'right', 11, 600);
    }

    /* What is under the pointer. */

    kernelAt(x) {
        const [from, to] = this.range;
        const at = from + (x - RUN_LEFT) / (this.w - RUN_LEFT - RUN_RIGHT) * (to - from);
        if (x < RUN_LEFT || x > this.w - RUN_RIGHT) {
            return -1;
        }
        let [low, high] = [0, this.data.kernels.length - 1];
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.starts[middle] <= at) { low = middle; } else { high = middle - 1; }
        }
        return low;
    }

    bufferAt(x, y) {
        const at = this.kernelAt(x);
        const address = (this.bottom - y) / (this.bottom - this.top) * this.most;
        return at < 0 || y < this.top ? undefined : this.places.find(b => b.from <= at && at < b.to && b.address <= address && address < b.address + b.bytes);
    }

    scopeAt(x, y) {
        const at = this.kernelAt(x);
        return at < 0 ? undefined : this.spans[Math.floor((y - RUN_TOP) / RUN_ROW)]?.find(s => s.from <= at && at < s.to);
    }

    move(event) {
        const [x, y] = [event.offsetX, event.offsetY];
        this.hover = this.kernelAt(x);
        this.placeCursor();
        this.tip.hidden = this.hover < 0;
        if (this.hover >= 0) {
            this.tell(this.hover, this.bufferAt(x, y));
            this.tip.style.left = Math.max(4, Math.min(x + 14, this.w - this.tip.offsetWidth - 8)) + 'px';
            this.tip.style.top = Math.max(4, Math.min(y + 14, this.h - this.tip.offsetHeight - 4)) + 'px';
        }
    }

    /** A kernel, what it makes, and what lives while it runs; the buffer under the pointer. */
    tell(at, buffer) {
        const k = this.data.kernels[at];
        const made = this.places.filter(b => b.first === at && b.kind !== 'input');
        const live = this.places.filter(b => b.from <= at && at < b.to);
        fill(this.tip, h('b', {}, name(shown(k.name, 80))),
            h('div', {}, [k.time > 0 ? time(k.time) : '', made.length > 0 ? 'makes ' + made.map(b => shown(b.name, 40) + ', ' + bytes(b.bytes)).join('; ') : ''].filter(t => t !== '').join(' · ')),
            h('div', { text: 'live now: ' + counted(live.length, 'buffer') + ', ' + bytes(this.live[at]) }),
            buffer === undefined ? null : h('div', {}, name(shown(buffer.name, 60)), ' ' + buffer.type + ', ' + bytes(buffer.bytes)
                + (buffer.isOutput ? ', an output' : ', launches ' + buffer.first + ' to ' + buffer.last + ', at ' + bytes(buffer.offset) + ' of array ' + buffer.array)));
    }

    leave() {
        this.hover = -1;
        this.tip.hidden = true;
        this.placeCursor();
    }

    click(event) {
        const [x, y] = [event.offsetX, event.offsetY];
        const scope = this.scopeAt(x, y);
        const buffer = this.bufferAt(x, y);
        const box = scope !== undefined ? this.data.graph.firstScope + scope.scope : buffer !== undefined && buffer.node >= 0 ? buffer.node
            : this.kernelAt(x) >= 0 ? this.data.boxOf(this.data.kernels[this.kernelAt(x)]) : -1;
        this.app.select(box < 0 ? [] : [box]);
    }

    wheel(event) {
        event.preventDefault();
        const [from, to] = this.range;
        const at = from + (event.offsetX - RUN_LEFT) / (this.w - RUN_LEFT - RUN_RIGHT) * (to - from);
        const by = Math.exp(event.deltaY * 0.002);
        const pan = event.deltaX / this.w * (to - from);
        this.zoomTo(at + (from - at) * by + pan, at + (to - at) * by + pan);
    }

    zoomTo(from, to) {
        const width = Math.min(this.end, Math.max(to - from, this.end / 5000));
        const begin = Math.max(0, Math.min(from, this.end - width));
        this.range = [begin, begin + width];
        this.draw();
    }

    key(event) {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        const count = this.data.kernels.length;
        if (by !== undefined && count > 0) {
            this.hover = Math.max(0, Math.min(count - 1, this.hover + by));
            this.tell(this.hover);
            this.app.say(this.tip.textContent, false);
            this.placeCursor();
        } else if (event.key === 'Enter' && this.hover >= 0) {
            this.app.select([this.data.boxOf(this.data.kernels[this.hover])].filter(b => b >= 0));
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    /** The same as rows: what, bytes, address, first and last launch. */
    rows() {
        return this.places.map(b => ({
            box: b.node, cells: [shown(b.name, 60), b.kind, b.type, bytes(b.bytes), b.isOutput ? '' : b.array + ' + ' + b.offset, String(b.first ?? ''), String(b.last ?? '')],
        }));
    }
}

/** Round numbers within an amount from a start on, about as many as asked for. */
export function ticks(amount, count, from = 0) {
    const rough = amount / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(n => n * power).find(s => s >= rough);
    const first = Math.ceil(from / step);
    return Array.from({ length: Math.floor((from + amount) / step) - first + 1 }, (_, i) => (first + i) * step);
}

function shortBytes(amount) {
    return bytes(amount).replace('.0 ', ' ');
}
