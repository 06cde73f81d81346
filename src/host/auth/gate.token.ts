export const GATE = Symbol('who may come in');
