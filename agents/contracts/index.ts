export * from './answer.js';
export * from './decision.js';
export * from './errors.js';
export * from './events.js';
export * from './evidence.js';
export * from './host.js';
export * from './manifest.js';
export * from './request.js';
