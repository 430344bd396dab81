/** The blocks of one head: which are computed, tested by element, or never read. */
import { fill, h } from './dom.js';
import { whole } from './format.js';

const BLOCK_KINDS = [['empty', 'skipped'], ['full', 'full'], ['partial', 'partial'], ['open', 'at run time']];
const MAP_LEFT = 64;
const MAP_ABOVE = 44;

export class BlockMapChart {
    /** @param told is told of the blocks in the cell that is looked at; of none, when none is */
    constructor(app, told) {
        this.app = app;
        this.told = told;
        this.at = [-1, -1];
        this.canvas = h('canvas', { 'aria-hidden': 'true' });
        this.tip = h('div.tip', { hidden: true });
        this.cell = h('div', { id: 'block-cell', role: 'gridcell' });
        this.element = h('div.block-map', {
            tabindex: '0', role: 'grid', 'aria-activedescendant': 'block-cell',
            onkeydown: event => this.key(event), onmousemove: event => this.hover(event), onmouseleave: () => this.go(-1, -1), onblur: () => this.go(-1, -1),
        }, this.canvas, h('div.visually-hidden', { role: 'row' }, this.cell), this.tip);
        new ResizeObserver(() => this.draw()).observe(this.element);
    }

    set(map) {
        this.map = map;
        this.high = Math.ceil(map.rows / map.pool);
        this.wide = Math.ceil(map.columns / map.pool);
        this.cells = Array.from({ length: this.high }, () => new Array(this.wide));
        for (const [row, from, to, ...counts] of map.runs) {
            this.cells[row].fill(counts, from, to);
        }
        this.element.setAttribute('aria-label', 'Blocks: rows are queries ' + map.rowAxis + ', columns are keys ' + map.columnAxis + '. Arrows move.');
        this.element.setAttribute('aria-rowcount', String(this.high));
        this.element.setAttribute('aria-colcount', String(this.wide));
        this.at = [-1, -1];
        this.draw();
    }

    /** The pixels of a cell. */
    box(row, column) {
        const x = c => MAP_LEFT + Math.round(c * this.width / this.wide);
        const y = r => MAP_ABOVE + Math.round(r * this.height / this.high);
        return [x(column), y(row), x(column + 1) - x(column), y(row + 1) - y(row)];
    }

    draw() {
        const { width } = this.element.getBoundingClientRect();
        if (this.map === undefined || width < 100) {
            return;
        }
        this.width = Math.max(120, width - MAP_LEFT - 16);
        this.height = Math.max(60, Math.min(this.width, this.width * this.map.queries / this.map.keys));
        const ratio = devicePixelRatio;
        this.canvas.width = width * ratio;
        this.canvas.height = (this.height + MAP_ABOVE + 8) * ratio;
        this.canvas.style.setProperty('height', this.height + MAP_ABOVE + 8 + 'px');
        const c = this.canvas.getContext('2d');
        c.scale(ratio, ratio);
        const style = getComputedStyle(document.documentElement);
        const colour = key => style.getPropertyValue('--' + key).trim();
        c.fillStyle = colour('surface');
        c.fillRect(MAP_LEFT, MAP_ABOVE, this.width, this.height);
        const hatch = this.hatch(c, colour('attention'), false);
        const dots = this.hatch(c, colour('edge'), true);
        for (let row = 0; row < this.high; row++) {
            for (let column = 0; column < this.wide; column++) {
                this.paint(c, row, column, colour('attention'), hatch, dots);
            }
        }
        this.axes(c, colour);
        const [row, column] = this.at;
        if (row >= 0) {
            c.strokeStyle = colour('ink3');
            const [x, y, w, tall] = this.box(row, column);
            c.strokeRect(MAP_LEFT + 0.5, y + 0.5, this.width, Math.max(1, tall - 1));
            c.strokeRect(x + 0.5, MAP_ABOVE + 0.5, Math.max(1, w - 1), this.height);
            c.strokeStyle = colour('ink');
            c.lineWidth = 2;
            c.strokeRect(x, y, w, Math.max(2, tall));
        }
    }

    paint(c, row, column, attention, hatch, dots) {
        const [empty, full, partial, open] = this.cells[row][column];
        const all = empty + full + partial + open;
        const [x, y, w, tall] = this.box(row, column);
        const gap = w > 6 && tall > 3 ? 1 : 0;
        if (empty === all) {
            return;
        }
        const one = full === all ? attention : partial === all ? hatch : open === all ? dots : undefined;
        c.globalAlpha = one === undefined ? 0.15 + 0.75 * (1 - empty / all) : full === all ? 0.85 : 1;
        c.fillStyle = one ?? attention;
        c.fillRect(x, y, w - gap, tall - gap);
        c.globalAlpha = 1;
    }

    hatch(c, colour, dotted) {
        const tile = document.createElement('canvas');
        tile.width = tile.height = 6;
        const t = tile.getContext('2d');
        t.strokeStyle = t.fillStyle = colour;
        if (dotted) {
            t.fillRect(1, 1, 2, 2);
            t.fillRect(4, 4, 2, 2);
        } else {
            t.lineWidth = 2;
            for (const d of [-6, 0, 6]) {
                t.beginPath();
                t.moveTo(d - 1, 7);
                t.lineTo(d + 7, -1);
                t.stroke();
            }
        }
        return c.createPattern(tile, 'repeat');
    }

    axes(c, colour) {
        const { map } = this;
        c.strokeStyle = colour('line2');
        c.lineWidth = 1;
        c.strokeRect(MAP_LEFT - 0.5, MAP_ABOVE - 0.5, this.width + 1, this.height + 1);
        c.fillStyle = colour('ink2');
        c.font = '11px ' + getComputedStyle(document.body).fontFamily;
        c.textAlign = 'left';
        c.fillText('keys ' + map.columnAxis + ' → in blocks of ' + whole(map.columnSize), MAP_LEFT, 14);
        const steps = this.height > 160 ? [0, 0.25, 0.5, 0.75, 1] : [0, 1];
        for (const share of [0, 0.25, 0.5, 0.75, 1]) {
            c.textAlign = share === 0 ? 'left' : share === 1 ? 'right' : 'center';
            c.fillText(String(Math.round(share * map.keys)), MAP_LEFT + share * this.width, MAP_ABOVE - 8);
        }
        c.textAlign = 'right';
        for (const share of steps) {
            c.fillText(String(Math.round(share * map.queries)), MAP_LEFT - 8, MAP_ABOVE + share * this.height + (share === 0 ? 10 : share === 1 ? 0 : 4));
        }
        if (this.height > 160) {
            c.save();
            c.translate(12, MAP_ABOVE + this.height / 2);
            c.rotate(-Math.PI / 2);
            c.textAlign = 'center';
            c.fillText('← queries ' + map.rowAxis + ' in blocks of ' + whole(map.rowSize), 0, 0);
            c.restore();
        }
    }

    hover(event) {
        const area = this.canvas.getBoundingClientRect();
        const row = Math.floor((event.clientY - area.top - MAP_ABOVE) / this.height * this.high);
        const column = Math.floor((event.clientX - area.left - MAP_LEFT) / this.width * this.wide);
        const inside = row >= 0 && row < this.high && column >= 0 && column < this.wide;
        this.go(inside ? row : -1, inside ? column : -1);
    }

    key(event) {
        const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
        const [row, column] = this.at[0] < 0 ? [0, 0] : this.at;
        if (by !== undefined) {
            this.go(Math.max(0, Math.min(this.high - 1, row + by[0])), Math.max(0, Math.min(this.wide - 1, column + by[1])));
        } else if (event.key === 'Home' || event.key === 'End') {
            this.go(row, event.key === 'Home' ? 0 : this.wide - 1);
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        this.app.say(this.cell.textContent, false);
    }

    go(row, column) {
        if (row === this.at[0] && column === this.at[1]) {
            return;
        }
        this.at = [row, column];
        this.tip.hidden = row < 0;
        this.draw();
        this.told(row < 0 ? undefined : this.cells[row][column]);
        if (row < 0) {
            return;
        }
        const { map } = this;
        const counts = this.cells[row][column];
        const all = counts[0] + counts[1] + counts[2] + counts[3];
        const range = (n, size, of) => [n * size * map.pool, Math.min((n + 1) * size * map.pool, of) - 1];
        const [i0, i1] = range(row, map.rowSize, map.queries);
        const [j0, j1] = range(column, map.columnSize, map.keys);
        const kinds = BLOCK_KINDS.map(([, word], k) => [word, counts[k]]).filter(([, n]) => n > 0);
        const title = kinds.length === 1 && all === 1 ? kinds[0][0] : kinds.map(([word, n]) => whole(n) + ' ' + word).join(', ');
        const scores = (i1 - i0 + 1) * (j1 - j0 + 1);
        const kept = counts[0] === all ? 0 : counts[1] === all ? scores : counts[4] >= 0 ? counts[4] : -1;
        const lines = [map.rowAxis + ' ' + i0 + ' … ' + i1, map.columnAxis + ' ' + j0 + ' … ' + j1];
        const keptText = kept < 0 ? '' : whole(kept) + ' of ' + whole(scores) + ' scores kept';
        fill(this.tip, h('b', { text: title }), ' · row ' + row + ', column ' + column, lines.map(text => h('div.mono', { text })), h('div', { text: keptText }));
        this.cell.textContent = [title, 'queries ' + i0 + ' to ' + i1, 'keys ' + j0 + ' to ' + j1, keptText].join(', ');
        const [x, y, w, tall] = this.box(row, column);
        const right = x + w + 200 > MAP_LEFT + this.width;
        this.tip.style.setProperty('left', right ? 'auto' : x + w + 8 + 'px');
        this.tip.style.setProperty('right', right ? this.width + MAP_LEFT + 24 - x + 'px' : 'auto');
        this.tip.style.setProperty('top', Math.max(0, y + tall / 2 - 40) + 'px');
    }
}

/** How many blocks of each kind there are, with pattern and word. */
export function blockCounts(blocks) {
    const share = n => blocks.total === 0 ? '' : (100 * n / blocks.total).toFixed(1) + ' %';
    const one = (kind, word, n, text) => h('div', {}, h('div.kind', {}, h('span.swatch.' + kind, {}), word), h('div.count', { text: whole(n) }), h('div.small.quiet', { text: share(n) + text }));
    return [
        h('div.counts', {},
            one('full', 'full', blocks.full, ', no mask code runs'),
            one('partial', 'partial', blocks.partial, ', mask tested by element'),
            one('skipped', 'skipped', blocks.skipped, ', never read, never run'),
            blocks.atRunTime > 0 ? one('open', 'at run time', blocks.atRunTime, ', data decides') : null),
        h('div.visited', {}, h('span', { text: whole(blocks.total) + ' blocks of all heads' }), h('b', { text: (blocks.atRunTime > 0 ? 'at most ' : '') + share(blocks.total - blocks.skipped) + ' visited' })),
        h('div.visited-share', { 'aria-hidden': 'true' }, ['full', 'partial', 'open'].map(kind => h('span.swatch.' + kind, { style: { width: 100 * ({ full: blocks.full, partial: blocks.partial, open: blocks.atRunTime })[kind] / Math.max(1, blocks.total) + '%' } }))),
    ];
}
