export const RUN_RATE = Symbol('how fast keys may start runs');
