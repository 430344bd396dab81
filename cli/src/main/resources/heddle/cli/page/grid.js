/** Finds the boxes of a layout in a part of it. */

/** Which boxes are where: cells of equal size, so that a sight asks for those alone that it has. */
export class Grid {
    constructor(layout, cell = 512) {
        this.layout = layout;
        this.cell = cell;
        this.cells = new Map();
        this.large = [];
        for (const box of layout.drawn) {
            const [c0, c1] = [Math.floor(layout.x[box] / cell), Math.floor((layout.x[box] + layout.w[box]) / cell)];
            const [r0, r1] = [Math.floor(layout.y[box] / cell), Math.floor((layout.y[box] + layout.h[box]) / cell)];
            if ((c1 - c0 + 1) * (r1 - r0 + 1) > 16) {
                this.large.push(box);
                continue;
            }
            for (let c = c0; c <= c1; c++) {
                for (let r = r0; r <= r1; r++) {
                    const key = c * 65536 + r;
                    if (!this.cells.has(key)) {
                        this.cells.set(key, []);
                    }
                    this.cells.get(key).push(box);
                }
            }
        }
    }

    /** The boxes that meet a rectangle, in the order in which they are drawn. */
    find({ left, top, right, bottom }) {
        const l = this.layout;
        const meets = b => l.x[b] <= right && l.x[b] + l.w[b] >= left && l.y[b] <= bottom && l.y[b] + l.h[b] >= top;
        const cells = (Math.floor(right / this.cell) - Math.floor(left / this.cell) + 1) * (Math.floor(bottom / this.cell) - Math.floor(top / this.cell) + 1);
        if (cells > this.cells.size) {
            return l.drawn.filter(meets);
        }
        const found = new Set(this.large.filter(meets));
        for (let c = Math.floor(left / this.cell); c <= Math.floor(right / this.cell); c++) {
            for (let r = Math.floor(top / this.cell); r <= Math.floor(bottom / this.cell); r++) {
                this.cells.get(c * 65536 + r)?.forEach(b => meets(b) && found.add(b));
            }
        }
        return [...found];
    }

    /** The smallest box at a point; -1 when there is none. */
    at(x, y) {
        const l = this.layout;
        let best = -1;
        for (const b of this.find({ left: x, top: y, right: x, bottom: y })) {
            if (best < 0 || l.w[b] * l.h[b] <= l.w[best] * l.h[best]) {
                best = b;
            }
        }
        return best;
    }
}
