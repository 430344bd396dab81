/** How fast kernels are, against what the machine could do: operations a second over operations for each byte. */
import { fill, h, name, svg } from './dom.js';
import { bytes, operations, percent, shown, time } from './format.js';

const ROOF_LEFT = 44;
const ROOF_RIGHT = 16;
const ROOF_TOP = 18;
const ROOF_BOTTOM = 40;
const ROOF_MOST_MARKS = 2000;

export class Roofline {
    constructor(app, data) {
        this.app = app;
        this.data = data;
        this.tip = h('div.tip', { hidden: true });
        this.drawing = svg('svg', { role: 'img', 'aria-label': 'Roofline: ' + data.kernels.length + ' kernels' });
        this.element = h('div.chart', {}, this.drawing, this.tip);
        new ResizeObserver(() => this.draw()).observe(this.element);
    }

    /** All kernels, or one of each kind where there are too many. */
    kernels() {
        const all = this.data.kernels;
        return all.length <= ROOF_MOST_MARKS ? all : [...new Map(all.map(k => [k.group, k])).values()];
    }

    draw() {
        const [w, height] = [this.element.clientWidth, this.element.clientHeight];
        if (w === 0 || height === 0) {
            return;
        }
        const { limits } = this.data;
        const kernels = this.kernels();
        this.w = w;
        this.h = height;
        const speeds = kernels.filter(k => k.gigaflops > 0).map(k => k.gigaflops);
        const intensities = kernels.filter(k => k.intensity > 0).map(k => k.intensity);
        const ridge = limits === undefined ? 1 : limits.gigaflops / limits.gigabytes;
        const high = Math.max(...speeds, limits?.gigaflops ?? 0, 1) * 1.6;
        this.rangeY = [Math.log10(high) - 3.2, Math.log10(high)];
        this.rangeX = [Math.log10(Math.min(0.1, ridge / 10)), Math.log10(Math.max(...intensities, ridge * 4, 10) * 1.6)];
        const selected = this.data.selected(this.app.selection());
        fill(this.drawing, this.axes(), limits === undefined ? null : this.roof(limits, ridge),
            kernels.map(k => this.mark(k, selected.has(k.at))).sort((a, b) => a.order - b.order).map(m => m.element));
        this.drawing.setAttribute('viewBox', '0 0 ' + w + ' ' + height);
    }

    x(value) {
        const [from, to] = this.rangeX;
        return ROOF_LEFT + (Math.log10(Math.max(value, 1e-12)) - from) / (to - from) * (this.w - ROOF_LEFT - ROOF_RIGHT);
    }

    y(value) {
        const [from, to] = this.rangeY;
        return this.h - ROOF_BOTTOM - (Math.log10(Math.max(value, 1e-12)) - from) / (to - from) * (this.h - ROOF_TOP - ROOF_BOTTOM);
    }

    axes() {
        const powers = ([from, to]) => Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, i) => Math.ceil(from) + i);
        const bottom = this.h - ROOF_BOTTOM;
        const label = (x, y, text, anchor) => svg('text.axis', { x, y, 'text-anchor': anchor, text });
        return [
            powers(this.rangeX).map(p => [svg('line.grid', { x1: this.x(10 ** p), x2: this.x(10 ** p), y1: ROOF_TOP, y2: bottom }), label(this.x(10 ** p), bottom + 14, plain(p), 'middle')]),
            powers(this.rangeY).map(p => [svg('line.grid', { x1: ROOF_LEFT, x2: this.w - ROOF_RIGHT, y1: this.y(10 ** p), y2: this.y(10 ** p) }), label(ROOF_LEFT - 6, this.y(10 ** p) + 4, plain(p), 'end')]),
            label(6, 12, 'GFLOP/s ↑', 'start'), label((ROOF_LEFT + this.w) / 2, this.h - 8, 'flops for each byte moved →', 'middle'),
            svg('line.base', { x1: ROOF_LEFT, x2: this.w - ROOF_RIGHT, y1: bottom, y2: bottom }),
        ];
    }

    /** The two limits, each with how it is known. */
    roof(limits, ridge) {
        const [from] = this.rangeX;
        const start = Math.max(10 ** from, 10 ** this.rangeY[0] / limits.gigabytes);
        const top = this.y(limits.gigaflops);
        const slope = [this.x(start), this.y(start * limits.gigabytes), this.x(ridge), top];
        const angle = Math.atan2(slope[3] - slope[1], slope[2] - slope[0]) * 180 / Math.PI;
        const [mx, my] = [(slope[0] + slope[2]) / 2, (slope[1] + slope[3]) / 2];
        return [
            svg('path.roof', { d: 'M' + slope[0] + ' ' + slope[1] + 'L' + slope[2] + ' ' + top + 'L' + (this.w - ROOF_RIGHT) + ' ' + top }),
            svg('line.ridge', { x1: slope[2], x2: slope[2], y1: top, y2: this.h - ROOF_BOTTOM }),
            svg('text.axis', { x: slope[2] + 4, y: this.h - ROOF_BOTTOM - 5, text: Number(ridge.toPrecision(2)) + ' flop/byte' }),
            svg('text.limit', { x: this.w - ROOF_RIGHT, y: top - 5, 'text-anchor': 'end', text: 'peak ' + rounded(limits.gigaflops) + ' GFLOP/s, ' + limits.how }),
            svg('text.limit', { x: mx, y: my - 6, 'text-anchor': 'middle', transform: 'rotate(' + angle + ' ' + mx + ' ' + my + ')', text: rounded(limits.gigabytes) + ' GB/s, ' + limits.how }),
        ];
    }

    mark(k, selected) {
        const bottom = this.h - ROOF_BOTTOM;
        const [x, y] = [this.x(k.intensity), this.y(k.gigaflops)];
        const under = y > bottom || x < ROOF_LEFT;
        const element = svg('g.mark' + (selected ? '.selected' : ''), {
            transform: 'translate(' + Math.max(ROOF_LEFT, x) + ' ' + Math.min(bottom, y) + ')',
            onclick: () => this.app.select([this.data.boxOf(k)].filter(b => b >= 0)),
            onpointerenter: event => this.show(k, event, under), onpointerleave: () => { this.tip.hidden = true; },
        }, svg('path', { d: SHAPES[k.family] }), under ? svg('path.under', { d: y > bottom ? 'M-4 9L0 13L4 9' : 'M-9 -4L-13 0L-9 4' }) : null);
        element.style.setProperty('color', 'var(--' + k.family + ')');
        return { element, order: (selected ? 1e15 : 0) + k.time };
    }

    show(k, event, under) {
        const { limits } = this.data;
        fill(this.tip, h('b', {}, name(shown(k.name, 80))),
            h('div', { text: time(k.time) + ', ' + rounded(k.gigaflops) + ' GFLOP/s, ' + rounded(k.gigabytes) + ' GB/s' }),
            h('div', { text: operations(k.flops) + ' operations, ' + bytes(k.bytes) + ', ' + Number(k.intensity.toPrecision(2)) + ' flop/byte' }),
            limits === undefined ? null : h('div', { text: percent(k.ofRoof) + ' of the ' + k.bound + ' limit' + (k.ofRoof > 1 ? ': what it reads was in a cache' : '') }),
            under ? h('div', { text: 'Below the axis, drawn at its edge.' }) : null);
        this.tip.hidden = false;
        const box = this.element.getBoundingClientRect();
        this.tip.style.left = Math.max(4, Math.min(event.clientX - box.left + 12, this.w - this.tip.offsetWidth - 6)) + 'px';
        this.tip.style.top = Math.max(4, Math.min(event.clientY - box.top + 12, this.h - this.tip.offsetHeight - 4)) + 'px';
    }

    rows() {
        return this.data.kernels.map(k => ({
            box: this.data.boxOf(k),
            cells: [shown(k.name, 60), k.family, k.intensity.toPrecision(3), rounded(k.gigaflops), rounded(k.gigabytes), k.ofRoof === undefined ? '' : k.bound + ' ' + percent(k.ofRoof)],
        }));
    }
}

/** A shape of each family, so that colour is not all that tells them apart. */
export const SHAPES = {
    attention: 'M0 -6.5L6.5 0L0 6.5L-6.5 0Z', matmul: 'M-4.5 -4.5H4.5V4.5H-4.5Z', reduction: 'M0 -5.5L5.5 4.5H-5.5Z',
    elementwise: 'M-4.5 0A4.5 4.5 0 1 0 4.5 0A4.5 4.5 0 1 0 -4.5 0Z', layout: 'M-5.5 -4.5H5.5L0 5.5Z', data: 'M-6 -2.5H6V2.5H-6Z',
};

/** A number with three digits. */
export function rounded(value) {
    return value === 0 ? '0' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 0.01 ? value.toFixed(2) : value.toPrecision(1);
}

function plain(power) {
    return power >= 0 ? String(10 ** power) : (10 ** power).toFixed(-power);
}
